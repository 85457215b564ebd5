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
    user = identity.trusted_user(path.parent) if known else None
    alive = tuple(part for part in known.parts if _is_ours(part, user)) if known else ()
    if alive:
        tell(f"ending what a supervisor left behind (pid {', '.join(str(part.pid) for part in alive)})")
    everything = tuple(each for each in _with_descendants(alive) if _is_ours(each, user))
    for part in alive:
        # The edge first: it finishes what it has while the app is still there.
        identity.kill(part, signal.SIGQUIT if known and part == known.edge else signal.SIGTERM, of=user)
        _wait(tuple(each for each in everything if each == part))
    for each in everything:
        identity.kill(each, signal.SIGKILL, of=user)
    path.unlink(missing_ok=True)
    return alive


def _is_ours(part: Identity, user: int | None) -> bool:
    """Whether it is alive, and not a stranger's that an account has named for root to end."""
    return identity.alive(part) and user in {None, identity.user_of(part.pid)}


def _with_descendants(parts: tuple[Identity, ...]) -> tuple[Identity, ...]:
    pids = [pid for part in parts for pid in (part.pid, *identity.descendants(part.pid))]
    return identity.identities(pids)


def _wait(parts: tuple[Identity, ...]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and any(identity.alive(part) for part in parts):
        time.sleep(TICK)
