"""Facts about this machine, and what processes and sockets on it use. Linux; elsewhere the figures are absent."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import platform
import resource
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PROC = Path("/proc")


def facts() -> dict[str, object]:
    """Collect what a reader needs to judge a figure, and nothing that names the machine."""
    return {
        "when": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load_average": [round(n, 2) for n in os.getloadavg()],
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "descriptor_limit": resource.getrlimit(resource.RLIMIT_NOFILE),
        "somaxconn": _number(_PROC / "sys/net/core/somaxconn"),
    }


def pss(pids: Iterable[int]) -> int | None:
    """Bytes that these processes use, shared pages counted once in sum; None where the kernel does not tell."""
    total = 0
    for pid in pids:
        try:
            lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        except OSError:
            return None
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def kernel_tcp() -> dict[str, int]:
    """Tell what all TCP sockets here take, both ends of each loopback connection, and where the kernel stops them.

    Slow readers fill send buffers; past the limit the kernel kills sockets, anybody's, and counts that as `aborts`.
    """
    page, found = resource.getpagesize(), {}
    with contextlib.suppress(OSError, ValueError):
        words = (_PROC / "net/sockstat").read_text().partition("TCP:")[2].split()
        found["bytes"] = int(words[words.index("mem") + 1]) * page
        found["limit"] = int((_PROC / "sys/net/ipv4/tcp_mem").read_text().split()[2]) * page
        names, values = (_PROC / "net/netstat").read_text().splitlines()[:2]
        found["aborts"] = int(values.split()[names.split().index("TCPAbortOnMemory")])
    return found


@dataclass(frozen=True)
class Taken:
    """Connections to a port that its server has accepted, and how many of them still hold unread bytes."""

    accepted: int
    unread: int


def taken(port: int) -> Taken | None:
    """From the kernel's table: a connection that waits in the accept queue has no inode yet."""
    rows = [row for name in ("tcp", "tcp6") for row in _rows(_PROC / "net" / name)]
    if not rows:
        return None
    end = f":{port:04X}"
    mine = [row for row in rows if row[1].endswith(end) and row[3] == "01" and row[9] != "0"]
    return Taken(len(mine), sum(1 for row in mine if not row[4].endswith(":00000000")))


def pids_of(seawall: Sequence[str], run_dir: str) -> list[int]:
    """Edge and server processes as `seawall status --json` names them."""
    done = subprocess.run(
        [*seawall, "status", "--json", "--run-dir", run_dir], capture_output=True, text=True, check=True
    )
    status = json.loads(done.stdout)
    return [pid for part in (status["edge"], status["server"]) for pid in (part["pid"], *part["workers"])]


def _rows(path: Path) -> list[list[str]]:
    try:
        return [line.split() for line in path.read_text().splitlines()[1:]]
    except OSError:
        return []


def _cpu_model() -> str:
    with contextlib.suppress(OSError):
        for line in (_PROC / "cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def _number(path: Path) -> int | None:
    with contextlib.suppress(OSError, ValueError):
        return int(path.read_text())
    return None
