"""What the app writes: to the terminal while it is attended, to a file in any case."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections import deque
from pathlib import Path
from typing import IO

from seawall.doing.site import OnLine

LARGEST = 64 * 1024**2
TAIL_LINES = 60


def turn_over(path: Path) -> bool:
    """Whether it had grown too large and was renamed; its writer must then open it anew."""
    with contextlib.suppress(OSError):
        if path.stat().st_size > LARGEST:
            path.replace(path.with_name(f"{path.name}.1"))
            return True
    return False


class AppLog:
    """One file for both streams, turned over at 64 MB, and the last lines for a message about a failure."""

    def __init__(self, path: Path, on_line: OnLine) -> None:
        self._path = path
        self._on_line = on_line
        self._file: IO[bytes] | None = None
        self._tail: deque[bytes] = deque(maxlen=TAIL_LINES)

    def open(self) -> IO[bytes]:
        """For appending; unbuffered, so that it may be handed to a child as it is."""
        if self._file is None:
            self._path.touch(0o640)
            self._file = self._path.open("ab", buffering=0)
        return self._file

    async def follow(self, stream: asyncio.StreamReader | None, name: str) -> None:
        """Pass on whatever arrives, line by line; a line longer than the buffer comes in pieces."""
        while stream is not None:
            try:
                line = await stream.readline()
            except ValueError:
                line = await stream.read(65_536)
            if not line:
                return
            self._tail.append(line)
            self._keep(line)
            with contextlib.suppress(OSError):  # whoever read it may have gone; the app must not wait for them
                self._on_line(name, line)

    @property
    def tail(self) -> str:
        """The last lines, from memory or, when the app writes to the file itself, from there."""
        if self._tail:
            return b"".join(self._tail).decode("utf-8", "replace")
        try:
            with self._path.open("rb") as file:
                file.seek(max(0, self._path.stat().st_size - 16_384))
                lines = file.read().decode("utf-8", "replace").splitlines(keepends=True)
        except OSError:
            return ""
        return "".join(lines[-TAIL_LINES:])

    def turn_over(self) -> None:
        """Keep one old file: a copy, since the app may hold this one open; lines of that very moment are lost."""
        with contextlib.suppress(OSError):
            if self._path.stat().st_size > LARGEST:
                shutil.copyfile(self._path, self._path.with_suffix(".log.1"))
                os.truncate(self._path, 0)

    def _keep(self, line: bytes) -> None:
        with contextlib.suppress(OSError):  # a full disk must not stop the site
            self.open().write(line)
