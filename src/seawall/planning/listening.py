"""Where the public comes in."""

from __future__ import annotations

from seawall.config.pinned import Config
from seawall.model.decisions import Decision
from seawall.model.values import Address, Host, Port
from seawall.planning.choice import pinned_or

HOST = Host("127.0.0.1")
PORT = Port(8080)


def choose_address(config: Config) -> tuple[Address, tuple[Decision, ...]]:
    """Needs the configuration alone, so that the port can be reserved before anything else is done."""
    host = pinned_or("host", config.host, HOST, "this machine only; `--host 0.0.0.0` opens it to the network")
    port = pinned_or("port", config.port, PORT, "free for unprivileged users")
    return Address(host.value, port.value), (host.decision, port.decision)
