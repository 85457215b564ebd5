"""A small honest keep-alive server around the promise app, and a place where a test makes it dishonest."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .app import app
from .client import Ledger, Mix, Report, run

Spoil = Callable[["Talk", "Got", bytes], None]


@dataclass
class Got:
    """One request as the server read it, numbered from 1 over all connections."""

    number: int
    method: str
    path: str
    tag: str
    body: bytes


class Talk(socketserver.StreamRequestHandler):
    """One connection. `spoil` does the answering; `self.over` ends the connection after it."""

    server: Server
    over = False

    def handle(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while not self.over and (got := self._read()) is not None:
                self.server.spoil(self, got, call(got))

    def reset(self) -> None:
        """End with RST instead of FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.wfile.close()
        self.rfile.close()
        self.connection.close()
        self.over = True

    def _read(self) -> Got | None:
        line = self.rfile.readline()
        if not line:
            return None
        method, path, _ = line.decode("latin-1").split(" ")
        headers = {}
        while (row := self.rfile.readline().strip()) != b"":
            name, _, value = row.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", "0")))
        self.over = headers.get("connection") == "close"
        return self.server.count(method, path, headers.get("x-tag", ""), body)


@dataclass
class Server(socketserver.ThreadingTCPServer):
    spoil: Spoil
    seen: list[Got] = field(default_factory=list)
    daemon_threads = True
    request_queue_size = 128

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), Talk)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def count(self, method: str, path: str, tag: str, body: bytes) -> Got:
        with self._lock:
            self.seen.append(Got(len(self.seen) + 1, method, path, tag, body))
            return self.seen[-1]

    def shutdown_request(self, request) -> None:
        if request.fileno() != -1:
            super().shutdown_request(request)


def honest(talk: Talk, got: Got, answer: bytes) -> None:
    talk.wfile.write(answer)


def call(got: Got) -> bytes:
    """Make the app's answer, as bytes for the wire."""
    path, _, query = got.path.partition("?")
    begun = []
    environ = {
        "REQUEST_METHOD": got.method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_X_TAG": got.tag,
        "wsgi.input": io.BytesIO(got.body),
    }
    body = b"".join(app(environ, lambda status, headers: begun.append((status, headers))))
    status, headers = begun[0]
    if not any(name == "Content-Length" for name, _ in headers):
        headers.append(("Content-Length", str(len(body))))
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


@contextlib.contextmanager
def serving(spoil: Spoil, ledger: os.PathLike[str]) -> Iterator[Server]:
    before = os.environ.get("PROMISES_LEDGER")
    os.environ["PROMISES_LEDGER"] = os.fspath(ledger)
    server = Server(spoil)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        os.environ.pop("PROMISES_LEDGER") if before is None else os.environ.update(PROMISES_LEDGER=before)


def played(
    spoil: Spoil, mix: Mix, ledger: Ledger, *, rate: float = 100, seconds: float = 0.4
) -> tuple[Report, list[Got]]:
    """Play the mix against a server that answers by `spoil`: the verdict, and the requests it has seen."""
    with serving(spoil, ledger.path) as server:
        report = asyncio.run(run(mix, server.url, rate=rate, until=seconds, ledger=ledger))
    return report, server.seen
