"""The environment variables that the configuration adds for the app. No message ever holds a value."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from seawall.config.words import variable
from seawall.errors import ConfigError, Problem

if TYPE_CHECKING:
    from seawall.config.pinned import Variables

_SHAPE = "write one `NAME=value` per line, and quote a value with spaces: `NAME='a value'`"

Pairs = tuple[tuple[str, str], ...]


def added_variables(file: Pairs, table: Variables | None) -> Pairs:
    """Put `[env]` over the env file; both go over the environment that the app inherits anyway."""
    return tuple({**dict(file), **dict(table.pairs if table else ())}.items())


def parse_env_file(text: str, shown: str) -> Pairs:
    """Read an env file as python-dotenv does, without interpolation: `$` is a character like any other.

    `shown` is how messages call the file. Raises `ConfigError` with every problem and its line.
    """
    from dotenv.parser import parse_stream  # noqa: PLC0415 - most sites have no env file

    values: dict[str, str] = {}
    problems: list[Problem] = []
    for binding in parse_stream(StringIO(text)):
        original = binding.original.string
        blank = len(original) - len(original.lstrip())
        where = f"{shown}:{binding.original.line + original[:blank].count(chr(10))}"
        if binding.error:
            problems.append(Problem(where, "should be `NAME=value`, with quotes closed", _SHAPE))
        elif binding.key is None:
            continue  # a comment or the end of the file
        elif binding.value is None:
            # Perhaps a line of a pasted private key, so what stands there is not shown
            problems.append(Problem(where, "should have a value", "write `NAME=` for an empty value"))
        elif wrong := variable(binding.key, binding.value):
            problems.append(Problem(where, wrong))
        else:
            values[binding.key] = binding.value
    if problems:
        raise ConfigError(tuple(problems))
    return tuple(values.items())
