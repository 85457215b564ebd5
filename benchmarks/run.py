"""Every benchmark, one after the other: slow clients in three modes, each against a new site, then the start.

python benchmarks/run.py --clients 1000 --rounds 2
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import slow_clients
import start
from kit.scenario import Mode

HERE = Path(__file__).parent
SEAWALL = (sys.executable, "-m", "seawall")
PASSED_ON = ("clients", "rounds", "seconds")


def main(arguments: list[str] | None = None) -> int:
    """Return 0 when every goal of every benchmark is met, 1 when one is missed."""
    asked = options().parse_args(arguments)
    passed = [f"--{name}={value}" for name in PASSED_ON if (value := getattr(asked, name)) is not None]
    missed = 0
    for mode in Mode:
        print(f"\nslow clients: {mode}", flush=True)
        with site() as (url, run_dir):
            found = ["--url", url, "--run-dir", run_dir, "--seawall", shlex.join(SEAWALL)]
            missed += slow_clients.main([*found, "--mode", mode, *passed])
    print("\nstart", flush=True)
    rounds = [f"--rounds={asked.rounds}"] if asked.rounds is not None else []
    missed += start.main(["--seawall", shlex.join(SEAWALL), *rounds])
    return 1 if missed else 0


def options() -> argparse.ArgumentParser:
    """Describe the command line; what is left out is the benchmark's own default."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--clients", type=int, help="slow clients held at once")
    add("--rounds", type=int)
    add("--seconds", type=float, help="length of each measured window")
    return parser


@contextmanager
def site() -> Iterator[tuple[str, str]]:
    """Serve `slow:app` on a free port from a temporary runtime folder: its URL and that folder. Stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="bench-") as run_dir:
        port = start.free_port()
        where = ("--run-dir", run_dir)
        seawall("up", "slow:app", "--detach", "--host", "127.0.0.1", "--port", str(port), *where)
        try:
            yield f"http://127.0.0.1:{port}", run_dir
        finally:
            seawall("down", *where)


def seawall(*words: str) -> None:
    """Run Seawall beside the app, its words on stderr: stdout is for the results."""
    subprocess.run([*SEAWALL, *words], cwd=HERE / "apps", stdout=sys.stderr, check=True)


if __name__ == "__main__":
    sys.exit(main())
