"""The line on which a key stands in a TOML text; `tomllib` does not tell."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seawall.config.kinds import Path

_PART = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)"""
_DOTTED = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_HEADER = re.compile(rf"[ \t]*\[[ \t]*({_DOTTED})[ \t]*\]")
_ASSIGNMENT = re.compile(rf"[ \t]*({_DOTTED})[ \t]*=(.*)")
_MULTILINE = re.compile(r'"""|\'\'\'')


Lines = dict[tuple[str, ...], int]


def key_lines(text: str) -> Lines:
    """Find the first line of every table and key outside of inline tables."""
    return dict(reversed(list(_keys(text))))


def line_of(lines: Lines, path: Path) -> int | None:
    """Look up the line of a key, or of the nearest key or table around it."""
    keys = tuple(part for part in path if isinstance(part, str))
    return next((lines[keys[:end]] for end in range(len(keys), 0, -1) if keys[:end] in lines), None)


def _keys(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    table: tuple[str, ...] = ()
    closing = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if match := _HEADER.match(line):
            table = _decode(match[1])
            yield table, number
        elif match := _ASSIGNMENT.match(line):
            keys = (*table, *_decode(match[1]))
            for end in range(len(table) + 1, len(keys) + 1):
                yield keys[:end], number
            opening = _MULTILINE.search(match[2])
            if opening and match[2].count(opening[0]) == 1:
                closing = opening[0]


def _decode(dotted: str) -> tuple[str, ...]:
    """Let the TOML reader undo quotes and escapes."""
    node: object = tomllib.loads(f"{dotted} = 0")
    keys: list[str] = []
    while isinstance(node, dict):
        [(key, node)] = node.items()
        keys.append(key)
    return tuple(keys)
