"""What a test needs from the machine: skipped with the reason at home, a failure in CI."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip this test, or fail it where nothing may be skipped."""
    if os.environ.get("SEAWALL_REQUIRE_TOOLS") == "1":
        pytest.fail(f"{what} is missing, and SEAWALL_REQUIRE_TOOLS=1")
    pytest.skip(f"{what} is missing")


def require(program: str) -> str:
    """The path of a program, found where shells and package managers put it."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin:/sbin")
    if found is None:
        missing(f"the program `{program}`")
    return str(found)


def require_module(name: str) -> None:
    if importlib.util.find_spec(name) is None:
        missing(f"the package `{name}`")


def require_root(what: str) -> None:
    if os.geteuid() != 0:
        missing(f"root ({what})")


def require_linux(what: str) -> None:
    if not Path("/proc/self/stat").exists():
        missing(f"Linux ({what})")
