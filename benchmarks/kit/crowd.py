"""The parent's side: start what plays, wait until it says it is ready, ask what happened."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit import machine
from kit.scenario import Fast, Mode, Slow, Target, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent.parent
PROCESSES = 2  # 20,000 descriptors are a usual cap for one process
CONFIRM_LIMIT = 20.0


class Child:
    """A `python -m kit.<name>` that talks in JSON lines; standard input closing ends it, so none is left behind."""

    def __init__(self, name: str, *arguments: str) -> None:
        self._name = name
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"kit.{name}", *arguments],
            cwd=HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        """Read the next line; an end instead of one is an error, not an empty answer."""
        assert self._process.stdout is not None
        if text := self._process.stdout.readline():
            return text
        raise RuntimeError(f"kit.{self._name} ended with {self._process.wait()} instead of an answer")

    def stop(self) -> None:
        """`stop` once, then the end of its input."""
        assert self._process.stdin is not None
        if self._process.stdin.closed:
            return
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write("stop\n")
            self._process.stdin.close()

    def wait(self) -> None:
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


@contextlib.contextmanager
def acceptor(mode: Mode) -> Iterator[Target]:
    """Run the control's server."""
    child = Child("acceptor", mode)
    try:
        yield Target(host="127.0.0.1", port=int(child.line()))
    finally:
        child.stop()
        child.wait()


@contextlib.contextmanager
def held(target: Target, slow: Slow, sources: list[str], seen: dict[str, Any], *, reads: bool = True) -> Iterator[None]:
    """Inside, the crowd is in its slow phase; `seen` tells how far that is true, and afterwards what became of it.

    `reads` is false for a server that only accepts.
    """
    children = [
        Child("holder", to_json(target, slow.share(part, PROCESSES), sources=sources)) for part in range(PROCESSES)
    ]
    try:
        begun = time.monotonic()
        ready = [json.loads(child.line()) for child in children]
        seen["ramp_seconds"] = round(time.monotonic() - begun, 2)
        seen["ready"] = sum(r["held"] for r in ready)
        seen["taken_in"] = confirm(target, seen["ready"], reads=reads)
        yield
        for child in children:
            child.stop()
        seen.update(merge([json.loads(child.line()) for child in children]))
    finally:
        for child in children:
            child.stop()
            child.wait()


def confirm(target: Target, wanted: int, *, reads: bool = True) -> int | None:
    """How many the server has accepted and read empty, once that is all of them or `CONFIRM_LIMIT` is over.

    A connect succeeds as soon as the kernel queues it: only the server's side of the table says that it holds us.
    """
    ends = time.monotonic() + CONFIRM_LIMIT
    while (now := machine.taken(target.port)) is not None:
        # clients that send bodies always have a few bytes under way
        if now.accepted >= wanted and (not reads or now.unread <= wanted * 0.01):
            return min(wanted, now.accepted)
        if time.monotonic() > ends:
            return min(wanted, now.accepted - now.unread)
        time.sleep(0.1)
    return None


def merge(reports: list[dict[str, Any]]) -> dict[str, Any]:
    """Sum over the holders; lifetimes stay one triple (least, median, most) per process."""
    merged: dict[str, Any] = {}
    for key in reports[0]:
        values = [report[key] for report in reports]
        match values[0]:
            case int() | float():
                merged[key] = round(sum(values), 3)
            case dict():
                merged[key] = dict(sum((Counter(v) for v in values), Counter()))
            case list():
                merged[key] = [v for v in values if v]
            case _:
                pass
    return merged


def measure(target: Target, fast: Fast) -> dict[str, Any]:
    """One window of the own fast client, in its own process."""
    child = Child("load", to_json(target, fast))
    try:
        figures: dict[str, Any] = json.loads(child.line())
    finally:
        child.stop()
        child.wait()
    return figures


def drained(target: Target, limit: float = 30.0) -> None:
    """Wait until the server has let go of the last crowd: its leftovers belong to no round."""
    ends = time.monotonic() + limit
    while (now := machine.taken(target.port)) is not None and now.accepted > 64 and time.monotonic() < ends:
        time.sleep(0.1)
