"""Values as plain data, ready for JSON; what must not be shown is not in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import PurePath
from typing import Any

from seawall.model.runfolder import RunFolder
from seawall.model.stack import App
from seawall.model.values import Duration, Size

REDACTED = "[redacted]"


def to_json(value: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """Dataclasses become objects, values their usual writing; of the app's environment only the names remain."""
    match value:
        case None | bool() | int() | float() | str() if not isinstance(value, Enum):
            return value
        case Enum():
            return value.value
        case Duration():
            return value.seconds
        case Size():
            return value.bytes
        case RunFolder() | PurePath():
            return str(value.path if isinstance(value, RunFolder) else value)
        case Mapping():
            return {str(key): to_json(item) for key, item in value.items()}
        case tuple() | list():
            return [to_json(item) for item in value]
        case set() | frozenset():
            return sorted(to_json(item) for item in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return _object(value)
        case _:
            return str(value)


def _object(value: Any) -> Any:  # noqa: ANN401
    if type(value).__str__ is not object.__str__:
        return str(value)
    shown = {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, App):
        shown["env"] = {name: REDACTED for name, _ in value.env}
    return shown
