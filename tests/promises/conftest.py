"""A ledger for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .client import Ledger

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")
