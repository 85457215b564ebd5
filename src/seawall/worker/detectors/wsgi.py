"""A bare WSGI callable: nothing to read from it."""

from __future__ import annotations

from typing import Any

from ._detector import Description, Detector


def recognise(app: Any) -> bool:
    return callable(app)


def describe(_app: Any) -> Description:
    return Description()


DETECTOR = Detector("WSGI", "", recognise, describe)
