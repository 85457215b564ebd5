"""Runs `seawall up` as a person would, and talks to it with a client that never retries."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SEAWALL = (sys.executable, "-m", "seawall")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Site:
    """A running `seawall up`. `lines` holds what it wrote on stderr, `out` what it wrote on stdout."""

    process: subprocess.Popen[bytes]
    port: int
    run: Path
    lines: list[str] = field(default_factory=list)
    out: list[str] = field(default_factory=list)
    ready: threading.Event = field(default_factory=threading.Event)

    def get(self, path: str, **kwargs: Any) -> Answer:
        return self.ask("GET", path, **kwargs)

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        wait: float = 30,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=wait)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def status(self) -> dict[str, Any]:
        done = seawall("status", "--json", "--run-dir", str(self.run))
        return dict(json.loads(done.stdout))

    def access_log(self) -> list[dict[str, Any]]:
        text = (self.run / "log" / "access.jsonl").read_text("utf-8", "replace")
        return [json.loads(line) for line in text.splitlines()]

    def stop(self, number: int = signal.SIGTERM, wait: float = 60) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(wait)

    @property
    def said(self) -> str:
        return "".join(self.lines)


def seawall(*arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None, wait: float = 90) -> Any:
    """A command that ends by itself: its exit code, stdout and stderr."""
    return subprocess.run(
        [*SEAWALL, *arguments],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=wait,
        check=False,
    )


@contextlib.contextmanager
def up(
    *arguments: str,
    run: Path,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    wait: float = 60,
    ready: bool = True,
) -> Iterator[Site]:
    """`seawall up` in the foreground until the block ends; with `ready`, the block starts when it serves."""
    port = free_port()
    process = subprocess.Popen(
        [*SEAWALL, "up", *arguments, "--port", str(port), "--run-dir", str(run)],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    site = Site(process, port, run)
    readers = [
        threading.Thread(target=_follow, args=(process.stderr, site.lines, site.ready), daemon=True),
        threading.Thread(target=_follow, args=(process.stdout, site.out, None), daemon=True),
    ]
    for reader in readers:
        reader.start()
    try:
        if ready:
            _wait_until_ready(site, wait)
        yield site
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for reader in readers:
            reader.join(5)
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()


def _wait_until_ready(site: Site, wait: float) -> None:
    dead = threading.Thread(target=lambda: (site.process.wait(), site.ready.set()), daemon=True)
    dead.start()
    assert site.ready.wait(wait), f"not ready within {wait} s:\n{site.said}"
    assert site.process.poll() is None, f"ended with {site.process.returncode}:\n{site.said}"


def _follow(stream: Any, lines: list[str], ready: threading.Event | None) -> None:
    for line in stream:
        text = line.decode("utf-8", "replace")
        lines.append(text)
        if ready is not None and re.match(r"serving http", text):
            ready.set()
