"""Serving apps that live in a virtual environment of their own, as a person does who has activated it."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from e2e.site import Answer, Site, up
from environments import environment
from interpreters import find
from seawall.doing import runfolder


@dataclass(frozen=True)
class Activated:
    """A virtual environment, and the shell in which it is active."""

    python: Path

    @property
    def env(self) -> dict[str, str]:
        programs = self.python.parent
        return {"VIRTUAL_ENV": str(programs.parent), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}

    def package(self, name: str) -> Path:
        """The folder of an installed package."""
        return next(self.python.parent.parent.glob(f"lib/python*/site-packages/{name}"))

    def run(self, *command: str, cwd: Path, env: dict[str, str] | None = None) -> str:
        """The output of one of its programs."""
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, **self.env, **(env or {})},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def activated(name: str, requirements: Sequence[str], minors: Sequence[str]) -> Activated:
    """An environment without a server, of the first of these Pythons that is here, else of our own."""
    python = next(filter(None, map(find, minors)), None)
    return Activated(environment(name, requirements, python))


@contextlib.contextmanager
def served(shell: Activated, *target: str, cwd: Path, run: Path, env: dict[str, str] | None = None) -> Iterator[Site]:
    """`seawall up TARGET` without a flag that a person would have to know."""
    kept = runfolder.state_folder(cwd, run, env=os.environ, uid=os.geteuid())
    try:
        with up(*target, cwd=cwd, run=run, env={**shell.env, **(env or {})}) as site:
            yield site
    finally:
        shutil.rmtree(kept, ignore_errors=True)


def from_edge(site: Site, path: str, file: Path) -> Answer:
    """The answer to `path`, which Nginx gave, from this very file, without asking the app."""
    answer, who = ask_whom(site, path)
    assert answer.status == 200
    assert answer.body == file.read_bytes()
    assert who == "edge"
    return answer


def ask_whom(site: Site, path: str) -> tuple[Answer, str]:
    """The answer to `path`, and who gave it, "edge" or "app": Nginx notes it a moment after the answer is out."""
    name = secrets.token_hex(8)
    answer = site.get(path, headers={"User-Agent": name})
    end = time.monotonic() + 5
    while time.monotonic() < end:
        for line in site.access_log():
            if line["agent"] == name:
                return answer, str(line["from"])
        time.sleep(0.005)
    raise AssertionError(f"the request for `{path}` is not in the access log")
