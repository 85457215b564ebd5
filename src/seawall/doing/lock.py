"""One `up` per app: a lock that the kernel releases when its holder dies, however it dies (R32)."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shlex
import struct
import time
from dataclasses import dataclass
from pathlib import Path, PurePath

from seawall.doing import identity
from seawall.doing.identity import Identity
from seawall.errors import AlreadyRunningError, MachineError

# A lock of the open file description, where there is one: unlike flock it can be asked about without being taken,
# unlike a classic record lock it survives that somebody closes another descriptor of the file. `struct flock` is
# type, whence, start, length, pid.
_DESCRIPTION = "hhqqi"
_TRIES = 50


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the lock. `pid` is 0 when the file does not tell (yet)."""

    pid: int
    since: float
    command: str


@dataclass(slots=True)
class Lock:
    """Held until `release` or the end of the process. Children do not inherit it across exec."""

    path: Path
    _descriptor: int
    _folder: int

    def sign(self, command: str) -> None:
        """Write down who we are; once more after a fork that goes on in the child."""
        me = identity.identify(os.getpid())
        started = me.started if me else ""
        record = {"pid": os.getpid(), "started": started, "since": time.time(), "command": command}
        text = json.dumps(record).encode()
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text, 0)

    def release(self) -> None:
        """Let the next one in. The file stays: were it removed, two could hold a lock on two files of one name."""
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)
        os.close(self._folder)


def acquire(path: str | PurePath, *, command: str = "", where: tuple[str, ...] = ()) -> Lock:
    """Take the lock, or raise AlreadyRunningError with the pid of the first.

    where: the options that lead a command to this place, for the message.
    """
    path = Path(path)
    for _ in range(_TRIES):
        descriptor = _open(path, os.O_RDWR | os.O_CREAT)
        if not _try(descriptor):
            os.close(descriptor)
            raise _already(path, where)
        if _still_there(descriptor, path):
            lock = Lock(path, descriptor, _keep_from_cleaners(path.parent))
            lock.sign(command)
            return lock
        os.close(descriptor)  # the folder was removed and made anew meanwhile
    raise MachineError(f"cannot lock `{path}`", saw="the file is replaced again and again")


def holder(path: str | PurePath) -> Holder | None:
    """Tell who has the lock, without taking it; None when nobody has."""
    path = Path(path)
    try:
        descriptor = _open(path, os.O_RDWR)
    except MachineError:
        if not path.exists():
            return None
        raise
    try:
        for _ in range(_TRIES):
            if not _is_held(descriptor):
                return None
            if found := _read(descriptor):
                return found
            time.sleep(0.004)  # taken, and not signed yet
    finally:
        os.close(descriptor)
    return Holder(0, 0.0, "")


def refuse_held(path: Path) -> None:
    """Raise AlreadyRunningError when somebody has the lock."""
    if holder(path) is not None:
        raise _already(path, ("--run-dir", str(path.parent)))


def _already(path: Path, where: tuple[str, ...]) -> AlreadyRunningError:
    status, down = (shlex.join(("seawall", word, *where)) for word in ("status", "down"))
    found = holder(path) or Holder(0, 0.0, "")
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(found.since)) if found.since else "an unknown time"
    return AlreadyRunningError(
        f"already running: pid {found.pid} since {since}" if found.pid else "already running",
        where=str(path),
        saw=f"`{found.command}` holds the lock" if found.command else "the lock is held",
        hint=f"`{status}` shows it, `{down}` stops it",
    )


def _open(path: Path, flags: int) -> int:
    try:
        return os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
    except OSError as error:
        raise MachineError("cannot open the lock file", where=str(path), saw=error.strerror or str(error)) from error


def _read(descriptor: int) -> Holder | None:
    """Read the signature. One of a process that is gone is the previous holder's."""
    try:
        record = json.loads(os.pread(descriptor, 4096, 0))
        found = Holder(int(record["pid"]), float(record["since"]), str(record["command"]))
        signed_by = Identity(found.pid, str(record["started"]))
    except (ValueError, KeyError, TypeError):
        return None
    return found if identity.alive(signed_by) else None


def _still_there(descriptor: int, path: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), path.stat())
    return False


def _try(descriptor: int) -> bool:
    try:
        if hasattr(fcntl, "F_OFD_SETLK"):
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _description(fcntl.F_WRLCK))
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EAGAIN, errno.EACCES}:
            return False
        raise
    return True


def _keep_from_cleaners(folder: Path) -> int:
    """Mark the folder as in use: systemd-tmpfiles passes over a folder under `/tmp` that somebody has locked."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    with contextlib.suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return descriptor


def _is_held(descriptor: int) -> bool:
    if hasattr(fcntl, "F_OFD_GETLK"):
        answer = fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, _description(fcntl.F_WRLCK))
        return bool(struct.unpack(_DESCRIPTION, answer)[0] != fcntl.F_UNLCK)
    try:  # elsewhere only trying tells; it is let go of at once
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def _description(kind: int) -> bytes:
    return struct.pack(_DESCRIPTION, kind, os.SEEK_SET, 0, 0, 0)
