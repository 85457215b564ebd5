"""What README and guides show is typed, and comes out."""

from __future__ import annotations

import re
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from pages import ROOT, Block, Page, told_pages
from reader import SET_UP, Reader, forget, free_port, not_found, programs

from environments import environment
from seawall.config.load import Found, from_file
from tools import require

KINDS = {"console", "python", "toml", "text", "html", "css", "json"}


@pytest.fixture
def reader():
    """Reads in a short folder of its own, with Flask and Django beside the app."""
    require("curl")
    place = Path(tempfile.mkdtemp(prefix="sw-docs-", dir="/tmp"))
    python = environment("docs", ["flask", "django"])
    place.chmod(0o755)
    folder = place / "shop"
    folder.mkdir()
    reader = Reader(folder, python.parent.parent, programs(place / "bin"), free_port())
    try:
        yield reader
    finally:
        reader.close()
        forget(folder)
        shutil.rmtree(place, ignore_errors=True)


@pytest.mark.parametrize("page", told_pages(), ids=lambda page: page.name)
def test_a_page_does_what_it_says(page: Page, reader: Reader):
    reader.read(page)


@pytest.mark.parametrize("page", told_pages(), ids=lambda page: page.name)
def test_every_block_is_of_a_kind_that_is_checked(page: Page):
    """A block called `sh` would be shown and never run."""
    assert [f"{page.name}:{block.line}" for block in page.blocks if block.kind not in KINDS] == []


@pytest.mark.parametrize("page", told_pages(), ids=lambda page: page.name)
def test_python_and_toml_are_valid(page: Page):
    for block in page.blocks:
        where = f"{page.name}:{block.line}"
        if block.kind == "python":
            compile(block.text, where, "exec")
        elif block.kind == "toml":
            assert _problems(block, where) == (), where


@pytest.mark.parametrize("page", told_pages(), ids=lambda page: page.name)
def test_what_is_not_typed_is_there(page: Page):
    """Set-up commands are not repeated: their make targets exist, and they install what is known here."""
    known = {"seawall", "flask", "django"}
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for block in page.blocks:
        for line in block.text.splitlines() if block.kind == "console" else ():
            command = line.removeprefix("$ ")
            if not line.startswith("$ ") or not SET_UP.match(command):
                continue
            if command.startswith("make "):
                assert set(command.split()[1:]) <= targets, line
            if "pip install" in command:
                assert set(command.partition("install ")[2].partition(" && ")[0].split()) <= known, line


def test_what_the_make_targets_name_is_there():
    text = (ROOT / "Makefile").read_text().replace("$(BLOG)", "examples/blog")
    files = set(re.findall(r"(?<![\w$()/.])[\w-]+(?:/[\w.-]+)*\.(?:py|txt|toml)\b", text))
    modules = set(re.findall(r"-m (seawall[\w.]*)", text))

    assert {"benchmarks/run.py", "pyproject.toml"} <= files
    assert [file for file in sorted(files) if not (ROOT / file).is_file()] == []
    assert [module for module in sorted(modules) if find_spec(module) is None] == []


def test_the_reader_notices_what_does_not_come_out():
    """It is loose about what differs between machines, and strict about the rest."""
    printed = "health      ok\nsupervisor  pid 77\nurl x\nHTTP/1.1 200 OK\n"

    assert not_found(["health ok", "supervisor  pid 4711", "…"], printed) == ""
    assert not_found(["health …"], printed) == ""
    assert not_found(["health degraded"], printed) == "health degraded"
    assert not_found(["supervisor  pid 77", "health ok"], printed) == "health ok"
    assert not_found(["HTTP/1.1 404 Not Found"], printed) == "HTTP/1.1 404 Not Found"


def test_the_reader_fails_on_a_page_that_lies(reader: Reader):
    text = "`app.py`:\n\n```python\nx = 1\n```\n\n```console\n$ seawall plan nothing:here\nanything\n```\n"
    page = Page(ROOT / "docs" / "lies.md", text)

    with pytest.raises(AssertionError, match="did not print `anything`"):
        reader.read(page)
    assert (reader.folder / "app.py").read_text() == "x = 1\n"


def _problems(block: Block, where: str) -> tuple[object, ...]:
    table = ("tool", "seawall") if "[tool.seawall]" in block.text else ()
    _, problems = from_file(Found(f"/srv/shop/{where}", where, block.text, table), home="/home/user")
    return problems
