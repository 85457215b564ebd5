"""How long to wait before a dead process is started again."""

from __future__ import annotations

from dataclasses import dataclass

FIRST = 0.1
LONGEST = 30.0
# Running this long counts as well again.
STEADY = 60.0
GIVE_UP = 20


@dataclass(slots=True)
class Backoff:
    """The first restart is immediate; then 0.1 s, doubled each time up to 30 s; after 20 in a row it gives up."""

    failures: int = 0

    def note_death(self, lived: float) -> None:
        """`lived`: seconds between start and death."""
        self.failures = 1 if lived >= STEADY else self.failures + 1

    @property
    def wait(self) -> float:
        """Seconds until the next start."""
        return 0.0 if self.failures <= 1 else min(LONGEST, FIRST * 2 ** (self.failures - 2))

    @property
    def exhausted(self) -> bool:
        return self.failures >= GIVE_UP
