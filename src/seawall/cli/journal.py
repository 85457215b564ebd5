"""The logs of one site as lines for a person; the edge's JSON becomes a sentence."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

LONGEST_TAIL = 4 * 1024**2
TICK = 0.2


def read(files: dict[str, Path], lines: int) -> Iterator[tuple[str, str]]:
    """The last `lines` of each file, file by file."""
    for name, path in files.items():
        for line in _tail(path)[-lines:] if lines else ():
            yield name, as_sentence(name, line)


async def watch(files: dict[str, Path], show: Callable[[str, str], None]) -> None:
    """Whatever is appended from now on, until cancelled; a file that was turned over is read from its start."""
    positions = {name: _size(path) for name, path in files.items()}
    while True:
        for name, path in files.items():
            with contextlib.suppress(FileNotFoundError):  # turned over in this moment
                positions[name] = _show_new(name, path, positions[name], show)
        await asyncio.sleep(TICK)


def as_sentence(name: str, line: str) -> str:
    """An access line: status, method, path, what the app took, what the client took."""
    if name != "access":
        return line
    try:
        entry = json.loads(line)
    except ValueError:
        return line
    app = _seconds(entry.get("app_seconds"))
    total = _seconds(entry.get("seconds")) or 0.0
    times = f"app {app * 1000:.0f} ms, client {max(0.0, total - app) * 1000:.0f} ms" if app is not None else "edge"
    return f"{entry.get('time')} {entry.get('status')} {entry.get('method')} {entry.get('path')} ({times})"


def _tail(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - LONGEST_TAIL))
            return file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _seconds(value: object) -> float | None:
    """Nginx writes `0.012`, `-`, or `0.001, 0.002` when it asked more than once."""
    parts = [part.strip() for part in str(value if value is not None else "").split(",")]
    numbers = [float(part) for part in parts if part.replace(".", "", 1).isdigit()]
    return sum(numbers) if numbers else None


def _show_new(name: str, path: Path, position: int, show: Callable[[str, str], None]) -> int:
    size = path.stat().st_size
    if size < position:
        position = 0
    if size == position:
        return position
    with path.open("rb") as file:
        file.seek(position)
        data = file.read()
    whole, newline, _ = data.rpartition(b"\n")
    for line in (whole + newline).decode("utf-8", "replace").splitlines():
        show(name, as_sentence(name, line))
    return position + len(whole) + len(newline)
