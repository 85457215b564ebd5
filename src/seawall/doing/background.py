"""`--detach`: the same command once more in a session of its own, until it says that it serves."""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import sys
from pathlib import Path

# The descriptor on which the one in the background says that it is ready.
READY = "SEAWALL_READY_FD"


def take_ready() -> int | None:
    """Take the descriptor out of the environment, for nobody else to see; None when this is not the background.

    A number that somebody else has left there is believed only when a pipe is behind it.
    """
    number = os.environ.pop(READY, "")
    if not (number.isascii() and number.isdigit() and 2 < int(number) < 2**31):
        return None
    try:
        if not stat.S_ISFIFO(os.fstat(int(number)).st_mode):
            return None
    except OSError:
        return None
    os.set_inheritable(int(number), False)
    return int(number)


def start() -> int:
    """Start it, pass through what it says, and come back when it serves or has failed; its exit code."""
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    # -P: not the current folder first on `sys.path`, where a module of the app could take the place of one of ours.
    argv = (sys.executable, "-P", "-m", "seawall", *sys.argv[1:])
    child = subprocess.Popen(  # noqa: S603 - an argument tuple, no shell
        argv,
        env={**os.environ, READY: str(writer)},
        stdin=subprocess.DEVNULL,
        pass_fds=(writer,),
        start_new_session=True,
    )
    os.close(writer)
    try:
        with os.fdopen(reader, "rb") as pipe:
            ready = pipe.read(1)
    except KeyboardInterrupt:
        child.terminate()
        child.wait()
        raise
    if ready:
        child.returncode = 0  # it stays; this process does not wait for it
        return 0
    return child.wait()


def report_ready(ready: int, log: Path) -> None:
    """In the background: say so, and from now on speak into the log instead of the terminal of whoever started us."""
    with contextlib.suppress(OSError):  # that terminal may have gone
        sys.stdout.flush()
        sys.stderr.flush()
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
    with contextlib.suppress(OSError):  # whoever waited for it was killed: the site serves all the same
        os.write(ready, b"1")
    os.close(ready)
