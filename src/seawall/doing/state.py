"""What runs, on disk, so that the next command finds it even when the supervisor is gone."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import asdict, dataclass
from pathlib import Path

import cattrs

from seawall.doing import files
from seawall.doing.identity import Identity


@dataclass(frozen=True, slots=True)
class State:
    """`since`: ISO 8601, UTC.  Pids come with their start times, so that a reused number is never taken for ours."""

    url: str
    since: str
    generation: int
    supervisor: Identity
    edge: Identity | None
    server: Identity | None
    server_name: str
    edge_binary: str
    edge_version: str
    detached: bool

    @property
    def parts(self) -> tuple[Identity, ...]:
        """What may go on serving without the supervisor."""
        return tuple(part for part in (self.edge, self.server) if part)


def save(path: Path, state: State) -> None:
    files.write_text(path, json.dumps(asdict(state), indent=2) + "\n", mode=0o600)


def load(path: Path) -> State | None:
    """None when there is no state, none that this version can read, or one that the folder's owner did not write."""
    try:
        return cattrs.structure(json.loads(_read(path)), State)
    except (OSError, ValueError, cattrs.BaseValidationError):
        return None


def _read(path: Path) -> str:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, encoding="utf-8") as file:  # noqa: PTH123 - it is open already
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid not in {0, path.parent.stat().st_uid}:
            return ""
        return file.read()
