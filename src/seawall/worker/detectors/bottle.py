"""Bottle: routes; its static files are ordinary views (https://bottlepy.org)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Optional

from . import _routes
from ._detector import Description, Detector

if TYPE_CHECKING:
    from types import ModuleType


def recognise(app: Any) -> bool:
    return _home(app) is not None


def describe(app: Any) -> Description:
    rules = [route.rule for route in app.routes if route.method in ("GET", "ANY")]
    return Description(
        routes=_routes.choose(rule for rule in rules if not set(rule) & set("<>:{}")),
        modules=sorted({str(route.callback.__module__) for route in app.routes}),
        debug=bool(getattr(_home(app), "DEBUG", False)),
    )


def _home(app: Any) -> Optional[ModuleType]:
    """Return the module of the app's Bottle class; as a single file it is often copied into a package."""
    for kind in type(app).__mro__:
        if kind.__name__ == "Bottle" and "bottle" in kind.__module__.rpartition(".")[2]:
            return sys.modules.get(kind.__module__)
    return None


DETECTOR = Detector("Bottle", "bottle", recognise, describe)
