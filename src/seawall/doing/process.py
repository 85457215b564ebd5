"""The only place that starts programs: never through a shell, always with an explicit environment."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import signal
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from seawall.doing import linux
from seawall.doing.descriptors import Descriptors, inheritance
from seawall.doing.identity import Identity, children, identify
from seawall.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Stream = int | IO[bytes] | None

# Children that are meant to be ours, and the lock under which they come to be: threads may start programs as well.
_started: set[int] = set()
_starting = threading.Lock()


@dataclass(frozen=True, slots=True)
class Finished:
    """A short program that has run to its end. `code` is negative when a signal ended it."""

    code: int
    out: str
    err: str


class Process:
    """A child in a session of its own, so that Ctrl-C on the terminal reaches only us.

    Not asyncio's: on some versions that one is not told of an exit before its pipes are closed, and a grandchild that
    keeps a pipe open would hide the death of its parent.
    """

    def __init__(self, argv: tuple[str, ...], child: subprocess.Popen[bytes]) -> None:
        self.argv = argv
        # Nobody has waited for it yet, so even a child that ended at once still holds its number.
        self.identity = identify(child.pid) or Identity(child.pid, "")
        self.stdout: asyncio.StreamReader | None = None
        self.stderr: asyncio.StreamReader | None = None
        self._child = child
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def __repr__(self) -> str:
        return f"Process({self.identity.pid}, {shlex.join(self.argv)!r})"

    @property
    def pid(self) -> int:
        return self.identity.pid

    @property
    def code(self) -> int | None:
        """The exit code, negative for a signal, None while it runs."""
        return self._child.poll()

    async def wait(self) -> int:
        return await asyncio.shield(self._ended)

    def send(self, number: signal.Signals) -> None:
        """To this process alone. Nothing happens when it has ended."""
        self._child.send_signal(number)

    def send_group(self, number: signal.Signals) -> None:
        """To all that still belong to its process group, even when it has ended itself."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    async def attend(self) -> None:
        """Connect the pipes and watch for the end; `start` does it."""
        self.stdout, self.stderr = await _stream(self._child.stdout), await _stream(self._child.stderr)
        loop = asyncio.get_running_loop()
        watch = linux.open_pidfd(self.pid)
        if watch is None:
            threading.Thread(target=self._wait_in_thread, args=(loop,), daemon=True).start()
            return

        def ended() -> None:
            loop.remove_reader(watch)
            os.close(watch)
            self._note_end()

        loop.add_reader(watch, ended)

    def _wait_in_thread(self, loop: asyncio.AbstractEventLoop) -> None:
        self._child.wait()
        with contextlib.suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(self._note_end)

    def _note_end(self) -> None:
        _started.discard(self.pid)
        if not self._ended.done():
            self._ended.set_result(self._child.wait())


async def start(
    argv: tuple[str, ...],
    *,
    env: Mapping[str, str],
    cwd: str | Path,
    pass_fds: Descriptors = (),
    stdout: Stream = None,
    stderr: Stream = None,
    umask: int = -1,
    die_with_parent: signal.Signals | None = None,
) -> Process:
    """Start a program that stays.

    pass_fds: descriptors to inherit, as they are, or `{number in the child: descriptor here}`.
    stdout, stderr: as for `subprocess`; None shares ours.  stdin is always empty.
    die_with_parent: the signal it gets when we die; call from the main thread then (see `linux`).
    """
    before_exec, kept = inheritance(pass_fds, die_with_parent)
    child = _spawn(argv, env, cwd, stdout=stdout, stderr=stderr, kept=kept, before_exec=before_exec, umask=umask)
    started = Process(argv, child)
    try:
        await started.attend()
    except BaseException:  # told to stop in this very moment: nobody else knows of the child
        started.send_group(signal.SIGKILL)
        raise
    return started


async def _stream(pipe: IO[bytes] | None) -> asyncio.StreamReader | None:
    if pipe is None:
        return None
    stream = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), pipe)
    return stream


def run(
    argv: tuple[str, ...],
    *,
    env: Mapping[str, str],
    cwd: str | Path = "/",
    timeout: float = 10.0,
    input: str | None = None,  # noqa: A002 - the word everybody knows from `subprocess.run`
    check: bool = True,
) -> Finished:
    """Run a short tool to its end. With `check`, an exit code other than 0 is a ToolError."""
    stdin = subprocess.DEVNULL if input is None else subprocess.PIPE
    child = _spawn(argv, env, cwd, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        out, err = child.communicate(None if input is None else input.encode(), timeout)
    except subprocess.TimeoutExpired:
        raise ToolError(
            f"`{Path(argv[0]).name}` did not finish", where=shlex.join(argv), saw=f"nothing within {timeout:g} s"
        ) from None
    finally:
        _end(child)
    finished = Finished(child.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))
    if check and finished.code != 0:
        raise failed(argv, finished)
    return finished


def failed(argv: tuple[str, ...], finished: Finished) -> ToolError:
    """Say which program ended with an error, how, and with which last lines."""
    lines = (finished.err or finished.out).rstrip().splitlines()
    return ToolError(
        f"`{Path(argv[0]).name}` failed",
        where=shlex.join(argv),
        saw=describe_code(finished.code),
        detail="\n".join(lines[-20:]),
    )


def cannot_start(argv: tuple[str, ...], error: Exception) -> ToolError:
    saw = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return ToolError(f"`{argv[0]}` cannot be started", where=shlex.join(argv), saw=saw)


def describe_code(code: int) -> str:
    """`exit code 3`, `killed by SIGKILL`."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"


def shell_code(code: int) -> int:
    """The exit code as a shell tells it: 128 and the signal for one that was killed."""
    return code if code >= 0 else 128 - code


def strays() -> tuple[int, ...]:
    """List the children that were not started here: handed to us when their parents died, alive or to be reaped."""
    if not linux.IS_LINUX:
        return ()  # nothing is handed to us there
    with _starting:
        return tuple(pid for pid in children(os.getpid()) if pid not in _started)


def _spawn(  # noqa: PLR0913 - what `subprocess` needs, in our words
    argv: tuple[str, ...],
    env: Mapping[str, str],
    cwd: str | Path,
    *,
    stdin: Stream = subprocess.DEVNULL,
    stdout: Stream = None,
    stderr: Stream = None,
    kept: tuple[int, ...] = (),
    before_exec: Callable[[], None] | None = None,
    umask: int = -1,
) -> subprocess.Popen[bytes]:
    with _starting:
        try:
            child = subprocess.Popen(  # noqa: S603 - an argument tuple, no shell
                argv,
                env=dict(env),
                cwd=cwd,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                bufsize=0,
                pass_fds=kept,
                preexec_fn=before_exec,  # noqa: PLW1509 - looked up before the fork, calls the kernel only
                umask=umask,
                start_new_session=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise cannot_start(argv, error) from error
        _started.add(child.pid)
    return child


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.kill()
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe:
            with contextlib.suppress(OSError):
                pipe.close()
    child.wait()
    _started.discard(child.pid)
