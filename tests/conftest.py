"""Tests see a scrubbed environment and short folders; everything they start is gone when they end."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

KEPT = {"HOME", "LANG", "PATH", "SEAWALL_CACHE", "SEAWALL_GOLDEN", "SEAWALL_REQUIRE_TOOLS", "TMPDIR", "USER"}
KEPT_PREFIXES = ("PIP_", "SSL_", "LC_", "PYTEST_", "HYPOTHESIS_")


@pytest.fixture(autouse=True)
def scrubbed_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test must not depend on what the shell that runs it has exported."""
    for name in set(os.environ) - KEPT:
        if not name.startswith(KEPT_PREFIXES):
            monkeypatch.delenv(name)


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder with a path short enough for Unix sockets (108 bytes)."""
    folder = Path(tempfile.mkdtemp(prefix="sw-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def until():
    """Wait for a fact, with a deadline."""

    def wait(fact, *, seconds=10.0, what="it did not become true in time"):
        end = time.monotonic() + seconds
        while not (value := fact()):
            assert time.monotonic() < end, what
            time.sleep(0.005)
        return value

    return wait
