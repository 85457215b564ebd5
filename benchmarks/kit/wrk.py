"""`--load wrk`: the same closed loop driven by wrk, the cheaper client that checks no bodies."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kit.scenario import Fast, Target

_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


def command(target: Target, fast: Fast) -> list[str]:
    """Give wrk one thread: two would take both cores from the server."""
    url = f"http://{target.host}:{target.port}{fast.path}"
    seconds = f"{max(1, round(fast.seconds))}s"
    options = ["-t1", f"-c{fast.connections}", f"-d{seconds}", "--latency", "--timeout", f"{fast.timeout:.0f}s"]
    return ["wrk", *options, url]


def run(target: Target, fast: Fast) -> dict[str, object]:
    """Report what `kit.load` does, from wrk's text."""
    done = subprocess.run(command(target, fast), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"wrk ended with {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
    return read(done.stdout)


def read(text: str) -> dict[str, object]:
    """Find the figures in wrk's report; a report without them raises, because half a result is none."""
    total = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m),", text)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    if total is None or rate is None:
        raise ValueError(f"not a wrk report: {text!r}")
    return {
        "requests": int(total[1]),
        "seconds": float(total[2]) * _UNITS[total[3]] / 1000,
        "throughput": float(rate[1]),
        "p50_ms": _percentile(text, 50),
        "p99_ms": _percentile(text, 99),
        "max_ms": None,
        "errors": _errors(text),
        "client_cpu_share": None,
    }


def _percentile(text: str, share: int) -> float | None:
    found = re.search(rf"^\s+{share}%\s+([\d.]+)(us|ms|s|m)$", text, re.MULTILINE)
    return round(float(found[1]) * _UNITS[found[2]], 3) if found and float(found[1]) else None


def _errors(text: str) -> dict[str, int]:
    errors = {}
    if found := re.search(r"Socket errors: (.*)", text):
        errors = {kind: int(n) for kind, n in re.findall(r"(\w+) (\d+)", found[1]) if int(n)}
    if found := re.search(r"Non-2xx or 3xx responses: (\d+)", text):
        errors["status"] = int(found[1])
    return errors
