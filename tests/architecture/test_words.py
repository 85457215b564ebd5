"""Names: files are nouns of the field, a server's name stays with its adapter, and nothing names a machine."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from house import ROOT, Module, modules

from tools import missing

VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "base", "misc", "handler", "handlers"}
# What is written for people may name what they have installed; a docstring or a comment is not code.
SERVER_NAMES = re.compile(
    r"(?<![a-z])(gunicorn|uvicorn|granian|waitress|uwsgi|hypercorn|cheroot|mod_wsgi)(?![a-z])", re.IGNORECASE
)
# Its adapter, and what runs inside it.
AT_HOME = ("servers/", "worker/")
# Elsewhere a name stands in code only for the reason given here; an entry that is no longer true fails.
KNOWN = {
    "cli/main.py": "a sentence for people on Windows",
    "cli/planned.py": "a variable of the environment that must not reach the app",
    "config/schema.py": "the default, in words for the reference",
    "config/words.py": "what `server = …` may say",
    "edge/limits.py": "`uwsgi_temp_path`, a directive of Nginx",
    "edge/abilities.py": "`uwsgi_temp_path`, a directive of Nginx",
    "looking/look.py": "the copy that was installed with Seawall",
    "looking/probing.py": "`uwsgi`, a module of Nginx",
    "model/facts.py": "the field for the copy in the app's environment",
    "planning/diagnosis.py": "doctor's line about the copy that was installed with Seawall",
}


def test_no_file_has_a_vague_name():
    files = _tracked("src", "tests", "benchmarks")
    vague = [name for name in files if {part.removesuffix(".py").strip("_") for part in name.split("/")} & VAGUE]

    assert [name for name in vague if not name.startswith("tests/apps/")] == []


def test_a_server_is_named_at_home_only():
    named = {
        module.name: [module.at(line) for line in lines]
        for module in modules()
        if not module.name.startswith(AT_HOME) and (lines := sorted(set(_named(module))))
    }

    assert {name: where for name, where in named.items() if name not in KNOWN} == {}
    assert [name for name in KNOWN if name not in named] == [], "no longer true: take it out of KNOWN"


def test_doing_and_saying_never_say_a_server_in_code():
    """Differences between servers are data of the stack, not branches."""
    rooms = modules("doing", "targets", "syntax")

    assert [module.at(line) for module in rooms for line in _named(module)] == []


def test_nothing_tracked_names_the_place_where_it_was_made():
    """A folder of this machine, or the package index that it happens to use, is nobody else's business."""
    hosts = {urlsplit(value).hostname for name, value in os.environ.items() if name.startswith("PIP_")}
    places = {f"{place}/" for place in (Path.home(), ROOT.parent, "/root")} | {*filter(None, hosts)} - {"pypi.org"}
    expression = re.compile("(?<![A-Za-z0-9_.])(?:" + "|".join(map(re.escape, sorted(places - {"//"}))) + ")")
    found = [
        f"{name}:{number}: {match[0]}"
        for name in _tracked()
        if not name.startswith("tests/architecture/")
        for number, line in enumerate(_text(name).splitlines(), 1)
        if (match := expression.search(line))
    ]

    assert found == []


def _named(module: Module) -> Iterator[int]:
    """Lines whose code, not prose, holds a server's name: identifiers, and strings that are no docstring."""
    prose = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(module.tree):
        words = [getattr(node, attribute, None) for attribute in ("id", "attr", "arg", "name", "value", "module")]
        if id(node) not in prose and any(isinstance(word, str) and SERVER_NAMES.search(word) for word in words):
            yield getattr(node, "lineno", 0)


def _tracked(*folders: str) -> list[str]:
    done = subprocess.run(["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        missing("the git checkout")
    return [name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def _text(name: str) -> str:
    data = (ROOT / name).read_bytes()
    return "" if b"\0" in data else data.decode("utf-8", "replace")
