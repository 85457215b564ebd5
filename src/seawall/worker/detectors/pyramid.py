"""Pyramid: static views and routes of the registry (https://trypyramid.com)."""

from __future__ import annotations

import importlib
import sys
from typing import Any, Dict, List, Set

from . import _routes
from ._detector import Description, Detector, Mount, prefix_of


def recognise(app: Any) -> bool:
    router = sys.modules.get("pyramid.router")
    return isinstance(app, getattr(router, "Router", ()))


def describe(app: Any) -> Description:
    interfaces: Any = importlib.import_module("pyramid.interfaces")
    mapper = app.registry.queryUtility(interfaces.IRoutesMapper)
    info = app.registry.queryUtility(interfaces.IStaticURLInfo)
    routes = mapper.get_routes(include_static=True) if mapper else []
    patterns = {route.name: route.pattern for route in routes}
    settings = getattr(app.registry, "settings", None) or {}
    return Description(
        static=_static(info, patterns, _guarded(app)),
        routes=_routes.choose(_plain(routes)),
        debug=bool(settings.get("reload_templates")),
    )


def _guarded(app: Any) -> Set[str]:
    """Name the routes whose view wants a permission."""
    names = set()
    for item in app.registry.introspector.get_category("views") or ():
        wanted = [other["value"] for other in item["related"] if other.category_name == "permissions"]
        if any(value != "__no_permission_required__" for value in wanted):
            names.add(str(item["introspectable"].get("route_name")))
    return names


def _static(info: Any, patterns: Dict[str, str], guarded: Set[str]) -> List[Mount]:
    path: Any = importlib.import_module("pyramid.path")
    mounts = []
    for url, spec, name in getattr(info, "registrations", ()):
        pattern = patterns.get(name, "")
        elsewhere = bool(url)  # `//cdn.example/`
        if elsewhere or name in guarded or not pattern.endswith("*subpath"):
            continue
        folder = path.AssetResolver(None).resolve(spec).abspath()
        mounts.append(Mount(prefix_of(pattern[: -len("*subpath")]), folder.rstrip("/"), "Pyramid `" + spec + "`"))
    return mounts


def _plain(routes: Any) -> List[str]:
    found = []
    for route in routes:
        pattern = "/" + route.pattern.lstrip("/")
        if not set(pattern) & set("{}*:") and not route.name.startswith("__static"):
            found.append(pattern)
    return found


DETECTOR = Detector("Pyramid", "pyramid", recognise, describe)
