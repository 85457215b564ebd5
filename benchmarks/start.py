"""How long from `seawall up` to the first answer, beyond the app's own import; and how long `seawall --help` takes.

python benchmarks/start.py --seawall "python -m seawall" --chdir benchmarks/apps --app slow:app
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from kit import machine
from kit.summary import Goal

POLL = 0.001
GIVE_UP = 60.0
REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def main(arguments: list[str] | None = None) -> int:
    """Return 0 when both goals are met, 1 when one is missed."""
    asked = options().parse_args(arguments)
    raw = run(asked)
    if asked.out:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text(json.dumps(raw, indent=1) + "\n")
    found = goals(raw)
    print(json.dumps(raw) if asked.json else report(raw, found))
    return 0 if all(goal.met for goal in found) else 1


def options() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--seawall", default="seawall", help="the command line that is Seawall")
    add("--up", default="up {app} --host 127.0.0.1 --port {port} --run-dir {run_dir}", help="its arguments for a start")
    add("--app", default="slow:app", help="MODULE:ATTRIBUTE")
    add("--chdir", type=Path, default=Path(__file__).parent / "apps", help="the app's folder")
    add("--python", default=sys.executable, help="the app's own interpreter, for the bare import")
    add("--rounds", type=int, default=9)
    add("--out", type=Path, help="write the raw results here")
    add("--json", action="store_true", help="print the raw results instead of the summary")
    return parser


def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Import, start and help follow one another in each round, so that a drifting machine hits all alike."""
    seawall = shlex.split(asked.seawall)
    bare = [asked.python, "-c", f"import {asked.app.partition(':')[0]}"]
    raw: dict[str, Any] = {"machine": machine.facts(), "app": asked.app, "import": [], "up": [], "help": []}
    for _ in range(asked.rounds):
        raw["import"].append(timed(bare, asked.chdir))
        raw["up"].append(first_answer(seawall, asked))
        raw["help"].append(timed([*seawall, "--help"], asked.chdir))
    return raw


def goals(raw: dict[str, Any]) -> list[Goal]:
    """Judge the medians."""
    beyond = median(up - bare for up, bare in zip(raw["up"], raw["import"], strict=True))
    return [
        Goal("first answer beyond the import", beyond, 0.6, unit=" s"),
        Goal("--help", median(raw["help"]), 0.15, unit=" s"),
    ]


def report(raw: dict[str, Any], found: list[Goal]) -> str:
    """Lay out the medians with their spread, then the goals."""
    rows = [f"{'':<8} {'median':>8} {'least':>8} {'most':>8}"]
    rows += [
        f"{name:<8} {median(raw[name]):>6.3f} s {min(raw[name]):>6.3f} s {max(raw[name]):>6.3f} s"
        for name in ("import", "up", "help")
    ]
    return "\n".join([*rows, "", *map(str, found)])


def timed(command: list[str], folder: Path) -> float:
    """Time a command that has to succeed."""
    begun = time.perf_counter()
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def first_answer(seawall: list[str], asked: argparse.Namespace) -> float:
    """Start it, ask until it answers 200, stop it; every start gets a new runtime folder and a free port."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="start-") as run_dir, tempfile.TemporaryFile() as said:
        words = [word.format(app=asked.app, port=port, run_dir=run_dir) for word in shlex.split(asked.up)]
        begun = time.perf_counter()
        child = subprocess.Popen(
            [*seawall, *words], cwd=asked.chdir, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            while not answered(port):
                if child.poll() is not None or time.perf_counter() - begun > GIVE_UP:
                    said.seek(0)
                    raise SystemExit(f"error: no answer from {shlex.join([*seawall, *words])}\n{said.read().decode()}")
                time.sleep(POLL)
            return time.perf_counter() - begun
        finally:
            stop(child)


def answered(port: int) -> bool:
    """Connect once and ask; refused, closed or anything but 200 is not yet."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=GIVE_UP) as sock:
            sock.sendall(REQUEST)
            return sock.recv(64).startswith(b"HTTP/1.1 200 ")
    except OSError:
        return False


def stop(child: subprocess.Popen[bytes]) -> None:
    """End what we started and whatever it left in its session."""
    child.terminate()
    try:
        child.wait(20)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def free_port() -> int:
    """Ask the kernel; nobody else takes it in the moment until it is used, or the run fails loudly."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
