"""Run the user's code once, listen to its report, and leave nothing of it behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seawall.doing import identity, linux, process

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from seawall.doing.identity import Identity

_KEPT = 64 * 1024
_LONGEST_LINE = 4 * 1024 * 1024
_SWEEP_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Contained:
    """How it went. `code` is None when the deadline ended it; `out` and `err` are the last 64 KB of each."""

    code: int | None
    out: str
    err: str

    @property
    def timed_out(self) -> bool:
        return self.code is None


async def run_contained(
    argv: tuple[str, ...],
    *,
    env: Mapping[str, str],
    cwd: str | Path,
    on_line: Callable[[str], None],
    deadline: float,
) -> Contained:
    """Run `argv` + the number of a descriptor; each line written to that goes to `on_line` as it comes.

    Comes back within `deadline` seconds (and the moment that killing takes), with no process left behind: neither the
    child's group nor, on Linux, what it sent into the background with a session of its own.
    """
    async with _orphans_come_to_us():
        reader, writer = os.pipe()
        try:
            child = await process.start(
                (*argv, str(writer)),
                env=env,
                cwd=cwd,
                pass_fds=(writer,),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                die_with_parent=signal.SIGKILL,
            )
        except BaseException:
            os.close(reader)
            raise
        finally:
            os.close(writer)
        return await _attend(child, reader, on_line, deadline)


async def _attend(child: process.Process, reader: int, on_line: Callable[[str], None], deadline: float) -> Contained:
    out, err = _Tail(), _Tail()
    listening = (
        asyncio.create_task(_report(reader, on_line)),
        asyncio.create_task(out.follow(child.stdout)),
        asyncio.create_task(err.follow(child.stderr)),
    )
    code: int | None = None
    try:
        async with asyncio.timeout(deadline):
            code = await child.wait()
    except TimeoutError:
        pass
    finally:
        await _sweep(child)
        # With every writer gone the pipes end by themselves; a second is for the unkillable.
        await asyncio.wait(listening, timeout=1.0)
        for task in listening:
            task.cancel()
        results = await asyncio.gather(*listening, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result
    return Contained(code, out.text, err.text)


async def _report(reader: int, on_line: Callable[[str], None]) -> None:
    stream = asyncio.StreamReader(limit=_LONGEST_LINE)
    pipe = os.fdopen(reader, "rb", buffering=0)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), pipe
    )
    try:
        while line := await stream.readline():
            on_line(line.decode("utf-8", "replace").rstrip("\n"))
    finally:
        transport.close()


class _Tail:
    """The last 64 KB of a stream."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    async def follow(self, stream: asyncio.StreamReader | None) -> None:
        while stream and (chunk := await stream.read(16 * 1024)):
            self._bytes += chunk
            del self._bytes[:-_KEPT]

    @property
    def text(self) -> str:
        return self._bytes.decode("utf-8", "replace")


_holders = 0
_was_adopting = False


@contextlib.asynccontextmanager
async def _orphans_come_to_us() -> AsyncIterator[None]:
    global _holders, _was_adopting  # noqa: PLW0603 - the setting belongs to the process, not to a call
    if _holders == 0:
        _was_adopting = linux.adopt_orphans(True)
    _holders += 1
    try:
        yield
    finally:
        _holders -= 1
        if _holders == 0 and not _was_adopting:
            linux.adopt_orphans(False)


async def _sweep(child: process.Process) -> None:
    """Kill the child, its group, everything below it, and what was handed to us since it started.

    Killing a parent hands its children to us, so this goes on until nothing is left. Only processes younger than the
    child count: an older one that is handed to us now belongs to something else that died meanwhile.
    """
    clock = asyncio.get_running_loop().time
    end = clock() + _SWEEP_SECONDS
    child.send_group(signal.SIGKILL)
    while clock() < end:
        left = _below(child)
        for found in left:
            with contextlib.suppress(PermissionError):
                identity.kill(found, signal.SIGKILL)
        reaped = _reap(child)
        if not left and not reaped and child.code is not None:
            await child.wait()
            return
        await asyncio.sleep(0.002)


def _below(child: process.Process) -> tuple[Identity, ...]:
    found = [child.pid, *identity.descendants(child.pid)] if child.code is None else []
    for stray in _strays(child):
        found += [stray, *identity.descendants(stray)]
    return identity.identities(found)


def _reap(child: process.Process) -> int:
    """Collect the dead that were handed to us; nobody else would."""
    count = 0
    for stray in _strays(child):
        with contextlib.suppress(ChildProcessError):
            count += os.waitpid(stray, os.WNOHANG)[0] != 0
    return count


def _strays(child: process.Process) -> tuple[int, ...]:
    return tuple(pid for pid in process.strays() if identity.not_older(pid, child.identity))
