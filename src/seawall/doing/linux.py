"""What only Linux offers for keeping processes together; elsewhere each function does nothing or says it cannot."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable

IS_LINUX = sys.platform == "linux"

# From <linux/prctl.h>.
_SET_PDEATHSIG = 1
_SET_CHILD_SUBREAPER = 36
_GET_CHILD_SUBREAPER = 37
_SET_NO_NEW_PRIVS = 38


def adopt_orphans(wanted: bool) -> bool:
    """Become (or stop being) the process to which orphaned descendants are handed; tells what it was before."""
    if not IS_LINUX:
        return False
    before = ctypes.c_int(0)
    _prctl()(_GET_CHILD_SUBREAPER, ctypes.addressof(before), 0, 0, 0)
    _call(_SET_CHILD_SUBREAPER, int(wanted))
    return bool(before.value)


def forbid_new_privileges() -> None:
    """No program that this process or its children execute can gain rights from now on; cannot be taken back."""
    if IS_LINUX:
        _call(_SET_NO_NEW_PRIVS, 1)


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """Make the function to call in the child between fork and exec.

    The kernel watches the *thread* that forked: processes that shall live on are started from the main thread.
    Everything is looked up here, before the fork, because the child may not import.
    """
    if not IS_LINUX:
        return lambda: None
    prctl, parent = _prctl(), os.getpid()

    def in_child() -> None:
        prctl(_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            os._exit(128 + number)

    return in_child


def open_pidfd(pid: int) -> int | None:
    """Open a descriptor that means this very process, whatever becomes of its number; None where that cannot be."""
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None


@cache
def _prctl() -> Callable[..., Any]:
    function: Callable[..., Any] = ctypes.CDLL(None, use_errno=True).prctl
    function.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]  # type: ignore[attr-defined]
    return function


def _call(option: int, value: int) -> None:
    if _prctl()(option, value, 0, 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
