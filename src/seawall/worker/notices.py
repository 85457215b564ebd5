"""Sentences about the app's surroundings that its owner would want to hear."""

from __future__ import annotations

import os
import re
from typing import List

_ASSIGNMENT = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=")


def read(folder: str) -> List[str]:
    """Compare the environment after the import with the files that people expect to be loaded."""
    return _unloaded_variables(folder) + _debug_flags()


def _unloaded_variables(folder: str) -> List[str]:
    try:
        with open(os.path.join(folder, ".env"), encoding="utf-8", errors="replace") as file:
            matches = [_ASSIGNMENT.match(line) for line in file]
    except OSError:
        return []
    names = [match.group(1) for match in matches if match]
    if not names or any(name in os.environ for name in names):
        return []
    return ["`.env` is here and nothing loaded it; `--env-file .env` does."]


def _debug_flags() -> List[str]:
    on = os.environ.get("FLASK_DEBUG", "").lower() not in ("", "0", "false", "no")
    return ["`FLASK_DEBUG` is on; the debugger shows source and runs code for visitors."] if on else []
