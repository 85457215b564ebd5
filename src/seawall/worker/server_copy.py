"""Seawall's own Gunicorn for an app whose environment has none, and nothing else from where it lies."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any, Dict, Optional, Sequence, Tuple


class ServerCopy:
    """Finds `names` in `folder`. Their submodules are found by Python itself, within the package."""

    def __init__(self, folder: str, names: Tuple[str, ...]) -> None:
        self.folder = folder
        self.names = names

    def find_spec(self, name: str, path: Optional[Sequence[str]] = None, target: Any = None) -> Optional[ModuleSpec]:
        if path is not None or name not in self.names:
            return None
        return PathFinder.find_spec(name, [self.folder], target)


def offer(folder: str, values: Dict[str, Any]) -> None:
    """Let Gunicorn be found in `folder` when it is found nowhere else."""
    names: Tuple[str, ...] = ("gunicorn",)
    if values.get("worker_class") == "gevent":
        # Gunicorn compares gevent's version with it.
        names += ("packaging",)
    # Last of all finders, so that the app's packages win.
    sys.meta_path.append(ServerCopy(folder, names))
