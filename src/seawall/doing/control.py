"""The supervisor's private telephone: one JSON line in, one JSON line out, on a 0600 Unix socket."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

Reply = dict[str, Any]
Handler = Callable[[str], Awaitable[Reply]]
MOST_BYTES = 1024**2


class UnreachableError(Exception):
    """No supervisor answers at this socket."""


async def serve(path: Path, handler: Handler) -> asyncio.Server:
    """Answer `{"ask": WORD}` with what `handler(WORD)` returns."""
    path.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        return await asyncio.start_unix_server(lambda r, w: _answer(r, w, handler), str(path), limit=MOST_BYTES)
    finally:
        os.umask(before)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handler: Handler) -> None:
    try:
        async with asyncio.timeout(30):
            question = json.loads(await reader.readline())
            reply = await handler(str(question["ask"]))
        writer.write(json.dumps(reply).encode() + b"\n")
        await writer.drain()
    except (OSError, ValueError, KeyError, TypeError, TimeoutError):
        pass  # a caller that hangs up or talks nonsense harms only itself
    finally:
        writer.close()


async def ask(path: Path, word: str, *, timeout: float = 10) -> Reply:  # noqa: ASYNC109 - one call, one deadline
    """Raises UnreachableError when nobody answers."""
    try:
        async with asyncio.timeout(timeout):
            reader, writer = await asyncio.open_unix_connection(str(path), limit=MOST_BYTES)
            writer.write(json.dumps({"ask": word}).encode() + b"\n")
            line = await reader.readline()
            writer.close()
            reply: Reply = json.loads(line)
            return reply
    except (OSError, ValueError, TimeoutError) as error:
        raise UnreachableError(str(error)) from None
