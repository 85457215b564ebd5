"""What a run of the promise client found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .wire import Failed, Kind

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Failure:
    """One failed request; `at` is its intended time in seconds since the run began."""

    kind: Kind
    name: str
    tag: str
    at: float
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.at:7.2f} s  {self.name:<8} {self.tag}  {self.kind}: {self.detail}"


@dataclass
class Report:
    """`failed` is the verdict; `counts` are requests by name; latencies run from the intended time, in seconds."""

    failed: list[Failure] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    reopened: int = 0

    def percentile(self, share: float) -> float:
        """Latency that `share` of the answered requests did not exceed; endless when nothing was answered."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("inf")

    def by_kind(self) -> Counter[Kind]:
        return Counter(failure.kind for failure in self.failed)

    def fail(self, error: Failed, name: str, tag: str, at: float) -> None:
        self.failed.append(Failure(error.kind, name, tag, at, error.detail))

    def __str__(self) -> str:
        figures = ", ".join(f"p{share * 100:g} {self.percentile(share) * 1000:.1f} ms" for share in (0.5, 0.99, 1.0))
        lines = [f"{self.counts.total()} requests, {len(self.failed)} failed, {self.reopened} reopened, {figures}"]
        return "\n".join([*lines, *map(str, self.failed[:20])])


class Ledger:
    """The file of effects, compared with the answers: who was told yes must be in it, and nobody twice."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def written(self) -> Counter[str]:
        return Counter(self.path.read_text().split("\n")[:-1]) if self.path.exists() else Counter()

    def verdicts(self, posts: dict[str, tuple[float, bool]]) -> list[Failure]:
        """Judge `posts`: token → (intended time, answered 2xx). Unanswered, a token may be absent, never double."""
        written = self.written()
        found = []
        for token, (at, answered) in posts.items():
            if written[token] > 1:
                found.append(Failure(Kind.DOUBLED, "post", token, at, f"{written[token]} times"))
            elif answered and not written[token]:
                found.append(Failure(Kind.LOST, "post", token, at))
        return found
