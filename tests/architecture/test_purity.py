"""Planning and saying take everything as arguments: no clock, environment, network, disk or process."""

from __future__ import annotations

import re

import pytest
from house import modules

PURE = ("model", "config", "planning", "syntax", "edge", "servers", "targets", "errors")
# The one reader of the configuration file.
READS_FILES = {"config/load.py"}
WORLD = {
    "asyncio", "glob", "http", "importlib", "io.open", "locale", "multiprocessing", "os", "platform", "pwd", "random",
    "resource", "secrets", "select", "selectors", "shutil", "signal", "socket", "subprocess", "sys", "tempfile",
    "threading", "time", "urllib.request", "uuid",
}  # fmt: skip
# Paths are values there; these classes of pathlib would touch the disk.
PATHS_ON_DISK = {"pathlib.Path", "pathlib.PosixPath", "pathlib.WindowsPath"}
TOUCHES = {"open", "input", "exec", "eval", "datetime.now", "datetime.utcnow", "date.today"}


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_imports_nothing_that_touches_the_world(room):
    found = [
        f"{module.at(each.line)} imports {each.name}"
        for module in modules(room)
        if module.name not in READS_FILES
        for each in module.imports()
        if _starts(each.name, WORLD) or each.name in PATHS_ON_DISK or each.name == "pathlib"
    ]

    assert modules(room)
    assert found == []


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_calls_nothing_that_touches_the_world(room):
    found = [
        f"{module.at(line)} calls {name}"
        for module in modules(room)
        if module.name not in READS_FILES
        for name, line in module.calls()
        if name in TOUCHES
    ]

    assert found == []


def test_only_the_command_line_prints_and_exits():
    """The worker's start scripts answer to the process that started them, so they are apart."""
    spoken = {"print", "sys.exit", "exit", "quit", "sys.stdout.write", "sys.stderr.write"}
    found = [
        f"{module.at(line)} calls {name}"
        for module in modules()
        if module.room not in {"cli", "worker"}
        for name, line in module.calls()
        if name in spoken
    ]

    assert found == []


def test_the_command_line_prints_through_one_printer():
    """`output.py` prints; `reference.py` writes the generated pages, and nobody but a maintainer runs it."""
    found = [
        f"{module.at(line)} calls {name}"
        for module in modules("cli")
        if module.path.name not in {"output.py", "reference.py"}
        for name, line in module.calls()
        if name in {"print", "click.echo", "click.secho", "sys.stdout.write", "sys.stderr.write"}
    ]

    assert found == []


def test_programs_are_started_in_one_room():
    found = [
        module.at(each.line)
        for module in modules()
        if module.room not in {"doing", "worker"}
        for each in module.imports()
        if _starts(each.name, {"subprocess", "multiprocessing", "pty", "asyncio.subprocess"})
    ]
    shells = [
        module.at(line)
        for module in modules()
        for name, line in module.calls()
        if re.search(r"\b(os\.system|os\.popen|create_subprocess_shell|getoutput)$", name)
    ]
    with_shell = [module.name for module in modules() if re.search(r"shell\s*=\s*True", module.text)]

    assert found == []
    assert shells == []
    assert with_shell == []


def _starts(name: str, banned: set[str]) -> bool:
    return any(name == each or name.startswith(each + ".") for each in banned)
