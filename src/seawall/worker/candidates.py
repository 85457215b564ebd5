"""What a search passes on: a place that may hold the app, and why it was thought of."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import List, Sequence, Tuple


@dataclass(frozen=True)
class Candidate:
    """A target to try. `paths` go in front of `sys.path`."""

    target: str
    because: str
    paths: Tuple[str, ...] = ()


@dataclass
class Found:
    """Candidates, best first. `named`: the user said which, so no other may be taken instead.

    remarks: sentences worth showing.  tree: files that were looked at.
    """

    folder: str
    candidates: List[Candidate] = field(default_factory=list)
    named: bool = False
    remarks: List[str] = field(default_factory=list)
    tree: List[str] = field(default_factory=list)


def list_folder(folder: str) -> List[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def is_package(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, "__init__.py"))


def is_environment(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, "pyvenv.cfg"))


def first_existing(folder: str, names: Sequence[str]) -> List[str]:
    return [name for name in names if os.path.isfile(os.path.join(folder, name))]
