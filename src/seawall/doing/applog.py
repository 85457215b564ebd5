"""What the app writes: to the terminal while it is attended, to a file in any case."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from pathlib import Path
from typing import IO

from seawall.doing.site import OnLine

LARGEST = 32 * 1024**2
TAIL_LINES = 60


class AppLog:
    """One file for both streams, turned over at 32 MB, and the last lines for a message about a failure."""

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
        """Keep one old file. Children that hold the file open append, so truncating it loses nothing of theirs."""
        if self._path.exists() and self._path.stat().st_size > LARGEST:
            self._path.with_suffix(".log.1").write_bytes(self._path.read_bytes())
            with self._path.open("ab") as file:
                file.truncate(0)

    def _keep(self, line: bytes) -> None:
        with contextlib.suppress(OSError):  # a full disk must not stop the site
            self.open().write(line)
