"""Files as values: what a renderer returns and `doing` writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class File:
    """`path` is relative to the folder that the set is written to."""

    path: PurePosixPath
    text: str
    mode: int = 0o640


@dataclass(frozen=True, slots=True)
class SymbolicLink:
    path: PurePosixPath
    target: str


FileSet = tuple[File | SymbolicLink, ...]
