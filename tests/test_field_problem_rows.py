"""Every field problem has its named tests, or the issue it waits for with the reason."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROWS = tuple(f"P{number:02}" for number in range(1, 46))

# What comes with a later issue, and why it cannot be asked yet.
LATER = {
    "P02": "issue 6, containers: a split stack and published ports come with the Compose target",
    "P13": "issue 5, `seawall why`: reading the kernel's OOM counters beside the exit status comes with the rollout",
    "P21": "issue 6, Compose: names of recreated containers; here edge and app meet on a Unix socket",
    "P22": "issue 6, Compose: start order over names; here there is no name to resolve",
    "P23": "issue 6, Compose: a database beside the app, and migrations as a job of their own",
    "P25": "issue 5, rollout: a second generation, its health gate and the way back",
    "P28": "issue 4, servers: Socket.IO needs its own worker kinds and stickiness",
    "P31": "issue 4, servers: preload is off and no setting turns it on, until its check for open connections comes",
    "P39": "after issue 6, TLS: certificates and their renewal",
    "P42": "after issue 6: file hand-off from the app to the edge",
    "P43": "issue 4, servers: metrics of several processes",
}


@cache
def named_tests() -> dict[str, list[str]]:
    """The names of all test functions by row; one test may stand for several."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        if "apps" in path.relative_to(TESTS).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                for row in _rows(node.name):
                    found.setdefault(row, []).append(f"{path.relative_to(TESTS)}::{node.name}")
    return found


def _rows(name: str) -> list[str]:
    """Read the ids that open a name: `test_p04_p07_c35_…`."""
    opening = re.match(r"test((?:_[a-z]\d{1,2})+)_", name)
    return [part.upper() for part in opening[1].split("_") if re.fullmatch(r"p\d\d", part)] if opening else []


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_a_named_test_or_a_reason_to_wait(row):
    tests = named_tests().get(row, [])

    assert bool(tests) != (row in LATER), f"{row}: {tests or 'no test'}, {LATER.get(row, 'no reason')}"


def test_no_test_claims_a_row_that_there_is_not():
    assert set(named_tests()) <= set(ROWS)


def test_every_reason_names_when_and_why():
    assert set(LATER) <= set(ROWS)
    assert all(re.match(r"(after )?issue \d[,:] ", reason) for reason in LATER.values())


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("test_p04_p07_c35_the_host", ["P04", "P07"]),
        ("test_s25_p08_the_limit", ["P08"]),
        ("test_plan_and_render", []),
        ("test_p24_c06_stop", ["P24"]),
    ],
)
def test_ids_are_read_from_the_opening_of_a_name(name, rows):
    assert _rows(name) == rows
