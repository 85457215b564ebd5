from __future__ import annotations

import pytest


@pytest.fixture
def open_folder(short_folder):
    """Give a folder that everybody may enter from the root on."""
    short_folder.chmod(0o755)
    return short_folder
