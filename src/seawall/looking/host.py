"""The machine as this process may use it, not as it was built (P12)."""

from __future__ import annotations

import os
import pwd
import resource
import sys
from pathlib import Path

from seawall.looking import cgroup
from seawall.looking.cgroup import Limit
from seawall.model.facts import MachineFacts

_UNLIMITED_DESCRIPTORS = 1_048_576


def look_at_machine(root: Path = Path("/"), *, cores: int | None = None) -> MachineFacts:
    """Read the limits. `root` is where `/proc` and `/sys` hang and `cores` what we may run on, for tests."""
    cpus = min([_cores(cores), *cgroup.cpu_limits(root)], key=lambda limit: limit.amount)
    memory = min([*_physical(root), *cgroup.memory_limits(root)], key=lambda limit: limit.amount, default=None)
    uid = os.geteuid()
    return MachineFacts(
        system=sys.platform,
        cpus=cpus.amount,
        cpus_from=cpus.source,
        memory=int(memory.amount) if memory else None,
        memory_from=memory.source if memory else "unknown",
        descriptors=_descriptors(root),
        accept_queue=_number(root / "proc/sys/net/core/somaxconn") or 128,
        uid=uid,
        user=_name(uid),
    )


def _cores(given: int | None) -> Limit:
    everything = os.cpu_count() or 1
    if given is None:
        given = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else everything
    words = f"{given} core{'s' if given != 1 else ''}"
    return Limit(given, words if given >= everything else f"{words} of {everything}, by CPU affinity")


def _physical(root: Path) -> list[Limit]:
    try:
        lines = (root / "proc/meminfo").read_text().splitlines()
    except OSError:
        return _physical_elsewhere() if root == Path("/") else []
    sizes = [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemTotal:")]
    return [Limit(size, "physical memory") for size in sizes]


def _physical_elsewhere() -> list[Limit]:
    try:
        return [Limit(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"), "physical memory")]
    except (ValueError, OSError):
        return []


def _descriptors(root: Path) -> int:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard == resource.RLIM_INFINITY:
        return _number(root / "proc/sys/fs/nr_open") or _UNLIMITED_DESCRIPTORS
    return hard


def _number(file: Path) -> int:
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return 0


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
