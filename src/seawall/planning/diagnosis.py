"""What `doctor` says about this machine. Pure: the same facts, the same words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from seawall.errors import SeawallError
from seawall.model.facts import MachineFacts, NginxFacts, ServerFacts
from seawall.model.values import Size
from seawall.planning.capacity import BACKLOG, FEWEST_DESCRIPTORS, QUEUE


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Check:
    """`hint` is what to type, "" when nothing is to be done."""

    name: str
    state: State
    text: str
    hint: str = ""


def diagnose(
    machine: MachineFacts, nginx: NginxFacts | SeawallError, server: ServerFacts, accepted: Iterable[str]
) -> tuple[Check, ...]:
    """One line per thing that a site on this machine depends on; `accepted` are the flaws an operator lives with."""
    return (
        Check("system", State.OK, f"{machine.system}, user {machine.user}"),
        Check("cpu", State.OK, f"{machine.cpus:g} ({machine.cpus_from})"),
        _memory(machine),
        _descriptors(machine),
        _queue(machine),
        *_nginx(nginx, frozenset(accepted)),
        _server(server),
    )


def _memory(machine: MachineFacts) -> Check:
    if machine.memory is None:
        return Check("memory", State.WARNING, "unknown; workers are counted by cores alone")
    return Check("memory", State.OK, f"{Size(machine.memory)} ({machine.memory_from})")


def _descriptors(machine: MachineFacts) -> Check:
    text = f"a process may open {machine.descriptors} files"
    if machine.descriptors < FEWEST_DESCRIPTORS:
        return Check("open files", State.FAILURE, text, "ulimit -n 20000")
    if machine.descriptors < 4096:
        return Check("open files", State.WARNING, f"{text}; about half as many clients fit", "ulimit -n 20000")
    return Check("open files", State.OK, text)


def _queue(machine: MachineFacts) -> Check:
    text = f"the kernel queues up to {machine.accept_queue} connections per socket"
    if machine.accept_queue < QUEUE:
        return Check("accept queue", State.WARNING, text, f"sysctl -w net.core.somaxconn={BACKLOG}")
    return Check("accept queue", State.OK, text)


def _nginx(nginx: NginxFacts | SeawallError, accepted: frozenset[str]) -> tuple[Check, ...]:
    if isinstance(nginx, SeawallError):
        return (Check("nginx", State.FAILURE, f"{nginx.what}: {nginx.saw}", nginx.hint),)
    package = f", package {nginx.package}" if nginx.package else ""
    found = Check("nginx", State.OK, f"{nginx.version_text} at {nginx.binary} ({nginx.origin}{package})")
    open_flaws = [flaw for flaw in nginx.flaws if flaw not in accepted]
    if not open_flaws:
        fixed = "none known, or fixed by your distribution" if nginx.package else "none known to this Seawall"
        return found, Check("nginx flaws", State.OK, fixed)
    hint = "install your distribution's Nginx, or take the risk with `accept_nginx_flaws` in `seawall.toml`"
    return found, Check("nginx flaws", State.FAILURE, ", ".join(open_flaws), hint)


def _server(server: ServerFacts) -> Check:
    needs = ".".join(map(str, server.requires_python))
    return Check("gunicorn", State.OK, f"{server.gunicorn}, for apps that bring none, on Python {needs} and newer")
