"""Where bodies wait that are too large for memory, and how much of one answer may (C16, P42)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from seawall.model.decisions import Decision, Source
from seawall.model.values import Size
from seawall.planning.choice import Choice

ENOUGH = Size(2 * 1024**3)
LARGEST_ANSWER = Size(256 * 1024**2)
# One answer may take this part of what is free, so that many at once still fit.
SHARE = 16


def choose_spool(run_folder: str, state_folder: str, space: Mapping[str, int]) -> Choice[PurePosixPath]:
    """The runtime folder, which is often in memory and small; then the disk below the state folder."""
    beside, on_disk = space.get(run_folder), space.get(state_folder)
    if beside is None or on_disk is None or beside >= min(ENOUGH.bytes, on_disk):
        return _choice(PurePosixPath(run_folder) / "temp", beside, "beside the sockets")
    return _choice(PurePosixPath(state_folder) / "spool", on_disk, "on disk; the runtime folder is small")


def largest_answer(free: int | None) -> Size:
    """How much of one answer may wait on disk for a slow client."""
    if free is None:
        return LARGEST_ANSWER
    return Size(max(1024**2, min(LARGEST_ANSWER.bytes, free // SHARE)))


def _choice(path: PurePosixPath, free: int | None, because: str) -> Choice[PurePosixPath]:
    room = f", {Size(free)} free" if free is not None else ""
    return Choice(path, Decision("spool", str(path), because + room, Source.DEFAULT))
