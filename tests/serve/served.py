"""A real Gunicorn on a real Unix socket, as the supervisor starts it and as the edge talks to it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import seawall.worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SERVE = Path(seawall.worker.__file__).with_name("serve.py")
SETTINGS = {
    "worker_class": "gthread",
    "workers": 1,
    "threads": 4,
    "keepalive": 0,
    "timeout": 30,
    "graceful_timeout": 10,
    "loglevel": "info",
    "control_socket_disable": True,
}
CONFIG = {
    "target": "app:app",
    "paths": [],
    "server_folder": "",
    "prefix": "/",
    "port": 8080,
    "kill": 30.0,
    "drain": 30.0,
    "die_with_parent": True,
}
# Becomes another program with one of its descriptors as number 3.
AS_THIRD = """
import os, sys
number = int(sys.argv[1])
os.dup2(number, 3)
if number != 3:
    os.close(number)
os.execv(sys.argv[2], sys.argv[2:])
"""
# Answers with what it was called with.
ECHO = """
import json, os

def app(environ, start_response):
    seen = {name: value for name, value in environ.items() if isinstance(value, (str, bool, int))}
    seen["pid"] = os.getpid()
    seen["body"] = environ["wsgi.input"].read().decode()
    body = json.dumps(seen).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
"""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Connection(http.client.HTTPConnection):
    """One connection to the app's socket. It is never opened twice, so nothing is retried."""

    def __init__(self, path: Path, timeout: float = 20) -> None:
        super().__init__("localhost", timeout=timeout)
        self.auto_open = 0
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(timeout)
        self.sock.connect(str(path))

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> None:
        self.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            self.putheader(name, value)
        if body is not None:
            self.putheader("Content-Length", str(len(body)))
        self.endheaders(body)

    def answer(self) -> Answer:
        response = self.getresponse()
        return Answer(response.status, response.headers, response.read())


class Served:
    def __init__(self, folder: Path, listener: socket.socket, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.listener = listener
        self.process = process
        self.connections: list[Connection] = []

    @property
    def socket_path(self) -> Path:
        return self.folder / "app.sock"

    @property
    def log(self) -> str:
        return (self.folder / "stderr").read_text()

    @property
    def ledger(self) -> list[str]:
        path = self.folder / "ledger"
        return path.read_text().split() if path.exists() else []

    def connect(self) -> Connection:
        connection = Connection(self.socket_path)
        self.connections.append(connection)
        return connection

    def ask(self, method: str, path: str, *, body: bytes | None = None, **edge: str) -> Connection:
        """Send a request and come back without waiting for the answer."""
        connection = self.connect()
        connection.ask(method, path, from_edge(**edge), body)
        return connection

    def get(self, path: str = "/", *, method: str = "GET", body: bytes | None = None, **edge: str) -> Answer:
        with contextlib.closing(self.ask(method, path, body=body, **edge)) as connection:
            return connection.answer()

    def raw(self, request: bytes) -> bytes:
        """Send bytes as they are, read until the end."""
        with contextlib.closing(self.connect()) as connection:
            connection.sock.sendall(request)
            return b"".join(iter(lambda: connection.sock.recv(65_536), b""))


def from_edge(*, host: str = "example.com", sent: str = "", **headers: str) -> dict[str, str]:
    """Return the headers that the edge always writes; `client="…"` replaces a value, `X_Name="…"` adds one."""
    named = {"client": "203.0.113.7", "scheme": "http", "port": "80", "id": "r-1", **headers}
    edge = {
        "Host": host,
        "X-Forwarded-For": named.pop("client"),
        "X-Forwarded-Proto": named.pop("scheme"),
        "X-Forwarded-Host": sent or host,
        "X-Forwarded-Port": named.pop("port"),
        "X-Request-ID": named.pop("id"),
    }
    return edge | {name.replace("_", "-"): value for name, value in named.items()}


@contextlib.contextmanager
def start_server(
    source: str,
    *,
    python: str = sys.executable,
    settings: dict[str, Any] | None = None,
    env: dict[str, str] | None = None,
    **config: Any,
) -> Iterator[Served]:
    """`source` as `app.py`, served; the test is the supervisor and holds the socket."""
    folder = Path(tempfile.mkdtemp(prefix="seawall-"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(folder / "app.sock"))
        listener.listen(64)
        (folder / "app.py").write_text(textwrap.dedent(source))
        write_config(folder, settings or {}, config)
        served = Served(folder, listener, start_master(folder, listener, python, env))
        try:
            yield served
        except BaseException:
            print(served.log)
            raise
        finally:
            kill_all(served)
            shutil.rmtree(folder)


def write_config(folder: Path, settings: dict[str, Any], config: dict[str, Any]) -> None:
    lines = [f"{name} = {value!r}\n" for name, value in (SETTINGS | settings).items()]
    (folder / "gunicorn.conf.py").write_text("".join(lines))
    where = {"folder": str(folder), "settings": str(folder / "gunicorn.conf.py")}
    (folder / "config.json").write_text(json.dumps(CONFIG | where | config))


def start_master(
    folder: Path, listener: socket.socket, python: str = sys.executable, env: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    number = listener.fileno()
    with (folder / "stderr").open("ab") as stderr:
        return subprocess.Popen(
            [sys.executable, "-c", AS_THIRD, str(number), python, str(SERVE), str(folder / "config.json")],
            pass_fds=(number,),
            stderr=stderr,
            start_new_session=True,
            env={"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **(env or {})},
        )


def kill_all(served: Served) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(served.process.pid, signal.SIGKILL)
    served.process.wait()
    for connection in served.connections:
        connection.close()


def eventually(holds: Callable[[], Any], within: float = 10) -> Any:
    """Wait until `holds()` is true and return it; the only place that waits by the clock."""
    end = time.monotonic() + within
    while not (value := holds()):
        if time.monotonic() > end:
            raise AssertionError(f"did not happen within {within} s: {holds}")
        time.sleep(0.01)
    return value


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
