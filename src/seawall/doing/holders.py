"""Who holds a port: read from `/proc`, as far as it lets us."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seawall.doing import linux
from seawall.doing.identity import command_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seawall.model.values import Address

_PROC = Path("/proc")
_LISTEN = "0A"


@dataclass(frozen=True, slots=True)
class Holder:
    """A listener on the port. `pid` is None when its process is hidden from us."""

    pid: int | None
    command: str
    uid: int


def listener(address: Address) -> Holder | None:
    """Find a listener that stands in the way of `address`; None when there is none or this system does not tell."""
    for host, port, uid, inode in _listeners():
        if port == address.port.number and _overlap(host, address):
            pid = _owner_of(inode)
            return Holder(pid, command_of(pid) if pid else "", uid)
    return None


def describe(address: Address) -> str:
    """Say who holds the port, or how to find out."""
    holder = listener(address)
    if holder is None:
        if linux.IS_LINUX:
            return "another process took it without listening on it"
        return f"another process has it; `lsof -nP -iTCP:{address.port} -sTCP:LISTEN` names it"
    if holder.pid is None:
        return f"a process of user id {holder.uid} listens on it; `sudo ss -ltnp 'sport = :{address.port}'` names it"
    command = holder.command if len(holder.command) <= 80 else holder.command[:79] + "…"
    return f"pid {holder.pid} (`{command}`) listens on it" if command else f"pid {holder.pid} listens on it"


def _overlap(host: str, address: Address) -> bool:
    """Whether a listener on `host` excludes ours. One on `::` may hold the port for IPv4 as well."""
    if host == address.host.address or address.host.is_any:
        return (":" in host) == address.host.is_ipv6 or host == "::"
    return host == "::" or (host == "0.0.0.0" and not address.host.is_ipv6)  # noqa: S104 - compared, not bound


def _listeners() -> Iterator[tuple[str, int, int, str]]:
    for name in ("tcp", "tcp6"):
        try:
            lines = (_PROC / "net" / name).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == _LISTEN:
                host, _, port = fields[1].partition(":")
                yield _address_text(host), int(port, 16), int(fields[7]), fields[9]


def _address_text(hexadecimal: str) -> str:
    words = [int(hexadecimal[start : start + 8], 16) for start in range(0, len(hexadecimal), 8)]
    packed = struct.pack(f"={len(words)}I", *words)  # the kernel prints each word in the machine's own order
    return socket.inet_ntop(socket.AF_INET if len(words) == 1 else socket.AF_INET6, packed)


def _owner_of(inode: str) -> int | None:
    wanted = f"socket:[{inode}]"
    for name in os.listdir(_PROC):  # noqa: PTH208 - names only, and fast
        if not name.isdigit():
            continue
        with contextlib.suppress(OSError):
            folder = f"{_PROC}/{name}/fd"
            for number in os.listdir(folder):  # noqa: PTH208
                with contextlib.suppress(OSError):
                    if os.readlink(f"{folder}/{number}") == wanted:  # noqa: PTH115
                        return int(name)
    return None
