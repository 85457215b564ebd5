"""Listening sockets: ours before anything starts, open only when everything stands."""

from __future__ import annotations

import errno
import os
import socket
import stat
from pathlib import Path

from seawall.doing import holders
from seawall.errors import MachineError
from seawall.model.runfolder import SOCKET_PATH_LIMIT
from seawall.model.values import Address, Host, Port

# What the kernel may hold of an answer before it is on the wire. Without a bound the send buffers of a few thousand
# slow readers fill the memory that all of TCP has (net.ipv4.tcp_mem), and connections of any process are cut. What is
# in flight is not bounded by it, so a fast reader far away loses nothing. Accepted connections inherit it.
#
# The kernel says "writable" again when half of it is gone, and Nginx counts the silence until then (`send_timeout`).
UNSENT = 32 * 1024


def reserve(address: Address) -> socket.socket:
    """Take the port without answering on it: connections are still refused, and nobody else can have it.

    A first try goes without SO_REUSEADDR, because two sockets that both have it may share a port until one listens.
    The second try, with it, is for a port that only old connections in TIME_WAIT still occupy. SO_REUSEPORT is
    never set, so that a stranger's listener is a conflict and not a partner.
    """
    try:
        return _bind(address, shared=False)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise _refused(address, error) from error
    try:
        if holders.listener(address) is None:
            return _bind(address, shared=True)
    except OSError as error:
        raise _refused(address, error) from error
    raise _in_use(address)


def open_for_all(sock: socket.socket, backlog: int) -> None:
    """Listen: from here on connections are accepted into the queue. The socket stays ours alone until it is passed on.

    SO_REUSEADDR is handed down to accepted connections, and only with it can a later start have the port again while
    some of them are in TIME_WAIT.
    """
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)
    sock.setblocking(False)
    try:
        sock.listen(backlog)
    except OSError as error:
        raise _refused(_address_of(sock), error) from error


def listen_unix(path: str | Path, backlog: int, mode: int = 0o660) -> socket.socket:
    """Listen at a path. A socket file that nobody listens on is a leftover and is replaced; anything else is kept."""
    where = str(path)
    check_length(where)
    _clear_stale(where)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o777 & ~mode)
    try:
        sock.bind(where)
        sock.listen(backlog)
    except OSError as error:
        sock.close()
        raise MachineError(f"cannot listen on `{where}`", saw=error.strerror or str(error)) from error
    finally:
        os.umask(before)
    sock.setblocking(False)
    return sock


def check_length(path: str) -> None:
    """Refuse a path that does not fit into a socket address."""
    length = len(os.fsencode(path))
    if length > SOCKET_PATH_LIMIT:
        raise MachineError(
            "the runtime folder's path is too long for a Unix socket",
            where=path,
            saw=f"{length} bytes, and the system allows {SOCKET_PATH_LIMIT}",
            hint="`seawall up … --run-dir /tmp/seawall-run`",
        )


def somebody_listens(path: str | Path) -> bool:
    """Ask by connecting, the only way to know. Anything but a refusal means yes: a full queue, or no right to ask."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.setblocking(False)
        return client.connect_ex(str(path)) not in {errno.ECONNREFUSED, errno.ENOENT}


def free_port(host: Host, above: int) -> int:
    """Find the next port above that can be had right now; 0 when there is none nearby."""
    for number in range(above + 1, min(above + 100, 65_536)):
        try:
            _bind(Address(host, Port(number)), shared=False).close()
        except OSError:
            continue
        return number
    return 0


def _bind(address: Address, *, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if address.host.is_ipv6 else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if address.host.is_ipv6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if shared:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((address.host.address, address.port.number))
    except BaseException:
        sock.close()
        raise
    return sock


def _address_of(sock: socket.socket) -> Address:
    host, port = sock.getsockname()[:2]
    return Address(Host(host), Port(port))


def _clear_stale(path: str) -> None:
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise MachineError(f"`{path}` is in the way", saw="something that is not a socket", hint=f"`rm {path}`")
    if somebody_listens(path):
        raise MachineError(f"`{path}` is in use", saw="another process listens on it", hint="`seawall status`")
    Path(path).unlink()


def _refused(address: Address, error: OSError) -> MachineError:
    where = f"{address} (`--host`, `--port`)"
    saw = error.strerror or str(error)
    match error.errno:
        case errno.EADDRINUSE:
            return _in_use(address)
        case errno.EACCES | errno.EPERM:
            return MachineError(
                f"port {address.port} needs more rights",
                where=where,
                saw=f"{saw}; user id {os.geteuid()} may use ports from {_first_free_for_all()}",
                hint=f"`seawall up … --port {free_port(address.host, 8079) or 8080}`",
            )
        case errno.EADDRNOTAVAIL:
            return MachineError(
                f"this machine does not have the address {address.host}",
                where=where,
                saw=saw,
                hint=f"`seawall up … --host {'::' if address.host.is_ipv6 else '0.0.0.0'}`",  # noqa: S104 - a hint
            )
        case errno.EAFNOSUPPORT:
            return MachineError(
                "this machine has no IPv6", where=where, saw=saw, hint="`seawall up … --host 127.0.0.1`"
            )
        case _:
            return MachineError(f"cannot listen on {address}", where=where, saw=saw)


def _in_use(address: Address) -> MachineError:
    other = free_port(address.host, address.port.number)
    return MachineError(
        f"port {address.port} is in use",
        where=f"{address} (`--port`)",
        saw=holders.describe(address),
        hint=f"`seawall up … --port {other}`" if other else "",
    )


def _first_free_for_all() -> int:
    try:
        return int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    except (OSError, ValueError):
        return 1024
