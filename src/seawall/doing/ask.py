"""One HTTP request over a Unix socket, sent once and never again."""

from __future__ import annotations

import asyncio
import http.client
import io
import time
from dataclasses import dataclass
from email.message import Message
from pathlib import PurePath

MOST_BYTES = 2 * 1024**2


class NoAnswerError(Exception):
    """The socket refused, the connection broke, or the time was up; the text says which."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is cut at 2 MB.  `seconds`: from the first byte sent to the last one read."""

    status: int
    headers: Message
    body: bytes
    seconds: float


async def ask(socket: PurePath, path: str, *, host: str, timeout: float, headers: tuple[str, ...] = ()) -> Answer:  # noqa: ASYNC109 - the caller thinks in deadlines
    """GET `path`. Raises NoAnswerError."""
    try:
        async with asyncio.timeout(timeout):
            return await _exchange(socket, path, host, headers)
    except TimeoutError:
        raise NoAnswerError(f"no answer within {timeout:g} s") from None
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise NoAnswerError(_in_words(error)) from None


async def _exchange(socket: PurePath, path: str, host: str, headers: tuple[str, ...]) -> Answer:
    began = time.monotonic()
    reader, writer = await asyncio.open_unix_connection(str(socket), limit=64 * 1024)
    try:
        lines = (f"GET {path} HTTP/1.1", f"Host: {host}", "User-Agent: seawall", "Accept: */*", *headers)
        writer.write("".join(f"{line}\r\n" for line in (*lines, "Connection: close", "")).encode())
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        status_line, _, rest = head.partition(b"\r\n")
        body = await _read_all(reader)
        parsed = http.client.parse_headers(io.BytesIO(rest))
        return Answer(_status(status_line), parsed, body, time.monotonic() - began)
    finally:
        writer.close()


async def _read_all(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while len(body) < MOST_BYTES:
        chunk = await reader.read(65_536)
        if not chunk:
            break
        body += chunk
    return bytes(body)


def _status(line: bytes) -> int:
    try:
        return int(line.split(b" ", 2)[1])
    except (IndexError, ValueError):
        raise NoAnswerError(f"no HTTP answer: {line[:80]!r}") from None


def _in_words(error: Exception) -> str:
    if isinstance(error, asyncio.IncompleteReadError):
        return "the connection was closed without an answer"
    if isinstance(error, asyncio.LimitOverrunError):
        return "the header block is larger than 64 KB"
    return str(error)
