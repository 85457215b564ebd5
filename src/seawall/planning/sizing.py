"""How many worker processes and threads (P12): CPU quota, memory, and what the app can bear."""

from __future__ import annotations

import math

from seawall.config.pinned import Config
from seawall.model.decisions import Level, Remark, Source
from seawall.model.facts import AppFacts, MachineFacts
from seawall.model.values import Size
from seawall.planning.choice import Choice, pinned_or

MOST_WORKERS = 12
THREADS = 8
GREENLETS = 256
# Measured after import; a worker that serves grows beyond it.
GROWTH = 1.5
# Part of the memory that workers may fill; the rest is the edge, the page cache and headroom.
MEMORY_SHARE = 0.8


def choose_workers(config: Config, app: AppFacts, machine: MachineFacts) -> Choice[int]:
    """min(CPU quota, memory / measured worker, 12), but two where memory allows: one serves while one restarts."""
    single = single_process_reason(app)
    if single:
        return pinned_or("workers", config.workers, 1, single, source=Source.DETECTED)
    count, because = _fitting(app, machine)
    return pinned_or("workers", config.workers, count, because, source=Source.DETECTED)


def choose_threads(config: Config, worker: str, workers: int) -> Choice[int]:
    """Threads that one worker process serves requests with; for gevent and eventlet, greenlets."""
    if worker in ("gevent", "eventlet"):
        return pinned_or(
            "threads", config.threads, GREENLETS, "greenlets in each worker; they cost little while they wait"
        )
    threads = THREADS if workers > 1 else 2 * THREADS
    return pinned_or(
        "threads", config.threads, threads, "in each worker, so that waiting for a database holds up nobody"
    )


def single_process_reason(app: AppFacts) -> str:
    """Why this app wants exactly one process, or "" (P30)."""
    if app.state:
        return f"state lives in the process ({app.state[0]}), so every request must meet the same one"
    if app.threads:
        return f"the import starts a thread ({app.threads[0]}), which would run once in each worker"
    return ""


def warn_about_workers(app: AppFacts, workers: int) -> list[Remark]:
    single = single_process_reason(app)
    if single and workers > 1:
        return [Remark(Level.WARNING, f"{workers} worker processes, but {single}", "take `--workers 1`")]
    return []


def _fitting(app: AppFacts, machine: MachineFacts) -> tuple[int, str]:
    by_cpu = max(2, math.ceil(machine.cpus))
    need = max(int(app.rss * GROWTH), 32 * 1024**2)
    by_memory = MOST_WORKERS if machine.memory is None else int(machine.memory * MEMORY_SHARE) // need
    count = max(1, min(by_cpu, by_memory, MOST_WORKERS))
    if count == by_cpu:
        spare = ", never fewer than two" if machine.cpus <= 1 else ""
        return count, f"one per core ({machine.cpus_from}{spare})"
    if count == MOST_WORKERS:
        return count, f"enough for one machine; {machine.cpus_from}"
    available = Size(int((machine.memory or 0) * MEMORY_SHARE))
    return count, f"about {Size(need)} each in {available} ({machine.memory_from})"
