"""The one real request that a generation must answer before the world may talk to it."""

from __future__ import annotations

from seawall.config.pinned import Config
from seawall.model.decisions import Source
from seawall.model.facts import AppFacts
from seawall.model.stack import Health
from seawall.model.values import Duration, HostName, UrlPrefix
from seawall.planning.choice import Choice, pinned_or

PATIENCE = Duration(15)


def choose_health(
    config: Config, app: AppFacts, prefix: UrlPrefix, hosts: tuple[HostName, ...], deadline: Duration
) -> Choice[Health]:
    """A path that the app has (an unknown one may hang on a database), with a host that the app accepts (P41)."""
    found = app.routes[0] if app.routes else "/"
    because = "a route of the app" if app.routes else "the front page"
    path = pinned_or("health", config.health, prefix.bare + found, because, source=Source.DETECTED)
    return Choice(
        Health(
            path=path.value,
            host=_host(app, hosts),
            timeout=min(PATIENCE, deadline),
            pinned=config.health is not None,
        ),
        path.decision,
    )


def _host(app: AppFacts, hosts: tuple[HostName, ...]) -> str:
    names = [str(name) for name in hosts] or list(app.hosts) or ["localhost"]
    return names[0].replace("*.", "www.")
