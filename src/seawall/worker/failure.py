"""Why a target could not be loaded, told so that its owner can act."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Dict, List


@dataclass
class Frame:
    """One line of a traceback. `user` marks the last one within the user's own code."""

    file: str
    line: int
    function: str
    code: str
    user: bool = False


@dataclass
class Details:
    """The parts of a failure besides what is wrong: where, what we saw, what to type next.

    candidates: exact targets to choose from.  tree: files that were looked at.
    """

    saw: str = ""
    where: str = ""
    hint: str = ""
    candidates: List[str] = field(default_factory=list)
    tree: List[str] = field(default_factory=list)


class TargetError(Exception):
    """A target that cannot be loaded, of one of these kinds.

    bad_target, no_module, no_attribute, missing_dependency, import_failed, syntax, exited, factory_arguments,
    factory_failed, not_callable, ambiguous, nothing_found, no_paste, probe_failed (our own mistake).
    """

    def __init__(self, kind: str, target: str, message: str, details: Details = Details()) -> None:  # noqa: B008
        super().__init__(message)
        self.kind = kind
        self.target = target
        self.message = message
        self.details = details
        self.frames: List[Frame] = []
        self.traceback = ""

    def as_json(self) -> Dict[str, Any]:
        return {
            "kind": self.kind,
            "target": self.target,
            "message": self.message,
            **asdict(self.details),
            "traceback": self.traceback,
            "frames": [asdict(frame) for frame in self.frames],
        }
