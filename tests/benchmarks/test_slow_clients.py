"""The whole tool on small crowds: it passes what holds, and misses what does not."""

from __future__ import annotations

import json
import shlex
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from kit import crowd
from kit.scenario import Fast, Mode, Slow, Target, to_json

from tools import require_linux

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def _kernel():
    require_linux("reads the kernel's tables in /proc")


@contextmanager
def gunicorn(*options: str):
    """Gunicorn on a listener that exists before it does, so nothing has to be waited for."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    fd = listener.fileno()
    command = [sys.executable, "-m", "gunicorn", *options, "--chdir", str(BENCHMARKS / "apps"), "-b", f"fd://{fd}"]
    server = subprocess.Popen([*command, "slow:app"], pass_fds=[fd])
    try:
        yield Target(host="127.0.0.1", port=listener.getsockname()[1])
    finally:
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:  # a sync worker that waits for a slow client hears nothing
            server.kill()
            server.wait()
        listener.close()


def bench(target: Target, *options: str):
    script = str(BENCHMARKS / "slow_clients.py")
    common = ["--url", f"http://{target.host}:{target.port}", "--rounds", "1", "--seconds", "1.5", "--json"]
    return subprocess.run(
        [sys.executable, script, *common, *options], capture_output=True, text=True, timeout=120, check=False
    )


def test_bare_sync_workers_miss() -> None:
    """The reason for Seawall: two workers, twenty slow clients, no answers. The tool must say so."""
    with gunicorn("-w", "2", "--timeout", "60") as target:
        done = bench(target, "--clients", "20", "--connections", "4")

    one = json.loads(done.stdout)["rounds"][0]
    assert done.returncode == 1
    assert one["without"]["fast"]["requests"] > 50
    assert one["slow"]["fast"]["requests"] < one["without"]["fast"]["requests"] / 10
    assert sum(one["slow"]["fast"]["errors"].values()) > 0
    assert one["slow"]["crowd"]["taken_in"] < 20


@pytest.mark.parametrize("mode", list(Mode))
def test_a_crowd_is_held_in_its_slow_phase(mode) -> None:
    """Threads enough for all: everybody is taken in, gives signs of life, and the fast client has no errors."""
    with gunicorn("-k", "gthread", "--threads", "40", "--timeout", "60") as target:
        options = ("--mode", mode, "--clients", "10", "--connections", "4", "--interval", "0.5", "--control")
        done = bench(target, *options)

    raw = json.loads(done.stdout)
    slow = raw["rounds"][0]["slow"]
    assert {"without", "control", "slow"} == set(raw["rounds"][0])
    assert slow["fast"]["errors"] == {}
    assert tuple(slow["crowd"][key] for key in ("ready", "taken_in", "held")) == (10, 10, 10)
    assert slow["crowd"]["broken"] == []
    assert slow["crowd"]["bytes_received" if mode is Mode.READERS else "bytes_sent"] >= 10
    assert raw["machine"]["cores"] >= 1


@pytest.mark.serial
@pytest.mark.parametrize(
    ("deadline", "key"), [(None, "cut_due"), (0.3, "cut_due"), (9.0, "cut_early"), (0.1, "cut_late")]
)
def test_cuts_are_judged_by_the_header_deadline_and_made_good(deadline, key) -> None:
    """A server that cuts after 0.3 s: right, too early or too late; the number held stays what it was."""
    slow = Slow(mode=Mode.HEADERS, clients=4, interval=0.1, header_deadline=deadline, deadline_slack=0.15)
    seen: dict = {}
    with cutting(0.3) as target, crowd.held(target, slow, [], seen):
        time.sleep(1.0)  # the measured window

    counts = {name: seen[name] for name in ("cut_due", "cut_early", "cut_late")}
    assert counts[key] >= 8
    assert sum(counts.values()) - counts[key] <= 4
    assert seen["cut_how"] == {"408": sum(counts.values())} or key == "cut_late"
    assert seen["held"] >= 2


@contextmanager
def cutting(after: float):
    """Serve nobody: read, and answer 408 when its patience ends."""
    listener = socket.create_server(("127.0.0.1", 0))

    def one(sock: socket.socket) -> None:
        with sock, suppress(OSError):
            ends = time.monotonic() + after
            sock.settimeout(0.02)
            while time.monotonic() < ends:
                try:
                    sock.recv(1000)
                except TimeoutError:
                    continue
            sock.sendall(b"HTTP/1.1 408 Request Timeout\r\n\r\n")
            sock.shutdown(socket.SHUT_WR)

    def accept() -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(sock,), daemon=True).start()

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield Target(host="127.0.0.1", port=listener.getsockname()[1])
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def test_nobody_listening_is_all_errors() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    figures = crowd.measure(Target(host="127.0.0.1", port=port), Fast(seconds=0.3, connections=2))

    assert figures["requests"] == 0
    assert figures["errors"] == {"connect ConnectionRefusedError": 2}


def test_start_measures_a_server_and_names_one_that_dies() -> None:
    script = [sys.executable, str(BENCHMARKS / "start.py"), "--rounds", "1"]
    seawall = ["--seawall", shlex.join([sys.executable, "-m", "gunicorn"])]
    good = subprocess.run(
        [*script, *seawall, "--up", "-b 127.0.0.1:{port} {app}", "--json"], capture_output=True, text=True, check=False
    )
    bad = subprocess.run(
        [*script, *seawall, "--up", "-b 127.0.0.1:{port} no_such:app"], capture_output=True, text=True, check=False
    )

    raw = json.loads(good.stdout)
    assert raw["up"][0] > raw["import"][0] > 0
    assert bad.returncode == 1
    assert "error: no answer from" in bad.stderr
    assert "no_such" in bad.stderr


def test_a_crowd_that_cannot_get_in_goes_when_its_parent_does() -> None:
    """The end of its input ends a holder, even one that is still trying to connect."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        target = Target(host="127.0.0.1", port=closed.getsockname()[1])
    slow = Slow(mode=Mode.HEADERS, clients=3, ramp_limit=60)

    holder = subprocess.run(
        [sys.executable, "-m", "kit.holder", to_json(target, slow, sources=[])],
        cwd=BENCHMARKS,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        timeout=20,
        check=True,
    )

    ready, report = map(json.loads, holder.stdout.splitlines())
    assert ready["held"] == report["held"] == 0
