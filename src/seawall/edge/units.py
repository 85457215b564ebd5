"""Times and sizes in Nginx's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seawall.model.values import Duration, Size


def time(duration: Duration) -> str:
    """Write whole seconds, else milliseconds: Nginx knows no fractions."""
    milliseconds = duration.milliseconds
    return f"{milliseconds // 1000}s" if milliseconds % 1000 == 0 else f"{milliseconds}ms"


def size(size: Size) -> str:
    return number(size.bytes)


def number(count: int) -> str:
    """Write bytes with the largest unit that says them exactly (`g` is not known everywhere)."""
    for unit, step in (("m", 1024**2), ("k", 1024)):
        if count and count % step == 0:
            return f"{count // step}{unit}"
    return str(count)
