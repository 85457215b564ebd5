"""Say, every second, what is being waited for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

SECOND = 1.0


@contextlib.asynccontextmanager
async def told(what: Callable[[], str], progress: Callable[[str], None]) -> AsyncIterator[None]:
    """While the block lasts `progress` hears `what` and the seconds, once it takes long enough to wonder."""
    telling = asyncio.create_task(_every_second(what, progress))
    try:
        yield
    finally:
        telling.cancel()


async def _every_second(what: Callable[[], str], progress: Callable[[str], None]) -> None:
    seconds = 0
    while True:
        await asyncio.sleep(SECOND)
        seconds += 1
        progress(f"{what()} ({seconds} s)")
