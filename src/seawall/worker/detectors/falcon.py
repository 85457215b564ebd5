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
    routes = inspect.inspect_static_routes(app)
    return [
        Mount(prefix_of(route.prefix), os.path.abspath(route.directory), "Falcon `add_static_route`")
        for route in routes
    ]


def _plain(inspect: Any, app: Any) -> List[str]:
    return [
        route.path
        for route in inspect.inspect_routes(app)
        if "{" not in route.path and any(method.method == "GET" for method in route.methods)
    ]


DETECTOR = Detector("Falcon", "falcon", recognise, describe)
