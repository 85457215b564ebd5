"""How much the edge holds, and how much of it is let through to the app (C17, C26, C27, P18)."""

from __future__ import annotations

import math

from seawall.errors import MachineError
from seawall.model.decisions import Decision, Level, Remark, Source
from seawall.model.facts import MachineFacts
from seawall.model.stack import Capacity

FEWEST_DESCRIPTORS = 256
# Logs, sockets, pipes and open static files of one edge worker.
RESERVE = 128
MOST_CONNECTIONS = 32_768
MOST_EDGE_WORKERS = 8
BACKLOG = 4096
QUEUE = 2048


def derive_capacity(machine: MachineFacts, slots: int) -> Capacity:
    """Connections from the descriptor limit: each one to a client may need one to the app or to a spool file beside it.

    Raises MachineError when the limit is too low to serve anything sensible.
    """
    if machine.descriptors < FEWEST_DESCRIPTORS:
        raise MachineError(
            "the limit of open files is too low to serve a site",
            where="this shell",
            saw=f"a hard limit of {machine.descriptors}, and {FEWEST_DESCRIPTORS} is the least",
            hint="`ulimit -n 20000` as root, before `seawall up`; or for good, in `/etc/security/limits.conf`",
        )
    queue = min(QUEUE, machine.accept_queue)
    return Capacity(
        edge_workers=max(1, min(math.ceil(machine.cpus), MOST_EDGE_WORKERS)),
        connections=min((machine.descriptors - RESERVE) // 2, MOST_CONNECTIONS),
        descriptors=machine.descriptors,
        backlog=min(BACKLOG, machine.accept_queue),
        queue=queue,
        admitted=slots + queue,
    )


def explain_capacity(capacity: Capacity) -> Decision:
    held = capacity.edge_workers * capacity.connections
    return Decision(
        "connections",
        f"{held}",
        f"{capacity.edge_workers} × {capacity.connections}, from {capacity.descriptors} open files per process; "
        f"{capacity.admitted} requests may be in or wait for the app, beyond that 503",
        Source.DETECTED,
    )


def warn_about_capacity(capacity: Capacity, machine: MachineFacts) -> list[Remark]:
    remarks = []
    if capacity.connections < 1024:
        remarks.append(
            Remark(
                Level.WARNING,
                f"each edge worker holds just {capacity.connections} connections, because the limit of open files is "
                f"{machine.descriptors}",
                "raise it with `ulimit -n 20000` before `seawall up`",
            )
        )
    if capacity.queue < 512:
        remarks.append(
            Remark(
                Level.WARNING,
                f"the kernel queues just {machine.accept_queue} connections; a burst beyond it is answered with 503",
                "sysctl -w net.core.somaxconn=4096",
            )
        )
    return remarks
