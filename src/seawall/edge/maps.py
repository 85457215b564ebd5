"""A map from one variable to another: exact values only (CVE-2026-42533 needs patterns beside captures)."""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

from seawall.syntax.nginx import directive, variables

if TYPE_CHECKING:
    from seawall.syntax.nginx import Directive


def mapping(source: LiteralString, name: LiteralString, *lines: Directive) -> Directive:
    return directive("map", variables(source), variables(name), block=lines)
