"""Which hosts and which part of the URL space are this app's."""

from __future__ import annotations

from seawall.config.pinned import Config
from seawall.model.decisions import Source
from seawall.model.facts import AppFacts
from seawall.model.values import HostName, UrlPrefix
from seawall.planning.choice import Choice, pinned_or


def choose_prefix(config: Config, app: AppFacts) -> Choice[UrlPrefix]:
    """The whole host, or the part that the app says it is mounted at (P37)."""
    prefix = UrlPrefix.parse(app.prefix or "/")
    if prefix.is_root:
        return pinned_or("prefix", config.prefix, prefix, "the whole host")
    return pinned_or("prefix", config.prefix, prefix, "the app says it is mounted there", source=Source.DETECTED)


def choose_hosts(config: Config) -> Choice[tuple[HostName, ...]]:
    return pinned_or(
        "hosts", config.hosts, (), "any host name is served", show=lambda names: ", ".join(map(str, names)) or "any"
    )
