"""Whose forwarding headers are believed (C31-C36, P04-P07)."""

from __future__ import annotations

from seawall.config.pinned import Config
from seawall.edge.abilities import REALIP
from seawall.errors import RefusalError
from seawall.model.facts import NginxFacts
from seawall.model.stack import Trust
from seawall.planning.choice import Choice, pinned_or


def choose_trust(config: Config, nginx: NginxFacts) -> Choice[Trust]:
    """Nobody, until outer proxies are declared; then exactly those. Raises RefusalError without the module for it."""
    choice = pinned_or(
        "behind", config.behind, Trust(proxies=()), "every forwarding header from outside is overwritten", show=_words
    )
    if choice.value.proxies and REALIP.name not in nginx.directives:
        raise RefusalError(
            "this Nginx cannot tell clients behind a proxy apart",
            where=nginx.binary,
            saw=f"Nginx {nginx.version_text} built without `http_realip_module`",
            hint="take another Nginx with `--nginx PATH`, or leave out `--behind`",
        )
    return choice


def _words(trust: Trust) -> str:
    if not trust.proxies:
        return "nothing"
    names = trust.words or tuple(map(str, trust.proxies))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
