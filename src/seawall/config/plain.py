"""Values of ours as plain data, ready for JSON; what must not be shown is not in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import PurePath

from seawall.config.pinned import Variables

REDACTED = "[redacted]"


def to_json(value: object) -> object:
    """Make a value ready for JSON; a value class becomes its one field, variables keep only their names."""
    match value:
        case Enum() | PurePath():
            return value.value if isinstance(value, Enum) else str(value)
        case None | str() | int() | float():
            return value
        case Mapping():
            return {str(key): to_json(item) for key, item in value.items()}
        case set() | frozenset():
            return sorted((to_json(item) for item in value), key=str)
        case list() | tuple():
            return [to_json(item) for item in value]
        case _:
            return _object(value)


def _object(value: object) -> object:
    if isinstance(value, Variables):
        return _field("env", value.pairs)
    if not is_dataclass(value):
        raise TypeError(f"{type(value).__name__} has no JSON form")
    named = {field.name: _field(field.name, getattr(value, field.name)) for field in fields(value)}
    return next(iter(named.values())) if len(named) == 1 else named


def _field(name: str, value: object) -> object:
    """Pairs are objects in JSON; those of an environment keep their names only."""
    if name in {"env", "settings"} and isinstance(value, tuple):
        return {str(key): REDACTED if name == "env" else to_json(item) for key, item in value}
    return to_json(value)
