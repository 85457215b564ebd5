"""The client beside a test, against a server that other people wrote."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from .client import Mix, beside


def test_it_runs_beside_a_test_and_survives_a_real_server(ledger, monkeypatch) -> None:
    """Gunicorn's own threads serve the app; the block sees the load running, the report comes after it."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    monkeypatch.setenv("PROMISES_LEDGER", str(ledger.path))
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-k",
        "gthread",
        "--threads",
        "8",
        "--chdir",
        str(Path(__file__).parent),
    ]
    fd = listener.fileno()
    server = subprocess.Popen([*command, "-b", f"fd://{fd}", "app:app"], pass_fds=[fd], env=os.environ)
    try:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with beside(Mix(streams=2, uploads=2, downloads=2), url, rate=100, ledger=ledger) as load:
            deadline = time.monotonic() + 20
            while len(ledger.written()) < 30 and time.monotonic() < deadline:
                time.sleep(0.05)
    finally:
        server.terminate()
        server.wait(10)
        listener.close()

    assert load.report.failed == [], str(load.report)
    assert load.report.counts["sse"] > 0
    assert sum(ledger.written().values()) == load.report.counts["post"] >= 30
