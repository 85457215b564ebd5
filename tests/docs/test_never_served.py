"""The guide's table of names that are never served is the edge's list."""

from __future__ import annotations

import re

import pytest
from pages import DOCS, page

from seawall.edge import hidden

TABLE = dict(re.findall(r"^\| ([^|`]+) \| (.*`.*) \|$", page(DOCS / "guides/static-files.md").text, re.MULTILINE))
# Below the root the app is asked for these, since it may have such addresses itself.
APART = "below a folder's URL only"
NOT_WORDS = {"cdiowxz", "ya", "ml"}  # a set of letters, and what `ya?ml` is made of


def _names(row: str) -> list[str]:
    """List the names of a row as files could have them."""
    names = [name.replace("…", "-x") for name in re.findall(r"`([^`]+)`", TABLE[row])]
    return [f"a{name}" if name.startswith((".", "~", "#")) else name for name in names]


@pytest.mark.parametrize("row", sorted(TABLE.keys() - {APART, "hidden"}))
def test_a_name_in_the_table_is_never_served(row):
    assert [name for name in _names(row) if not hidden.is_refused(f"/{name.upper()}")] == []


def test_a_name_in_the_last_row_is_left_to_an_app_at_the_root():
    assert [name for name in _names(APART) if not hidden.is_hidden(f"/static/{name}")] == []
    assert [name for name in _names(APART) if hidden.is_refused(f"/{name}")] == []


def test_the_table_leaves_no_name_out():
    patterns = " ".join(each.text for each in (*hidden.HIDDEN, hidden.PERHAPS))
    words = set(re.findall(r"(?<![\\\w])[a-z]{2,}", patterns)) - NOT_WORDS
    told = " ".join(TABLE.values())

    assert len(TABLE) == 8
    assert sorted(word for word in words if word not in told) == []
