"""Children of processes that died before them; the kernel handed them to us."""

from __future__ import annotations

import os
from collections.abc import Iterable

from seawall.doing import identity, process
from seawall.doing.identity import Identity
from seawall.doing.process import Process


def orphans_of(dead: Iterable[Process]) -> tuple[Identity, ...]:
    """Those that still belong to the process group of one of the dead. A number that was used again is not ours."""
    groups = {each.pid for each in dead}
    return identity.identities(pid for pid in process.strays() if _group_of(pid) in groups)


def _group_of(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0
