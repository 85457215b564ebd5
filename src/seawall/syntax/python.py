"""Settings of a Python server as `name = literal` lines: data, although the server executes it."""

from __future__ import annotations

import ast
import keyword

from seawall.errors import UnsayableError

Value = str | int | bool | None | list[str]
Settings = tuple[tuple[str, Value], ...]
_WIDTH = 120


def emit(settings: Settings, *, header: tuple[str, ...] = ()) -> str:
    """Write the file. Same settings, same bytes; a name that is given twice is refused."""
    names = [name for name, _ in settings]
    if len(set(names)) != len(names):
        raise UnsayableError("a setting is given twice", saw=", ".join(sorted(names)))
    comments = [f"# {_comment(line)}" if line else "#" for line in header]
    lines = [*comments, ""] if comments else []
    lines += [f"{_name(name)} = {_value(value)}" for name, value in settings]
    return "".join(f"{line}\n" for line in lines)


def read(text: str) -> Settings:
    """Read the settings of a file that `emit` wrote; anything but `name = literal` is refused."""
    settings: list[tuple[str, Value]] = []
    for node in ast.parse(text).body:
        if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
            raise UnsayableError("a settings file holds `name = literal` lines only", where=f"line {node.lineno}")
        settings.append((node.targets[0].id, _literal(node.value)))
    return tuple(settings)


def _literal(node: ast.expr) -> Value:
    try:
        value: Value = ast.literal_eval(node)
    except ValueError:
        raise UnsayableError("a setting is a literal", where=f"line {node.lineno}") from None
    return value


def _name(name: str) -> str:
    if not (name.isascii() and name.isidentifier()) or keyword.iskeyword(name):
        raise UnsayableError(f"{name!r} is not the name of a setting")
    return name


def _value(value: Value) -> str:
    """`repr`, with long lists one item a line."""
    text = ascii(value)
    if isinstance(value, list) and len(text) > _WIDTH:
        return "[\n" + "".join(f"    {item!a},\n" for item in value) + "]"
    return text


def _comment(line: str) -> str:
    if not line.isprintable():
        raise UnsayableError(f"{line!r} cannot be a comment", saw="a line break or a control character")
    return line
