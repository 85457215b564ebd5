"""The reference leaves nothing out, the generated pages are current, and no link leads nowhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pages import DOCS, ROOT, Page, every_page, page

from seawall import errors
from seawall.cli.main import COMMANDS
from seawall.cli.reference import error_kinds, pages
from seawall.config.schema import SETTINGS
from seawall.doing.running import _without_answer
from seawall.edge.logs import _FIELDS
from seawall.planning.budgets import DEADLINE, derive_times

REFERENCE = DOCS / "reference"


@pytest.mark.parametrize("name", sorted(pages()))
def test_a_generated_page_is_what_its_generator_prints(name):
    assert pages()[name] == (REFERENCE / name).read_text(encoding="utf-8"), "run `make gen`"


def test_every_setting_has_its_heading():
    assert {setting.key for setting in SETTINGS} - set(page(REFERENCE / "settings.md").headings) == set()


def test_every_command_has_its_heading():
    assert {f"seawall {name}" for name in COMMANDS} - set(page(REFERENCE / "commands.md").headings) == set()


def test_every_error_has_its_heading_and_its_exit_code():
    text = page(REFERENCE / "errors.md")

    assert {kind.__name__ for kind in error_kinds()} - set(text.headings) == set()
    for kind in error_kinds():
        assert f"| {kind.exit_code} | [`{kind.__name__}`]" in text.text


def test_the_tree_in_the_docstring_names_every_error():
    tree = dict(re.findall(r"(\w+Error) +(\d+) ", errors.__doc__ or ""))

    assert tree == {kind.__name__: str(kind.exit_code) for kind in error_kinds()}


def test_every_field_of_the_access_log_has_its_row():
    assert page(REFERENCE / "access-log.md").rows() == {name for name, _ in _FIELDS}


def test_every_field_of_status_has_its_row():
    status = _without_answer("unsupervised", None, None)

    assert page(REFERENCE / "status-json.md").rows() >= set(_paths(status))


def test_status_as_shown_has_the_fields_that_it_has():
    shown = next(block for block in page(REFERENCE / "status-json.md").blocks if block.kind == "json")

    assert set(_paths(json.loads(shown.text))) == set(_paths(_without_answer("unsupervised", None, None)))


def test_a_log_line_as_shown_has_the_fields_that_it_has():
    shown = next(block for block in page(REFERENCE / "access-log.md").blocks if block.kind == "json")

    assert list(json.loads(shown.text)) == [name for name, _ in _FIELDS]


def test_every_guide_concept_reference_and_decision_is_in_the_index():
    index = page(DOCS / "README.md")
    listed = {(DOCS / link.partition("#")[0]).resolve() for link in index.links}

    assert {path.resolve() for path in DOCS.rglob("*.md")} - listed - {index.path.resolve()} == set()


@pytest.mark.parametrize("each", every_page(), ids=lambda each: each.name)
def test_every_link_leads_somewhere(each: Page):
    broken = []
    for link in each.links:
        if re.match(r"https?://|mailto:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (each.path.parent / name).resolve() if name else each.path
        if not target.exists() or (anchor and anchor not in page(target).anchors):
            broken.append(link)

    assert broken == []


def test_the_derived_times_are_those_of_the_page():
    times = derive_times(DEADLINE)
    shown = re.findall(r"^\|[^|]+\| ([\d.]+)s \|", page(DOCS / "concepts" / "time-and-size.md").prose, re.MULTILINE)
    derived = [times.connect, times.deadline, times.kill, times.drain, times.grace]

    assert [float(value) for value in shown] == [each.seconds for each in derived]


def test_the_changelog_has_a_place_for_what_is_coming():
    text = page(ROOT / "CHANGELOG.md")

    assert "Keep a Changelog" in text.text
    assert any("Unreleased" in heading for heading in text.headings)


def test_a_decision_says_why():
    for path in sorted((DOCS / "decisions").glob("*.md")):
        headings = page(path).headings
        assert headings[1:4] == ["Context", "Decision", "Consequence"], path.name


def test_a_page_opens_with_its_title():
    untitled = [each.name for each in every_page() if not _first_line(each.path).startswith("# ")]

    assert untitled == []


def _first_line(path: Path) -> str:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("<!--")]
    return lines[0]


def _paths(value: dict[str, object], before: str = "") -> list[str]:
    """Every field by its way in: `edge.pid`."""
    found: list[str] = []
    for key, inner in value.items():
        found += _paths(inner, f"{before}{key}.") if isinstance(inner, dict) else [f"{before}{key}"]
    return found
