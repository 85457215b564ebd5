from __future__ import annotations

import pytest

from seawall.config.environment import parse_env_file
from seawall.errors import ConfigError


def test_the_dialect_is_that_of_dotenv_without_interpolation():
    text = "# c\n\nexport A='x $B'\nB=\"a\\nb\"\nC=\nD=x # y\nE=${A}\nA=again\n"

    assert parse_env_file(text, ".env") == (("A", "again"), ("B", "a\nb"), ("C", ""), ("D", "x"), ("E", "${A}"))


def test_all_problems_come_at_once_with_their_lines_and_without_any_value():
    text = "A=1\n\n\nhushFOO\nB='hush\nC=2\n1X=hush\nY=hush\0b\n\nZ.Z=hush\n\n=hush\n"
    with pytest.raises(ConfigError) as caught:
        parse_env_file(text, ".env")

    name = "should have a name of letters, digits and `_` that does not start with a digit"
    assert [(problem.where, problem.text) for problem in caught.value.problems] == [
        (".env:4", "should have a value"),
        (".env:5", "should be `NAME=value`, with quotes closed"),
        (".env:7", name),
        (".env:8", "should be without a NUL character, which no environment variable can hold"),
        (".env:10", name),
        (".env:12", "should be `NAME=value`, with quotes closed"),
    ]
    assert "hush" not in repr(caught.value.problems)
