"""An app that records the bytes it got, and a client that reads the bytes that came."""

from __future__ import annotations

import http.client
import io
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    raw: bytes


@dataclass
class App:
    """An HTTP server on a Unix socket. `answers` maps a path to the bytes to send, or to a callable for the socket."""

    path: Path
    answers: dict = field(default_factory=dict)
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    def start(self) -> None:
        self.path.unlink(missing_ok=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.path.chmod(0o777)
        self.listener.listen(64)
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def stop(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.path.unlink(missing_ok=True)

    def _accept(self, listener) -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer) -> None:
        with peer, suppress(OSError):
            while True:
                request = self._read(peer)
                if not request:
                    return
                self.requests.append(request)
                path = request.split(b" ")[1].split(b"?")[0].decode("latin-1")
                answer = self.answers.get(path, ok(b"app"))
                if callable(answer):
                    answer(peer)
                    return
                peer.sendall(answer)

    @staticmethod
    def _read(peer) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            chunk = peer.recv(65536)
            if not chunk:
                return b""
            data += chunk
        head, _, body = data.partition(b"\r\n\r\n")
        missing = int(header(head, "content-length") or 0) - len(body)
        while missing > 0:
            chunk = peer.recv(min(65536, missing))
            data += chunk
            missing -= len(chunk)
        return data


def header(request: bytes, name: str) -> str | None:
    """Read the one header of that name in recorded bytes; two of them are an error."""
    lines = request.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    found = [line.split(b":", 1)[1].strip() for line in lines if line.split(b":")[0].strip().lower() == name.encode()]
    assert len(found) < 2, f"{name} came {len(found)} times"
    return found[0].decode("latin-1") if found else None


def ok(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def read_answer(peer, method: str = "GET") -> Answer:
    class Source:
        def makefile(self, _mode):
            return recorded

    class Recorded(io.RawIOBase):
        data = b""

        def readable(self):
            return True

        def readinto(self, buffer):
            chunk = peer.recv(len(buffer))
            self.data += chunk
            buffer[: len(chunk)] = chunk
            return len(chunk)

    raw = Recorded()
    recorded = io.BufferedReader(raw)
    response = http.client.HTTPResponse(Source(), method=method)
    response.begin()
    body = b"" if response.status == 101 else response.read()
    return Answer(response.status, response.headers, body, raw.data)
