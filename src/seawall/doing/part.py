"""A process that must run: the one that does, when it was begun, and what its dead forerunners left behind."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass, field

from seawall.doing import identity, linux
from seawall.doing.identity import Identity
from seawall.doing.orphans import orphans_of
from seawall.doing.process import Process


@dataclass(slots=True)
class Part:
    """`began`: when the last start was tried, by the monotonic clock, whether it came to a process or not."""

    process: Process | None = None
    began: float = 0.0
    _former: list[Process] = field(default_factory=list)

    def begin(self) -> None:
        """Note a try to start it (again), before it is made: a try that fails is as short-lived as a process can be."""
        self.began = time.monotonic()
        if self.process is not None and self.process not in self._former:
            self._former.append(self.process)

    @property
    def lived(self) -> float:
        """Seconds since the last try."""
        return time.monotonic() - self.began

    def orphans(self) -> tuple[Identity, ...]:
        """Children of forerunners that died; they were handed to us and still work on what they had."""
        return orphans_of(self._former)

    def end(self) -> None:
        """Kill whatever is left. The group of a dead leader is known by its members: its number may be used again."""
        if self.process is None:
            return
        if self.process.code is None or not linux.IS_LINUX:
            self.process.send_group(signal.SIGKILL)
        for orphan in orphans_of([*self._former, self.process]):
            identity.kill(orphan, signal.SIGKILL)
