"""Reads a page as a person would: writes the files it shows, types its commands, looks if what it printed came out.

Lines that start with `$ ` are typed. The lines below are what a reader should find, in this order, among what was
printed: `…` stands for anything, and what differs from machine to machine (times, pids, versions) is masked.
`^C` is pressed. A `seawall up` without `-d` stays in the foreground until then, or until the page ends.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pages import Block, Page

PATIENCE = 60
# Where a reader's app lies, and the environment that it runs in.
THEIR_FOLDER = "/srv/shop"
# Set-up that a page may show and no page repeats; `test_executed.py` holds these to what the repository has.
SET_UP = re.compile(r"(python3? -m )?(pip|venv|make|git) |python3? -m venv|\. \.venv/|source \.venv/|cd ")
_MASKS = (
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\+00:00|Z)?", "DATE"),
    (r"\bpid \d+", "pid N"),
    (r"\b[\d.]+ (ms|s)\b", r"N \1"),
    (r"\b[0-9a-f]{32}\b", "ID"),
    (r"\b\d+(\.\d+){1,2}(-\S+?)?(?=[ ,;)]|$)", "VERSION"),
    (r"^(workers|connections|nginx) .*", r"\1"),
    (r"\b\d+ workers", "N workers"),
    (r"[ \t]+", " "),
)


@dataclass
class Reader:
    """`environment`: the active virtual environment. `programs`: where the `seawall` that is typed lies."""

    folder: Path
    environment: Path
    programs: Path
    port: int
    status: int = 0
    foreground: Foreground | None = None
    printed: list[str] = field(default_factory=list)

    def read(self, page: Page) -> None:
        """Raises AssertionError, with the page's line, where it does not hold."""
        for block in page.blocks:
            if block.file:
                self._write(block)
            elif block.kind == "console":
                for command, expected, line in _steps(block):
                    self._step(command, expected, f"{page.name}:{line}")

    def close(self) -> None:
        """Stop whatever the page left running."""
        if self.foreground:
            self.foreground.stop()
            self.foreground = None
        self._type("seawall down")

    def _write(self, block: Block) -> None:
        path = self.folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._ours(block.text), encoding="utf-8")

    def _step(self, command: str, expected: list[str], where: str) -> None:
        if SET_UP.match(command):
            return
        if command == "^C":
            assert self.foreground, f"{where}: nothing runs"
            printed, self.status = self.foreground.stop()
            self.foreground = None
        elif re.match(r"seawall up\b(?!.* (-d|--detach)\b)", command) and not _fails(expected):
            assert self.foreground is None, f"{where}: `seawall up` while another one runs"
            self.foreground = Foreground(self._with_port(command), self.folder, self.env())
            printed, self.status = self.foreground.wait_until_ready(), 0
        else:
            printed, self.status = self._type(self._with_port(command))
        self.printed.append(printed)
        missing = not_found(expected, self._theirs(printed))
        assert not missing, f"{where}: `{command}` did not print `{missing}`, but:\n{self._theirs(printed)}"
        if not _fails(expected):
            assert self.status == 0 or _may_fail(command), f"{where}: `{command}` ended with {self.status}:\n{printed}"

    def _type(self, command: str) -> tuple[str, int]:
        """The exit status of the command before is `$?`, as in a shell that stays."""
        done = subprocess.run(
            ["bash", "-c", f"(exit {self.status})\n{self._ours(command)}"],
            cwd=self.folder,
            env=self.env(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return done.stdout, done.returncode

    def env(self) -> dict[str, str]:
        path = os.pathsep.join((str(self.programs), str(self.environment / "bin"), os.environ["PATH"], "/usr/sbin"))
        own = {"PATH": path, "VIRTUAL_ENV": str(self.environment), "PYTHONDONTWRITEBYTECODE": "1"}
        return {**os.environ, **own}

    def _with_port(self, command: str) -> str:
        """The default port may be somebody else's here."""
        taken = re.match(r"seawall (up|plan)\b", command) and "--port" not in command
        return f"{command} --port {self.port}" if taken and not self._pins_port() else command

    def _pins_port(self) -> bool:
        file = self.folder / "seawall.toml"
        return file.exists() and re.search(r"^port\b", file.read_text(), re.MULTILINE) is not None

    def _ours(self, text: str) -> str:
        return text.replace("8080", str(self.port)).replace(THEIR_FOLDER, str(self.folder))

    def _theirs(self, text: str) -> str:
        text = text.replace(str(self.folder), THEIR_FOLDER).replace(str(self.environment), f"{THEIR_FOLDER}/.venv")
        text = text.replace(str(self.port), "8080")
        return text.replace("as configured (`--port`)", "free for unprivileged users (default)")


class Foreground:
    """A `seawall up` in a terminal of its own."""

    def __init__(self, command: str, folder: Path, env: dict[str, str]) -> None:
        self.lines: list[str] = []
        self.ready = threading.Event()
        self.process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self.following = threading.Thread(target=self._follow, daemon=True)
        self.following.start()

    def wait_until_ready(self) -> str:
        assert self.ready.wait(PATIENCE), f"it is not ready:\n{''.join(self.lines)}"
        printed = "".join(self.lines)
        if "serving http" not in printed:
            self.stop()
        assert "serving http" in printed, f"it ended:\n{printed}"
        return printed

    def stop(self) -> tuple[str, int]:
        said = len(self.lines)
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)
        status = self.process.wait(PATIENCE)
        self.following.join(5)
        if self.process.stdout:
            self.process.stdout.close()
        return "".join(self.lines[said:]), status

    def _follow(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith("serving http"):
                self.ready.set()
        self.ready.set()


def not_found(expected: list[str], printed: str) -> str:
    """The first expected line that does not come, in order, among the printed ones; "" when all do."""
    lines = iter(_masked(line) for line in printed.splitlines())
    for wanted in expected:
        if not wanted.strip() or wanted.strip() == "…":
            continue
        parts = [re.escape(part) for part in _masked(wanted).split("…")]
        pattern = re.compile(".*".join(parts))
        if not any(pattern.fullmatch(line) for line in lines):
            return wanted
    return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def programs(folder: Path) -> Path:
    """A folder with this repository's `seawall`, as if it were installed beside the app."""
    folder.mkdir(parents=True)
    seawall = folder / "seawall"
    seawall.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m seawall "$@"\n')
    seawall.chmod(0o755)
    return folder


def forget(folder: Path) -> None:
    """Remove what Seawall keeps about the apps below a folder."""
    from seawall.doing import runfolder

    for app in {folder, *(path.parent for path in folder.rglob("*.py"))}:
        uid = os.geteuid()
        for run in runfolder.candidates(app, env=os.environ, uid=uid):
            state = runfolder.state_folder(app, run, env=os.environ, uid=uid)
            shutil.rmtree(state, ignore_errors=True)
            shutil.rmtree(run, ignore_errors=True)


def _steps(block: Block) -> Iterator[tuple[str, list[str], int]]:
    command, expected, at = "", [], 0
    for number, line in enumerate(block.text.splitlines(), block.line + 1):
        if line.startswith("$ ") or line == "^C":
            if command:
                yield command, expected, at
            command, expected, at = line.removeprefix("$ "), [], number
        elif command.endswith("\\"):
            command = command[:-1] + line.strip()
        else:
            expected.append(line)
    if command:
        yield command, expected, at


def _masked(line: str) -> str:
    for pattern, mask in _MASKS:
        line = re.sub(pattern, mask, line)
    return line.strip()


def _fails(expected: list[str]) -> bool:
    return bool(expected) and expected[0].startswith("error: ")


def _may_fail(command: str) -> bool:
    return command.startswith(("kill ", "echo "))
