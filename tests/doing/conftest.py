from __future__ import annotations

import time

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
