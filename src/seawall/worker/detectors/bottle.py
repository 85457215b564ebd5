"""Bottle: routes; its static files are ordinary views (https://bottlepy.org)."""

from __future__ import annotations

import sys
from typing import Any

from . import _routes
from ._detector import Description, Detector


def recognise(app: Any) -> bool:
    bottle = sys.modules.get("bottle")
    return isinstance(app, getattr(bottle, "Bottle", ()))


def describe(app: Any) -> Description:
    bottle = sys.modules["bottle"]
    rules = [route.rule for route in app.routes if route.method in ("GET", "ANY")]
    return Description(
        routes=_routes.choose(rule for rule in rules if not set(rule) & set("<>:{}")),
        modules=sorted({str(route.callback.__module__) for route in app.routes}),
        debug=bool(getattr(bottle, "DEBUG", False)),
    )


DETECTOR = Detector("Bottle", "bottle", recognise, describe)
