"""Raw results → medians, ratios, goals, a table. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


LEAST_KB = 0.5  # no server keeps a connection for less; a smaller figure is a used-up baseline, not thrift


@dataclass(frozen=True)
class Goal:
    """One figure against its mark; a figure that could not be taken is a miss, never a pass."""

    name: str
    figure: float | None
    mark: float
    at_least: bool = False
    unit: str = ""

    @property
    def met(self) -> bool:
        if self.figure is None:
            return False
        return self.figure >= self.mark if self.at_least else self.figure <= self.mark

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        figure = "none" if self.figure is None else f"{self.figure:.3g}"
        return f"{'pass' if self.met else 'MISS'}  {self.name:<34} {figure:>8} {sign} {self.mark:g}{self.unit}"


def ratio(rounds: Sequence[dict[str, Any]], key: str, over: str, under: str) -> float | None:
    """Take the median of the rounds' own ratios: neighbours in time are compared, so a drifting machine cancels out."""
    pairs = [(r[over]["fast"][key], r[under]["fast"][key]) for r in rounds if over in r and under in r]
    if not pairs or any(a is None or not b for a, b in pairs):
        return None
    return float(median(a / b for a, b in pairs))


def goals(raw: dict[str, Any]) -> list[Goal]:
    """List what the run is judged by."""
    rounds, clients = raw["rounds"], raw["slow"]["clients"]
    crowds = [r["slow"]["crowd"] for r in rounds]
    found = [
        Goal("throughput, slow / without", ratio(rounds, "throughput", "slow", "without"), 0.95, at_least=True),
        Goal("p99, slow / without", ratio(rounds, "p99_ms", "slow", "without"), 1.25, unit=" x"),
        Goal("errors of the fast client", total_errors(rounds, ("without", "slow")), 0),
        Goal("slow clients held (least)", min(c["ready"] for c in crowds), clients, at_least=True),
        Goal("cut too early or too late", sum(c["cut_early"] + c["cut_late"] for c in crowds), 0),
    ]
    taken = [c["taken_in"] for c in crowds if c["taken_in"] is not None]
    if taken:
        found.append(Goal("taken in by the server (least)", min(taken), clients, at_least=True))
    if raw["pids"]:
        found.append(Goal("memory per slow client", memory_per_client(rounds, clients), 12, unit=" KB"))
    return found


def total_errors(rounds: Sequence[dict[str, Any]], kinds: Sequence[str]) -> int:
    return sum(sum(r[kind]["fast"]["errors"].values()) for r in rounds for kind in kinds if kind in r)


def memory_per_client(rounds: Sequence[dict[str, Any]], clients: int) -> float | None:
    """KB of PSS above the first idle value: later ones hold what an allocator has kept from the crowd before.

    None when even the first does: a server that has held a crowd before this run has nothing left to grow.
    """
    idle = rounds[0]["without"]["pss"]
    busy = [r["slow"]["pss"] for r in rounds]
    if idle is None or None in busy or not clients:
        return None
    grown = float(max(busy) - idle) / clients / 1024
    return grown if grown >= LEAST_KB else None


def table(raw: dict[str, Any]) -> str:
    """One line per window, in the order in which they were measured."""
    head = f"{'round':>5} {'slow clients':<12} {'req/s':>9} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8} {'errors':>7}"
    kinds = ("without", "control", "slow")
    rounds = enumerate(raw["rounds"], 1)
    return "\n".join(
        [head, *(_row(number, kind, one[kind]) for number, one in rounds for kind in kinds if kind in one)]
    )


def report(raw: dict[str, Any]) -> str:
    """Lay out the table, what became of the crowd, the goals."""
    rounds = raw["rounds"]
    lines = [table(raw), "", *_crowd(rounds), *_kernel(rounds)]
    if any("control" in one for one in rounds):
        lines += ["", "what the client machinery itself costs here (same crowd, a server that does nothing):"]
        for key in ("throughput", "p99_ms"):
            control, rest = ratio(rounds, key, "control", "without"), ratio(rounds, key, "slow", "control")
            lines.append(f"      {key:<10} control / without {_text(control)}, slow / control {_text(rest)}")
    return "\n".join([*lines, "", *map(str, goals(raw))])


def _row(number: int, kind: str, window: dict[str, Any]) -> str:
    fast = window["fast"]
    times = " ".join(f"{_text(fast[key]):>8}" for key in ("p50_ms", "p99_ms", "max_ms"))
    return f"{number:>5} {kind:<12} {fast['throughput']:>9,.0f} {times} {sum(fast['errors'].values()):>7}"


def _crowd(rounds: Sequence[dict[str, Any]]) -> list[str]:
    def each(value: Callable[[dict[str, Any]], object]) -> str:
        return ", ".join(str(value(r["slow"]["crowd"])) for r in rounds)

    errors = {why: n for r in rounds for k in r for why, n in r[k]["fast"]["errors"].items()}
    held = (
        f"held {each(lambda c: c['ready'])} (by the server {each(lambda c: c['taken_in'])}) "
        f"after {each(lambda c: c['ramp_seconds'])} s"
    )
    cut = (
        f"cut early {each(lambda c: c['cut_early'])}, due {each(lambda c: c['cut_due'])}, "
        f"late {each(lambda c: c['cut_late'])}; how {each(lambda c: c['cut_how'])}; "
        f"lifetimes (least, median, most) {each(lambda c: c['cut_lifetimes'])}"
    )
    return [held, cut] + ([f"errors of the fast client, last of each kind: {errors}"] if errors else [])


def _kernel(rounds: Sequence[dict[str, Any]]) -> list[str]:
    """Say what the sockets of the crowd take in the kernel: no process is charged for it, and it can run out."""
    states = [r["slow"]["kernel_tcp"] for r in rounds if "aborts" in r["slow"]["kernel_tcp"]]
    if not states:
        return []
    most, limit = (max(state[key] for state in states) / 1e6 for key in ("bytes", "limit"))
    killed = states[-1]["aborts"] - rounds[0]["without"]["kernel_tcp"].get("aborts", 0)
    return [
        f"kernel memory of all TCP sockets {most:,.0f} MB of {limit:,.0f} MB; sockets killed for want of it: {killed}"
    ]


def _text(figure: float | None) -> str:
    return "none" if figure is None else f"{figure:.3g}" if figure < 100 else f"{figure:.0f}"
