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
    description = Description(
        routes=_routes.choose(_plain(routes)),
        debug=bool(settings.get("reload_templates")),
        guards=_tweens(app.registry.queryUtility(interfaces.ITweens)),
    )
    _add_static(info, patterns, _guarded(app), description)
    return description


def _tweens(tweens: Any) -> List[str]:
    """Name what stands in front of every view, but Pyramid's own."""
    found = (getattr(tweens, "explicit", None) or tweens.implicit()) if tweens else []
    return ["`{}`".format(name) for name, _ in found if not str(name).startswith("pyramid.")]


def _guarded(app: Any) -> Set[str]:
    """Name the routes whose view wants a permission."""
    names = set()
    for item in app.registry.introspector.get_category("views") or ():
        wanted = [other["value"] for other in item["related"] if other.category_name == "permissions"]
        if any(value != "__no_permission_required__" for value in wanted):
            names.add(str(item["introspectable"].get("route_name")))
    return names


def _add_static(info: Any, patterns: Dict[str, str], guarded: Set[str], description: Description) -> None:
    path: Any = importlib.import_module("pyramid.path")
    for elsewhere, spec, name in getattr(info, "registrations", ()):
        pattern = patterns.get(name, "")
        if elsewhere or not pattern.endswith("*subpath"):  # `//cdn.example/`
            continue
        url = prefix_of(pattern[: -len("*subpath")])
        if name in guarded:
            description.remarks.append("`{}` wants a permission, so it stays with the app.".format(url))
            continue
        folder = path.AssetResolver(None).resolve(spec).abspath()
        description.static.append(Mount(url, folder.rstrip("/"), "Pyramid `" + spec + "`"))


def _plain(routes: Any) -> List[str]:
    found = []
    for route in routes:
        pattern = "/" + route.pattern.lstrip("/")
        if not set(pattern) & set("{}*:") and not route.name.startswith("__static"):
            found.append(pattern)
    return found


DETECTOR = Detector("Pyramid", "pyramid", recognise, describe)
