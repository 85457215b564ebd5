"""What the control groups around us allow, in both of their generations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure and where it was read, in words."""

    amount: float
    source: str


@dataclass(frozen=True, slots=True)
class _Mount:
    """A hierarchy: which part of it (`top`) is to be seen at `point`, and its controllers, none named for version 2."""

    top: str
    point: Path
    controllers: frozenset[str]


def cpu_limits(root: Path) -> tuple[Limit, ...]:
    """Find every CPU quota that binds us, in cores: our own group's and those of the groups around it."""
    found = [Limit(cores, "cgroup v2 quota") for group in _groups(root, "") for cores in _quota_v2(group / "cpu.max")]
    found += [Limit(cores, "cgroup v1 quota") for group in _groups(root, "cpu") for cores in _quota_v1(group)]
    return tuple(found)


def memory_limits(root: Path) -> tuple[Limit, ...]:
    """Find every memory limit that binds us, in bytes. `memory.high` counts: beyond it the kernel slows us down."""
    found = [
        Limit(number, f"cgroup v2 {name}")
        for group in _groups(root, "")
        for name in ("memory.max", "memory.high")
        for number in _numbers(group / name)[:1]
    ]
    found += [
        Limit(number, "cgroup v1 limit")
        for group in _groups(root, "memory")
        for number in _numbers(group / "memory.limit_in_bytes")[:1]
    ]
    return tuple(found)


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """Go from our own group up to the highest that is to be seen; `controller` "" means version 2."""
    own = _membership(root).get(controller)
    if own is None:
        return
    for mount in _mounts(root):
        if (controller in mount.controllers) if controller else not mount.controllers:
            group = mount.point / _below(own, mount.top)
            while group.is_relative_to(mount.point):
                yield group
                group = group.parent
            return


def _below(own: str, top: str) -> PurePosixPath:
    """Where our group lies below the mount point. One that the mount does not show is taken to be the mount itself."""
    path = PurePosixPath(own)
    if ".." in path.parts or not path.is_relative_to(top):
        return PurePosixPath()
    return path.relative_to(top)


def _membership(root: Path) -> dict[str, str]:
    groups = {}
    for line in _lines(root / "proc/self/cgroup"):
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        for controller in controllers.split(","):
            groups[controller] = path
    return groups


def _mounts(root: Path) -> Iterator[_Mount]:
    for line in _lines(root / "proc/self/mountinfo"):
        left, _, right = line.partition(" - ")
        fields, kind = left.split(), right.split()
        if len(fields) < 5 or not kind or kind[0] not in {"cgroup", "cgroup2"}:
            continue
        controllers = frozenset(kind[2].split(",")) if kind[0] == "cgroup" and len(kind) > 2 else frozenset()
        yield _Mount(fields[3], root / fields[4].lstrip("/"), controllers)


def _quota_v2(file: Path) -> list[float]:
    numbers = _numbers(file)  # "max 100000" when there is no quota
    return [numbers[0] / numbers[1]] if len(numbers) == 2 and numbers[1] else []


def _quota_v1(group: Path) -> list[float]:
    quota, period = _numbers(group / "cpu.cfs_quota_us"), _numbers(group / "cpu.cfs_period_us")
    return [quota[0] / period[0]] if quota and period and quota[0] > 0 and period[0] else []


def _numbers(file: Path) -> list[int]:
    """Read whole numbers; words such as `max` are left out."""
    words = [word for line in _lines(file) for word in line.split()]
    return [int(word) for word in words if word.lstrip("-").isdigit()]


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
