"""Both kinds of Nginx; a short folder, because the path of a Unix socket is short."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "syntax"))  # the independent reader of Nginx files

from harness import BUILDS


@pytest.fixture(params=BUILDS, scope="module")
def build(request):
    return request.param


@pytest.fixture
def run():
    folder = Path(tempfile.mkdtemp(prefix="sw-"))
    folder.chmod(0o755)
    yield folder / "r"
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def module_run(build):
    folder = Path(tempfile.mkdtemp(prefix="sw-"))
    folder.chmod(0o755)
    yield folder / "r"
    shutil.rmtree(folder)
