"""The fast client: a closed loop of kept-alive connections in a process of its own, on a selector and pre-built bytes.

No asyncio in here: a task per connection costs three times the CPU, and what the client takes the server cannot have.
Every answer is judged: status 200, whole, the same bytes as the first one; anything else is an error, never retried.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from array import array
from dataclasses import dataclass, field

from kit.scenario import Fast, Target, fast_from_json

CONNECT_TIMEOUT = 2.0
STUCK = 1.0
_LENGTH = b"content-length:"


@dataclass(slots=True)
class Peer:
    """One kept-alive connection and the answer it waits for."""

    sock: socket.socket
    asked: float = 0.0
    got: bytearray = field(default_factory=bytearray)


def split_answer(data: bytes) -> tuple[bytes, bytes] | None:
    """Head and body when the answer is whole, None while bytes are missing. Raises ValueError on what is no answer."""
    head, found, body = data.partition(b"\r\n\r\n")
    if not found:
        return None
    if not head.startswith(b"HTTP/1.1 200 "):
        raise ValueError(head[:20].decode("latin-1"))
    lower = head.lower()
    at = lower.find(_LENGTH)
    if at < 0:
        raise ValueError("no Content-Length")
    length = int(lower[at + len(_LENGTH) :].partition(b"\r\n")[0])
    if len(body) < length:
        return None
    if len(body) > length:
        raise ValueError("too long")
    return head, body


class Loop:
    """The closed loop: each connection asks again as soon as it was answered."""

    def __init__(self, target: Target, fast: Fast) -> None:
        self._address = (target.host, target.port)
        self._fast = fast
        self._request = f"GET {fast.path} HTTP/1.1\r\nHost: {target.host}:{target.port}\r\n\r\n".encode()
        self._selector = selectors.DefaultSelector()
        self._expected: bytes | None = None
        self.latencies = array("d")
        self.errors: dict[str, int] = {}

    def run(self) -> dict[str, object]:
        """Play for the given seconds and say what was seen."""
        begun, cpu = time.perf_counter(), time.process_time()
        ends, sweep = begun + self._fast.seconds, begun + 1.0
        for _ in range(self._fast.connections):
            if time.perf_counter() < ends:  # a full accept queue makes every one of these wait
                self._open()
        while (now := time.perf_counter()) < ends:
            for key, _ in self._selector.select(min(ends - now, 0.5)):
                self._readable(key.data)
            if now > sweep:
                self._time_out(now)
                self._reopen()
                sweep = now + 1.0
        elapsed = time.perf_counter() - begun
        self._count_stuck()
        return summary(self.latencies, self.errors, elapsed, time.process_time() - cpu)

    def _open(self) -> None:
        try:
            sock = socket.create_connection(self._address, timeout=CONNECT_TIMEOUT)
        except OSError as error:
            self._error(f"connect {type(error).__name__}")
            return
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        peer = Peer(sock)
        self._selector.register(sock, selectors.EVENT_READ, peer)
        self._ask(peer)

    def _ask(self, peer: Peer) -> None:
        peer.got.clear()
        peer.asked = time.perf_counter()
        try:
            peer.sock.send(self._request)
        except OSError as error:
            self._drop(peer, type(error).__name__)

    def _readable(self, peer: Peer) -> None:
        try:
            data = peer.sock.recv(262_144)
        except BlockingIOError:
            return
        except OSError as error:
            self._drop(peer, type(error).__name__)
            return
        if not data:
            self._closed(peer)
            return
        peer.got += data
        try:
            answer = split_answer(bytes(peer.got))
        except ValueError as error:
            self._drop(peer, str(error))
            return
        if answer is not None:
            self._answered(peer, *answer)

    def _answered(self, peer: Peer, head: bytes, body: bytes) -> None:
        self.latencies.append(time.perf_counter() - peer.asked)
        if self._expected is None:
            self._expected = body
        if body != self._expected:
            self._drop(peer, "wrong body")
        elif b"connection: close" in head.lower():
            self._replace(peer)  # the server said so in time: its right (nginx: after `keepalive_requests`)
        else:
            self._ask(peer)

    def _closed(self, peer: Peer) -> None:
        self._drop(peer, "short answer" if peer.got else "closed before the answer")

    def _drop(self, peer: Peer, why: str) -> None:
        self._error(why)
        self._replace(peer)

    def _replace(self, peer: Peer) -> None:
        self._selector.unregister(peer.sock)
        peer.sock.close()
        self._open()

    def _time_out(self, now: float) -> None:
        for key in list(self._selector.get_map().values()):
            if now - key.data.asked > self._fast.timeout:
                self._drop(key.data, "timeout")

    def _reopen(self) -> None:
        """One lost connection per second comes back: a server that is away must not be hammered by its measurement."""
        if len(self._selector.get_map()) < self._fast.connections:
            self._open()

    def _count_stuck(self) -> None:
        """Count the request that never ends, which a closed loop forgets, once it has waited for `STUCK`."""
        now = time.perf_counter()
        for key in self._selector.get_map().values():
            if now - key.data.asked > STUCK:
                self._error(f"no answer within {STUCK:.0f} s")

    def _error(self, why: str) -> None:
        self.errors[why] = self.errors.get(why, 0) + 1


def summary(latencies: array[float], errors: dict[str, int], elapsed: float, cpu: float) -> dict[str, object]:
    """Work out requests per second and percentiles in milliseconds; percentiles are None when nothing was answered."""
    ordered = sorted(latencies)

    def at(share: float) -> float | None:
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 3) if ordered else None

    return {
        "requests": len(ordered),
        "seconds": round(elapsed, 3),
        "throughput": round(len(ordered) / elapsed, 1),
        "p50_ms": at(0.50),
        "p99_ms": at(0.99),
        "max_ms": at(1.0),
        "errors": errors,
        "client_cpu_share": round(cpu / elapsed, 3),
    }


if __name__ == "__main__":
    print(json.dumps(Loop(*fast_from_json(sys.argv[1])).run()))
