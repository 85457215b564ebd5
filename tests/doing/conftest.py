from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pytest


@pytest.fixture
def until():
    """Wait for a fact, with a deadline."""

    def wait(fact, *, seconds=10.0):
        end = time.monotonic() + seconds
        while not (value := fact()):
            assert time.monotonic() < end, "it did not become true in time"
            time.sleep(0.005)
        return value

    return wait


@pytest.fixture
def short():
    """Make a folder with a path short enough for sockets, under a parent that everybody may enter."""
    with tempfile.TemporaryDirectory(prefix="sw", dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name).resolve()
