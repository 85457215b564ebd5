"""Gunicorn settings as data: `name = literal` lines, never executed."""

from __future__ import annotations

import ast
from typing import Any, Dict


def read(path: str) -> Dict[str, Any]:
    with open(path, encoding="utf-8") as file:
        return parse(file.read(), path)


def parse(text: str, path: str = "<settings>") -> Dict[str, Any]:
    """Names and values; anything that is not an assignment of a literal is refused."""
    values: Dict[str, Any] = {}
    for statement in ast.parse(text, path).body:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            raise ValueError("{}:{} is no `name = literal`".format(path, statement.lineno))  # noqa: TRY004 - the text is wrong
        values[statement.targets[0].id] = ast.literal_eval(statement.value)
    return values
