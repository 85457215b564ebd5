"""Which server calls the app, and where it comes from."""

from __future__ import annotations

from seawall.config.pinned import Config
from seawall.errors import RefusalError
from seawall.model.facts import Facts
from seawall.servers import SERVERS
from seawall.servers._server import Kind, Need


def choose_kind(config: Config, facts: Facts) -> Kind:
    """The configured server, else the first that speaks the app's protocol. Raises RefusalError when there is none."""
    app = facts.app
    wanted = config.server.value if config.server else None
    fitting = [server for server in SERVERS if app.protocol in server.speaks and wanted in (None, server.name)]
    if not fitting:
        raise RefusalError(
            f"`{app.target}` is an ASGI app, and the servers for ASGI have not arrived yet",
            where=app.folder,
            saw=f"{app.framework} {app.framework_version}".strip() + f", told from the object `{app.target}`",
            hint="serve a WSGI entry point instead, for example `seawall up PROJECT.wsgi:application`",
        )
    return fitting[0].choose(Need(facts=facts, pinned=config.server))
