"""A value together with the decision that explains it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from seawall.config.pinned import Pinned
from seawall.model.decisions import Decision, Source

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    value: T
    decision: Decision


def pinned_or(
    key: str,
    pinned: Pinned[T] | None,
    otherwise: T,
    because: str,
    *,
    source: Source = Source.DEFAULT,
    show: Callable[[T], str] = str,
) -> Choice[T]:
    """What the person pinned, else `otherwise` with its reason."""
    if pinned is None:
        return Choice(otherwise, Decision(key, show(otherwise), because, source))
    reason = "as configured" if because == "" else f"as configured; {because}" if pinned.value == otherwise else ""
    return Choice(
        pinned.value, Decision(key, show(pinned.value), reason or "as configured", pinned.source, pinned.where)
    )
