"""The servers, in order of preference; one file each."""

from seawall.servers._server import ServerAdapter
from seawall.servers.gunicorn import SERVER as GUNICORN

SERVERS: tuple[ServerAdapter, ...] = (GUNICORN,)


def adapter_of(name: str) -> ServerAdapter:
    return next(server for server in SERVERS if server.name == name)
