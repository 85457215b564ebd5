"""How a start script becomes the package `seawall_worker` without leaving a trace on the app's `sys.path`."""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

PACKAGE = "seawall_worker"


def enter(name: str) -> ModuleType:
    """Register this folder as `seawall_worker`, take it off `sys.path`, and import the sibling `name`."""
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    init = os.path.join(here, "__init__.py")
    spec = importlib.util.spec_from_file_location(PACKAGE, init, submodule_search_locations=[here])
    if spec is None or spec.loader is None:
        raise ImportError(init)
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)
    return importlib.import_module(PACKAGE + "." + name)
