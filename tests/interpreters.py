"""The Pythons of this machine, by minor version."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tools import missing


def interpreter(minor: str) -> Path:
    """Return a Python of this minor version ("3.8"), or skip the test with the reason."""
    found = find(minor)
    if found is None:
        missing(f"Python {minor}")
    return found


def find(minor: str) -> Path | None:
    """Look below pyenv's root, then on the path."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for folder in sorted(root.glob(f"versions/{minor}.*")):
        if (folder / "bin" / "python").is_file():
            return folder / "bin" / "python"
    found = shutil.which(f"python{minor}")
    # pyenv's shims exist for versions that are not selected, and then do not run.
    return Path(found) if found and "shims" not in Path(found).parts else None
