"""`--detach`: the same command once more in a session of its own, until it says that it serves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# The descriptor on which the one in the background says that it is ready.
READY = "SEAWALL_READY_FD"


def is_background() -> bool:
    return READY in os.environ


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


def report_ready(log: Path) -> None:
    """In the background: say so, and from now on speak into the log instead of the terminal of whoever started us."""
    number = os.environ.pop(READY, "")
    if not number:
        return
    sys.stdout.flush()
    sys.stderr.flush()
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
    os.write(int(number), b"1")
    os.close(int(number))
