"""Do slow clients reach the app? A fast client measures, in turn, without and with thousands of slow ones.

python benchmarks/slow_clients.py --url http://127.0.0.1:8080 --mode headers --clients 5000
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kit import crowd, machine, summary, wrk
from kit.scenario import Fast, Mode, Slow, Target

PATHS = {Mode.HEADERS: "/", Mode.BODIES: "/upload", Mode.READERS: "/big"}
WARM_UP = 1.0
Measure = Callable[[], dict[str, Any]]


def main(arguments: list[str] | None = None) -> int:
    """0 when every goal is met, 1 when one is missed."""
    asked = options().parse_args(arguments)
    target = Target.parse(asked.url)
    pids = asked.pids or (machine.pids_of(shlex.split(asked.seawall), asked.run_dir) if asked.run_dir else [])
    raw = run(asked, target, pids)
    if asked.out:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text(json.dumps(raw, indent=1) + "\n")
    print(json.dumps(raw) if asked.json else summary.report(raw))
    return 0 if all(goal.met for goal in summary.goals(raw)) else 1


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--url", required=True, help="http://HOST:PORT of the running site")
    add("--mode", type=Mode, choices=list(Mode), default=Mode.HEADERS)
    add("--clients", type=int, default=5000, help="slow clients held at once")
    add("--rounds", type=int, default=3)
    add("--seconds", type=float, default=10.0, help="length of each measured window")
    add("--interval", type=float, default=5.0, help="seconds between two signs of life of one slow client")
    add("--rate", type=int, default=2000, help="bytes per second of a slow body or reader")
    add("--slow-path", help="what slow clients ask for (default by mode: /, /upload, /big)")
    add("--fast-path", default="/")
    add("--connections", type=int, default=16, help="kept-alive connections of the fast client")
    add("--header-deadline", type=float, help="when the server should cut slow headers, to count early and late cuts")
    add("--ramp-limit", type=float, default=60.0, help="seconds after which those still outside stay outside")
    add("--sources", type=int, default=8, help="loopback addresses 127.0.0.2… that slow clients come from; 0: any")
    add("--control", action="store_true", help="also hold the crowd against a server that does nothing")
    add("--load", choices=("own", "wrk"), default="own", help="wrk is cheaper, but checks no body")
    add("--pids", type=lambda text: [int(n) for n in text.split(",")], help="processes whose memory counts")
    add("--run-dir", help="find these processes with `seawall status --json --run-dir`")
    add("--seawall", default="seawall", help="the command for --run-dir")
    add("--out", type=Path, help="write the raw results here")
    add("--json", action="store_true", help="print the raw results instead of the table")
    return parser


def run(asked: argparse.Namespace, target: Target, pids: list[int]) -> dict[str, Any]:
    """All rounds; in each the windows follow one another so that the machine's moods hit all kinds alike."""
    slow = Slow(
        mode=asked.mode,
        clients=asked.clients,
        interval=asked.interval,
        path=asked.slow_path or PATHS[asked.mode],
        bytes_per_second=asked.rate,
        ramp_limit=asked.ramp_limit,
        header_deadline=asked.header_deadline,
    )
    fast = Fast(path=asked.fast_path, connections=asked.connections, seconds=asked.seconds)
    sources = [f"127.0.0.{2 + n}" for n in range(asked.sources)] if target.host.startswith("127.") else []
    load = wrk.run if asked.load == "wrk" else crowd.measure
    raw: dict[str, Any] = {
        "machine": machine.facts(),
        "target": dataclasses.asdict(target),
        "slow": dataclasses.asdict(slow),
        "fast": dataclasses.asdict(fast) | {"load": asked.load},
        "pids": pids,
        "rounds": [],
    }
    load(target, dataclasses.replace(fast, seconds=WARM_UP))
    kinds = ("without", "control", "slow") if asked.control else ("without", "slow")
    for number in range(asked.rounds):
        one: dict[str, Any] = {}
        for kind in kinds:
            note(f"round {number + 1}/{asked.rounds}: {kind}")
            one[kind] = window(kind, target, slow, sources, lambda: watch(load(target, fast), pids))
            crowd.drained(target)
        raw["rounds"].append(one)
    return raw


def window(kind: str, target: Target, slow: Slow, sources: list[str], measure: Measure) -> dict[str, Any]:
    """One measured window; the crowd stands before it begins and leaves after it ended."""
    seen: dict[str, Any] = {}
    with contextlib.ExitStack() as stack:
        if kind != "without":
            against = target if kind == "slow" else stack.enter_context(crowd.acceptor(slow.mode))
            stack.enter_context(crowd.held(against, slow, sources, seen, reads=kind == "slow"))
        result: dict[str, Any] = measure()
    return result | ({"crowd": seen} if seen else {})


def watch(fast: dict[str, Any], pids: list[int]) -> dict[str, Any]:
    """Add to the client's figures, while the crowd still stands, the server's memory."""
    return {"fast": fast, "pss": machine.pss(pids) if pids else None, "kernel_tcp": machine.kernel_tcp()}


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
