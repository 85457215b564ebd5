"""Where one Nginx keeps its own files: the real one in the runtime folder, the rehearsed one beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from seawall.model.runfolder import RunFolder


@dataclass(frozen=True, slots=True)
class Place:
    """Absolute paths. `temp` must exist; Nginx makes its folders in there itself."""

    socket: PurePosixPath
    pid: PurePosixPath
    lock: PurePosixPath
    error_log: PurePosixPath
    access_log: PurePosixPath
    temp: PurePosixPath


def real(run: RunFolder) -> Place:
    return Place(
        socket=run.edge_socket,
        pid=run.path / "edge.pid",
        lock=run.path / "edge.lock",
        error_log=run.edge_log,
        access_log=run.access_log,
        temp=run.temp,
    )


def rehearsal(run: RunFolder) -> Place:
    """Everything flat in one folder. The socket's short name keeps it below the longest path that was checked."""
    folder = run.rehearsal
    return Place(
        socket=run.rehearsal_socket,
        pid=folder / "edge.pid",
        lock=folder / "edge.lock",
        error_log=run.rehearsal_log,
        access_log=folder / "access.jsonl",
        temp=folder,
    )
