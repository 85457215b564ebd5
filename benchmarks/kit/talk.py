"""What each kind of slow client says, and how it goes on saying it. No clock, no loop: sockets and bytes."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field

from kit.scenario import Mode, Slow, Target

_READ_AT_ONCE = 65_536


@dataclass(slots=True)
class SlowClient:
    """One held connection. `born` is when its first byte was sent; `alive` ends when the server cuts it."""

    sock: socket.socket
    born: float
    sent: int = 0
    received: int = 0
    head: bytearray = field(default_factory=bytearray)


def opening(slow: Slow, target: Target) -> bytes:
    """Make the first bytes: the server has to keep state for it, and only a reader ever finishes its request."""
    host = f"Host: {target.host}:{target.port}\r\n"
    match slow.mode:
        case Mode.HEADERS:
            return f"GET {slow.path} HTTP/1.1\r\n{host}X-Slow: ".encode()
        case Mode.BODIES:
            head = f"POST {slow.path} HTTP/1.1\r\n{host}Content-Type: application/octet-stream\r\n"
            return f"{head}Content-Length: {slow.body_bytes}\r\n\r\n".encode()
        case Mode.READERS:
            return f"GET {slow.path} HTTP/1.1\r\n{host}Connection: close\r\n\r\n".encode()


def prepare(sock: socket.socket, slow: Slow) -> None:
    """Set what must be set before connecting: the receive window decides how much of an answer the kernel swallows."""
    sock.setblocking(False)
    if slow.mode is Mode.READERS:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)


def nudge(client: SlowClient, slow: Slow) -> bool:
    """One sign of life; False when the server has cut this client. A full buffer is not a cut."""
    amount = max(1, int(slow.bytes_per_second * slow.interval))
    try:
        match slow.mode:
            case Mode.HEADERS:
                client.sent += client.sock.send(b"a")
            case Mode.BODIES:
                left = slow.body_bytes - client.sent
                client.sent += client.sock.send(b"b" * min(amount, left)) if left else 0
            case Mode.READERS:
                return _sip(client, amount)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return True


def peek(client: SlowClient) -> bool:
    """Return True while the server has said nothing; no header or body is ever finished, so any answer is a cut."""
    try:
        data = client.sock.recv(_READ_AT_ONCE)
    except BlockingIOError:
        return True
    except OSError:
        return False
    client.head += data[:200]
    return False


def status_of(client: SlowClient) -> str:
    """How the server ended it: a status (`408`), or `close` when it said nothing."""
    words = bytes(client.head).split(b" ", 2)
    return words[1].decode("latin-1") if len(words) > 1 and words[0].startswith(b"HTTP/") else "close"


def _sip(client: SlowClient, amount: int) -> bool:
    data = client.sock.recv(amount)
    client.received += len(data)
    if len(client.head) < 200:
        client.head += data[:200]
    return bool(data)
