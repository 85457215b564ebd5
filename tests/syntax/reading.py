"""Nginx configuration as an independent reader understands it, in the shape of our tree."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import crossplane

from seawall.syntax.nginx import Blank, Comment, Condition, Directive, Joined, Pattern, Prefix, Variables

_ESCAPE = re.compile(r"\\([\\trn])")
_UNDO = {"\\": "\\", "t": "\t", "r": "\r", "n": "\n"}


def read(text: str) -> list:
    """Read with crossplane, which undoes the escaped quote only; the other escapes of Nginx are undone here."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nginx.conf"
        path.write_text(text, newline="")
        parsed = crossplane.parse(
            str(path), single=True, comments=True, check_ctx=False, check_args=False, strict=False
        )
    assert parsed["status"] == "ok", parsed["errors"]
    return [_read(item) for item in parsed["config"][0]["parsed"]]


def _read(item: dict) -> tuple:
    if item["directive"] == "#":
        return ("#", item["comment"].strip())
    block = [_read(inner) for inner in item["block"]] if "block" in item else None
    return (_undo(item["directive"]), [_undo(arg) for arg in item["args"]], block)


def _undo(text: str) -> str:
    return _ESCAPE.sub(lambda match: _UNDO[match[1]], text)


def shape(tree) -> list:
    """Say what a reader should see of a tree."""
    return [_shape(node) for node in tree if not isinstance(node, Blank)]


def _shape(node) -> tuple:
    match node:
        case Comment(text=text):
            return ("#", text.strip())
        case Condition(variable=variable, operator=operator, pattern=pattern, block=block):
            return ("if", [variable.text, operator, pattern.text], shape(block))
        case Directive(name=name, args=args, block=block):
            return (_text(name), [_text(arg) for arg in args], None if block is None else shape(block))


def _text(leaf) -> str:
    match leaf:
        case Joined(parts=parts):
            return "".join(map(_text, parts))
        case Variables(text=text) | Pattern(text=text) | Prefix(text=text):
            return text
        case _:
            return str(leaf)
