"""Why the stack is as it is: one decision per choice, and the remarks that go with the plan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """Where a value came from, strongest first."""

    FLAG = "flag"
    ENVIRONMENT = "environment"
    FILE = "file"
    DETECTED = "detected"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Decision:
    """`key` has `value`, `because`; it came from `source`, more exactly from `where` (`--port`, `seawall.toml:3`)."""

    key: str
    value: str
    because: str
    source: Source
    where: str = ""


class Level(StrEnum):
    NOTE = "note"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something the person should know, with what to type when there is something to do."""

    level: Level
    text: str
    hint: str = ""
