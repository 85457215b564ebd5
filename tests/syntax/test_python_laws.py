"""Settings are data: read back with `ast`, never executed."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.errors import UnsayableError
from seawall.syntax.python import emit, read

names = st.from_regex(r"[a-z][a-z0-9_]{0,15}", fullmatch=True).map(lambda name: f"s_{name}")
values = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text(), max_size=8))
settings = st.dictionaries(names, values, max_size=8).map(lambda items: tuple(items.items()))


@given(settings)
def test_round_trip_the_settings_come_back(items):
    text = emit(items, header=("made by a test", "", "twice"))
    assert read(text) == items
    assert {node.targets[0].id: ast.literal_eval(node.value) for node in ast.parse(text).body} == dict(items)


@given(settings)
def test_determinism_and_stability(items):
    text = emit(items)
    assert emit(items) == text == emit(read(text))
    assert text.isascii()


@pytest.mark.parametrize("name", ["a b", "x = 1\ny", "class", "", "1a", "é", "a.b", "__import__('os')"])
def test_refusal_a_name_is_a_name(name):
    with pytest.raises(UnsayableError):
        emit(((name, 1),))


@pytest.mark.parametrize("line", ["a\nimport os", "a\rb", "a\u2028b", "a\x00"])
def test_refusal_a_header_is_one_line(line):
    with pytest.raises(UnsayableError):
        emit((), header=(line,))


@pytest.mark.parametrize("text", ["import os", "a = b = 1", "a, b = 1, 2", "a[0] = 1", "f()", "a = f()"])
def test_refusal_nothing_but_assignments_is_read(text):
    with pytest.raises(UnsayableError):
        read(text)


def test_refusal_a_setting_is_given_once():
    with pytest.raises(UnsayableError):
        emit((("a", 1), ("a", 2)))


def test_text_is_readable():
    items = (("workers", 2), ("bind", "unix:/run/x"), ("long", ["x" * 70, "y" * 70]))
    assert emit(items, header=("Made by Seawall.",)) == (
        f"# Made by Seawall.\n\nworkers = 2\nbind = 'unix:/run/x'\nlong = [\n    '{'x' * 70}',\n    '{'y' * 70}',\n]\n"
    )
