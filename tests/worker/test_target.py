"""`load`, as the server's worker calls it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from seawall.worker.target import TargetError, load, resolve


@pytest.fixture(autouse=True)
def surroundings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))


def write(folder, name, text):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


def test_load_enters_the_folder_with_its_paths_in_front(tmp_path):
    write(tmp_path, "src/loaded_a/__init__.py", "def app(environ, start_response): ...\n")
    app = load("loaded_a:app", str(tmp_path), [str(tmp_path / "src")])
    assert app.__module__ == "loaded_a"
    assert sys.path[:2] == [str(tmp_path / "src"), str(tmp_path)]
    assert Path.cwd() == tmp_path


def test_loading_twice_does_not_grow_the_path(tmp_path):
    write(tmp_path, "loaded_b.py", "def app(environ, start_response): ...\n")
    load("loaded_b:app", str(tmp_path), [])
    before = list(sys.path)
    load("loaded_b:app", str(tmp_path), [])
    assert sys.path == before


@pytest.mark.parametrize("text", ["loaded_c.py", "loaded_c", "loaded_c:make", "loaded-d.py", "site.wsgi"])
def test_the_canonical_target_loads_the_same_app(tmp_path, text):
    source = "def make():\n    def app(environ, start_response): ...\n    return app\n"
    write(tmp_path, "loaded_c.py", source + "application = make()\n")
    write(tmp_path, "loaded-d.py", source + "app = make()\n")
    write(tmp_path, "site.wsgi", source + "application = make()\n")
    found = resolve(text, str(tmp_path), [])
    app = load(found.target, str(tmp_path), found.paths)
    assert app.__qualname__ == "make.<locals>.app"


def test_a_failure_shows_the_users_line_and_no_line_of_ours(tmp_path):
    write(tmp_path, "loaded_e.py", "import loaded_f\n")
    write(tmp_path, "loaded_f.py", "def broken():\n    return int('x')\n\nbroken()\n")
    with pytest.raises(TargetError) as caught:
        load("loaded_e:app", str(tmp_path), [])
    failure = caught.value
    assert [(Path(f.file).name, f.line, f.user) for f in failure.frames] == [
        ("loaded_e.py", 1, False),
        ("loaded_f.py", 4, False),
        ("loaded_f.py", 2, True),
    ]
    assert failure.frames[-1].code == "return int('x')"
    assert failure.details.where == f"{tmp_path}/loaded_f.py:2"
    assert "seawall" not in failure.traceback
    assert failure.traceback.endswith("ValueError: invalid literal for int() with base 10: 'x'\n")


def test_a_line_in_a_library_is_shown_at_the_user_line_that_called_it(tmp_path):
    write(tmp_path, "loaded_g.py", "import json\njson.loads('{')\n")
    with pytest.raises(TargetError) as caught:
        load("loaded_g", str(tmp_path), [])
    assert [(Path(f.file).name, f.line) for f in caught.value.frames if f.user] == [("loaded_g.py", 2)]
    assert Path(caught.value.frames[-1].file).name == "decoder.py"
