"""Falcon: static routes and plain routes through `falcon.inspect` (https://falcon.readthedocs.io)."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any, List

from . import _routes
from ._detector import Description, Detector, Mount, prefix_of


def recognise(app: Any) -> bool:
    falcon = sys.modules.get("falcon")
    return isinstance(app, (getattr(falcon, "App", ()), getattr(falcon, "API", ())))


def describe(app: Any) -> Description:
    try:
        inspect = importlib.import_module("falcon.inspect")
    except ImportError:  # before 3.0
        return Description()
    return Description(static=_static(inspect, app), routes=_routes.choose(_plain(inspect, app)))


def _static(inspect: Any, app: Any) -> List[Mount]:
    downloads = _downloads(app)
    return [
        Mount(prefix_of(route.prefix), os.path.abspath(route.directory), "Falcon `add_static_route`")
        for route in inspect.inspect_static_routes(app)
        if prefix_of(route.prefix) not in downloads
    ]


def _downloads(app: Any) -> List[str]:
    """List prefixes whose files Falcon offers as downloads only; served plainly, uploads could run as pages."""
    routes = [entry[0] if isinstance(entry, tuple) else entry for entry in getattr(app, "_static_routes", ())]
    return [prefix_of(route._prefix) for route in routes if getattr(route, "_downloadable", False)]  # noqa: SLF001


def _plain(inspect: Any, app: Any) -> List[str]:
    return [
        route.path
        for route in inspect.inspect_routes(app)
        if "{" not in route.path and any(method.method == "GET" for method in route.methods)
    ]


DETECTOR = Detector("Falcon", "falcon", recognise, describe)
