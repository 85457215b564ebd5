"""HTTP/1.1 by hand on one connection: what was sent and received is known to the byte, and nothing is ever repeated.

Libraries are no use here: most of them repeat a request silently when a kept-alive connection dies, which is exactly
the failure that has to be seen.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """The ways in which a request fails."""

    REFUSED = "connection refused"
    RESET = "reset"
    TIMED_OUT = "timed out"
    NO_STATUS = "closed before a status"
    NO_HTTP = "not an HTTP answer"
    SERVER_ERROR = "5xx that the app did not mean"
    UNEXPECTED_STATUS = "other status than expected"
    SHORT = "short body"
    WRONG_BODY = "wrong body"
    MIXED_UP = "answer to another request"
    LOST = "answered, effect missing"
    DOUBLED = "effect happened twice"


class Failed(Exception):  # noqa: N818 - it reads as the verdict
    """One request has failed, and how."""

    def __init__(self, kind: Kind, detail: str = "") -> None:
        super().__init__(kind, detail)
        self.kind, self.detail = kind, detail


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A request and what its answer must be; `body_is` None leaves the body unjudged."""

    name: str
    path: str
    tag: str
    method: str = "GET"
    body: bytes = b""
    status: int = 200
    body_is: bytes | None = None
    sha256_is: str | None = None
    echoes: bool = True
    close: bool = False

    def head(self, host: str) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}", f"X-Tag: {self.tag}"]
        if self.method == "POST":
            lines.append(f"Content-Length: {len(self.body)}")
        if self.close:
            lines.append("Connection: close")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def keeps_alive(self) -> bool:
        return self.headers.get("connection", "").lower() != "close"


def judge(ask: Ask, answer: Answer) -> None:
    """Raise `Failed` unless this is the answer to this request, whole and as meant."""
    echo = answer.headers.get("x-echo-tag")
    if echo is not None and echo != ask.tag:
        raise Failed(Kind.MIXED_UP, f"asked as {ask.tag}, answered as {echo}")
    if answer.status != ask.status:
        kind = Kind.SERVER_ERROR if answer.status >= 500 else Kind.UNEXPECTED_STATUS
        raise Failed(kind, f"{answer.status} {answer.body[:60]!r}")
    if ask.echoes and echo is None:
        raise Failed(Kind.MIXED_UP, "the answer carries no tag")
    if ask.body_is is not None and answer.body != ask.body_is:
        kind = Kind.SHORT if len(answer.body) < len(ask.body_is) else Kind.WRONG_BODY
        raise Failed(kind, f"{len(answer.body)} bytes, meant {len(ask.body_is)}")
    if ask.sha256_is is not None and hashlib.sha256(answer.body).hexdigest() != ask.sha256_is:
        raise Failed(Kind.WRONG_BODY, f"{len(answer.body)} bytes with another hash")


class Connection:
    """One TCP connection; after a failure it is closed, by whoever opened it."""

    def __init__(self, sock: socket.socket, host: str) -> None:
        self._sock, self._host = sock, host
        self._buffer = b""

    @staticmethod
    async def open(address: tuple[str, int]) -> Connection:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await asyncio.get_running_loop().sock_connect(sock, address)
        except OSError as error:
            sock.close()
            kind = Kind.REFUSED if isinstance(error, ConnectionRefusedError) else Kind.RESET
            raise Failed(kind, f"connect: {error}") from None
        except BaseException:
            sock.close()
            raise
        return Connection(sock, f"{address[0]}:{address[1]}")

    def close(self) -> None:
        self._sock.close()

    def ended(self) -> bool:
        """Has a clean FIN arrived? The kernel is asked right before writing; this alone excuses a new connection."""
        try:
            waiting = self._sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            waiting = None
        except OSError as error:
            raise Failed(Kind.RESET, f"while idle: {error}") from None
        if waiting or self._buffer:
            raise Failed(Kind.MIXED_UP, "bytes that nobody asked for on an idle connection")
        return waiting == b""

    async def send(self, data: bytes) -> None:
        try:
            await asyncio.get_running_loop().sock_sendall(self._sock, data)
        except OSError as error:
            raise Failed(Kind.RESET, f"while sending: {error}") from None

    async def exchange(self, ask: Ask, *, pause: float = 0.0) -> Answer:
        """Send once, read the whole answer; with `pause` its body is read in small pieces, as slowly as that."""
        await self.send(ask.head(self._host) + ask.body)
        return await self._answer(pause)

    async def ask_slowly(self, ask: Ask, *, pieces: int, pause: float) -> Answer:
        """Send the body in pieces, as a phone in a tunnel sends it."""
        await self.send(ask.head(self._host))
        size = -(-len(ask.body) // pieces)
        for at in range(0, len(ask.body), size):
            await asyncio.sleep(pause)
            await self.send(ask.body[at : at + size])
        return await self._answer()

    async def _answer(self, pause: float = 0.0) -> Answer:
        status, headers = await self._head()
        while 100 <= status < 200:
            status, headers = await self._head()
        if status in (204, 304):
            body = b""
        elif headers.get("transfer-encoding", "").lower() == "chunked":
            body = await self._chunks()
        elif "content-length" in headers:
            body = await self._exactly(int(headers["content-length"]), pause)
        else:
            headers["connection"] = "close"
            body = await self._rest()
        return Answer(status, headers, body)

    async def _head(self) -> tuple[int, dict[str, str]]:
        try:
            lines = (await self._until(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        except Failed as failed:
            early = failed.kind is Kind.SHORT and not self._buffer
            raise Failed(Kind.NO_STATUS if early else failed.kind, failed.detail) from None
        words = lines[0].split(" ", 2)
        if not words[0].startswith("HTTP/1.") or len(words) < 2 or not words[1].isdigit():
            raise Failed(Kind.NO_HTTP, repr(lines[0][:60]))
        pairs = (line.partition(":") for line in lines[1:])
        return int(words[1]), {name.lower(): value.strip() for name, _, value in pairs}

    async def _chunks(self) -> bytes:
        pieces = []
        while size := _size(await self._until(b"\r\n")):
            pieces.append(await self._exactly(size))
            await self._exactly(2)
        await self._until(b"\r\n")
        return b"".join(pieces)

    async def _until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            await self._more()
        found, _, self._buffer = self._buffer.partition(mark)
        return found

    async def _exactly(self, size: int, pause: float = 0.0) -> bytes:
        while len(self._buffer) < size:
            if pause:
                await asyncio.sleep(pause)
            await self._more(4_096 if pause else 262_144)
        found, self._buffer = self._buffer[:size], self._buffer[size:]
        return found

    async def _rest(self) -> bytes:
        pieces = [self._buffer]
        self._buffer = b""
        while piece := await self._read(262_144):
            pieces.append(piece)
        return b"".join(pieces)

    async def _more(self, most: int = 262_144) -> None:
        piece = await self._read(most)
        if not piece:
            raise Failed(Kind.SHORT, f"closed after {len(self._buffer)} bytes of this part")
        self._buffer += piece

    async def _read(self, most: int) -> bytes:
        try:
            return await asyncio.get_running_loop().sock_recv(self._sock, most)
        except OSError as error:
            raise Failed(Kind.RESET, f"while reading: {error}") from None


def _size(line: bytes) -> int:
    try:
        return int(line.split(b";")[0], 16)
    except ValueError:
        raise Failed(Kind.NO_HTTP, f"chunk size {line[:20]!r}") from None
