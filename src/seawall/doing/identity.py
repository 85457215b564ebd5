"""Which process is which: a number alone is not an identity, because numbers are used again (S42)."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seawall.doing import linux

if TYPE_CHECKING:
    from collections.abc import Iterable

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Identity:
    """A process that cannot be mistaken for a later one. `started` is opaque: only equality means something."""

    pid: int
    started: str


@dataclass(frozen=True, slots=True)
class _Seen:
    parent: int
    state: str
    started: str


def identify(pid: int) -> Identity | None:
    """Tell which process has this number now; None when there is none, or it has ended and only waits to be reaped."""
    seen = _look(pid) if pid > 0 else None
    if seen is None or seen.state in {"Z", "X"}:
        return None
    return Identity(pid, seen.started)


def alive(identity: Identity) -> bool:
    return identify(identity.pid) == identity


def kill(identity: Identity, number: signal.Signals, *, of: int | None = None) -> bool:
    """Send a signal to exactly this process; False when it has ended. PermissionError when we may not.

    of: the user id that it must run as.
    """
    pinned = linux.open_pidfd(identity.pid)
    try:
        if not alive(identity):  # asked after pinning, so that the answer holds for what is pinned
            return False
        if of is not None and user_of(identity.pid) != of:
            raise PermissionError(errno.EPERM, f"pid {identity.pid} belongs to another user")
        if pinned is None:
            os.kill(identity.pid, number)
        else:
            signal.pidfd_send_signal(pinned, number)
    except ProcessLookupError:
        return False
    finally:
        if pinned is not None:
            os.close(pinned)
    return True


def user_of(pid: int) -> int | None:
    """Tell as whom a process runs. Its folder in `/proc` does not: that is root's once rights were given up."""
    if not linux.IS_LINUX:
        text = _ps("uid=", pid).strip()
        return int(text) if text.isdigit() else None
    with contextlib.suppress(OSError, StopIteration):
        lines = (_PROC / str(pid) / "status").read_text("utf-8", "replace").splitlines()
        return int(next(line for line in lines if line.startswith("Uid:")).split()[2])
    return None


def trusted_user(folder: Path) -> int | None:
    """As whom what a folder names has to run to be ended by us; None: anybody. Only root could end a stranger's."""
    owner = folder.stat().st_uid
    return owner if os.geteuid() == 0 and owner != 0 else None


def children(pid: int) -> tuple[int, ...]:
    return tuple(sorted(child for child, seen in _table().items() if seen.parent == pid))


def descendants(pid: int) -> tuple[int, ...]:
    """Children first, then their children and so on. Processes handed to another parent are not found."""
    by_parent: dict[int, list[int]] = {}
    for child, seen in _table().items():
        by_parent.setdefault(seen.parent, []).append(child)
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = sorted(by_parent.get(waiting.pop(0), []))
        found += below
        waiting += below
    return tuple(found)


def identities(pids: Iterable[int]) -> tuple[Identity, ...]:
    return tuple(found for pid in pids if (found := identify(pid)))


def not_older(pid: int, than: Identity) -> bool:
    """Whether a process, dead or alive, started when `than` did or later. Unknown counts as yes."""
    seen = _look(pid)
    if not linux.IS_LINUX or seen is None or not than.started:
        return True
    return int(seen.started.partition("@")[0]) >= int(than.started.partition("@")[0])


def command_of(pid: int) -> str:
    """Give the command line, for a person to recognise the process by; "" when it is not visible."""
    with contextlib.suppress(OSError):
        return (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
    return "" if linux.IS_LINUX else _ps("command=", pid).strip()


def _look(pid: int) -> _Seen | None:
    if not linux.IS_LINUX:
        fields = _ps("ppid=,stat=,lstart=", pid).split(maxsplit=2)
        return _Seen(int(fields[0]), fields[1][:1], fields[2].strip()) if len(fields) == 3 else None
    try:
        text = (_PROC / str(pid) / "stat").read_text("ascii", "replace")
    except OSError:
        return None
    return _parse_stat(text)


def _parse_stat(text: str) -> _Seen:
    fields = text.rpartition(")")[2].split()  # the name before it may hold spaces and brackets
    return _Seen(parent=int(fields[1]), state=fields[0], started=f"{fields[19]}@{_boot()}")


def _table() -> dict[int, _Seen]:
    if not linux.IS_LINUX:
        rows = (line.split() for line in _ps("pid=,ppid=").splitlines())
        return {int(row[0]): _Seen(int(row[1]), "", "") for row in rows if len(row) == 2}
    pids = (int(name) for name in os.listdir(_PROC) if name.isdigit())  # noqa: PTH208 - names only, and fast
    return {pid: seen for pid in pids if (seen := _look(pid))}


_boot_id: list[str] = []


def _boot() -> str:
    """Start times count from boot, so the same figures may come back after a reboot (R31)."""
    if not _boot_id:
        try:
            _boot_id.append((_PROC / "sys/kernel/random/boot_id").read_text().strip()[:13])
        except OSError:
            _boot_id.append("")
    return _boot_id[0]


def _ps(columns: str, pid: int | None = None) -> str:
    select = ["-p", str(pid)] if pid is not None else ["-ax"]
    argv = ["/bin/ps", *select, "-o", columns]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=5, check=False, env={"LC_ALL": "C"})  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout
