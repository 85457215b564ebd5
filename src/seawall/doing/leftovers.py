"""What goes on serving after its supervisor died is ended before a new one starts, or when it is told to."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

from seawall.doing import identity, state
from seawall.doing.identity import Identity

PATIENCE = 10.0
TICK = 0.02


def end(path: Path, tell: Callable[[str], None]) -> tuple[Identity, ...]:
    """End the parts that the state names and that are still those processes; which they were."""
    known = state.load(path)
    alive = tuple(part for part in known.parts if identity.alive(part)) if known else ()
    if alive:
        tell(f"ending what a supervisor left behind (pid {', '.join(str(part.pid) for part in alive)})")
    everything = _with_descendants(alive)
    for part in alive:
        # The edge first: it finishes what it has while the app is still there.
        identity.kill(part, signal.SIGQUIT if known and part == known.edge else signal.SIGTERM)
        _wait(tuple(each for each in everything if each == part))
    for each in everything:
        identity.kill(each, signal.SIGKILL)
    path.unlink(missing_ok=True)
    return alive


def _with_descendants(parts: tuple[Identity, ...]) -> tuple[Identity, ...]:
    pids = [pid for part in parts for pid in (part.pid, *identity.descendants(part.pid))]
    return identity.identities(pids)


def _wait(parts: tuple[Identity, ...]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and any(identity.alive(part) for part in parts):
        time.sleep(TICK)
