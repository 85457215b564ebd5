"""The tie between a process and its parent: when one dies, so does the other."""

from __future__ import annotations

import os
import sys

PR_SET_PDEATHSIG = 1


def follow(parent: int, number: int) -> None:
    """Have signal `number` sent to this process when `parent` dies; leave at once when it is already dead.

    Only Linux can do that. Elsewhere Gunicorn's workers look at their parent's id once a second.
    """
    if sys.platform == "linux":
        _ask_kernel(number)
    # It may have died before we asked.
    if os.getppid() != parent:
        raise SystemExit(0)


def _ask_kernel(number: int) -> None:
    try:
        import ctypes
    except ImportError:
        # A Python built without libffi.
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
