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
    description = Description(routes=_routes.choose(_plain(inspect, app)), guards=_guards(app))
    _add_static(inspect, app, description)
    return description


def _guards(app: Any) -> List[str]:
    """Name the middleware that sees a request before its file is sent."""
    middleware = getattr(app, "_unprepared_middleware", ())
    return ["`{}`".format(type(each).__name__) for each in middleware if hasattr(each, "process_request")]


def _add_static(inspect: Any, app: Any, description: Description) -> None:
    downloads = _downloads(app)
    for route in inspect.inspect_static_routes(app):
        url = prefix_of(route.prefix)
        if url in downloads:
            description.remarks.append("`{}` offers its files as downloads, so it stays with the app.".format(url))
        else:
            description.static.append(Mount(url, os.path.abspath(route.directory), "Falcon `add_static_route`"))


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
