"""What a detector is: whether it knows the app, and what it read from it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Callable, Dict, List, NamedTuple, Optional

# What the edge lets through when an app sets no limit.
USUAL_BODY = 25 * 1024 * 1024


@dataclass
class Mount:
    """A URL prefix, as the app routes it, that the app serves from a folder. `url` begins and ends with a slash."""

    url: str
    folder: Optional[str]
    origin: str


@dataclass
class Description:
    """What the framework told: the fields of `AppFacts` that only a framework knows.

    modules: names of the modules that its views are in.  guards: code that sees every request first and may refuse it.
    """

    static: List[Mount] = field(default_factory=list)
    body_limit: Optional[int] = None
    prefix: str = "/"
    routes: List[str] = field(default_factory=list)
    hosts: List[str] = field(default_factory=list)
    debug: bool = False
    state: List[str] = field(default_factory=list)
    remarks: List[str] = field(default_factory=list)
    modules: List[str] = field(default_factory=list)
    guards: List[str] = field(default_factory=list)

    def facts(self) -> Dict[str, Any]:
        facts = asdict(self)
        del facts["modules"], facts["guards"]
        return facts


class Detector(NamedTuple):
    """`distribution` is the package whose installed version is the framework's."""

    name: str
    distribution: str
    recognise: Callable[[Any], bool]
    describe: Callable[[Any], Description]


def prefix_of(url: str) -> str:
    """`url` with one slash at each end."""
    inner = url.strip("/")
    return "/" + inner + "/" if inner else "/"
