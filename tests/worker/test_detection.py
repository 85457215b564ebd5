"""Every folder below `tests/apps` is a shape met in the field; its `case.toml` says what the probe must find."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from probing import FRAMEWORKS, probe

from environments import environment
from interpreters import interpreter

APPS = Path(__file__).parents[1] / "apps"
CASES = sorted(path.parent for path in APPS.glob("*/case.toml"))

# In the app's facts these must hold the texts given; all others must be equal.
TEXTS = ("state", "threads", "remarks", "chosen_because")


@dataclass
class Case:
    """How to ask, and what must be true.

    given: the target as typed, absent for none.  python: "frameworks" or a minor version without packages.
    app: fields of the facts; `static` is {url: folder}, relative to the case, "" for None.
    error: `kind`, texts that the sentences mention, `user` (the frame shown), `candidates`.
    """

    about: str
    given: str | None = None
    folder: str = "."
    python: str = "frameworks"
    env: dict[str, str] = field(default_factory=dict)
    app: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] = field(default_factory=dict)


@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_the_probe_finds_what_is_there(folder: Path):
    case = _read(folder)
    _check(folder, case, _python(case))


@pytest.mark.parametrize(
    "name", ["flask-app", "django", "pyramid", "falcon", "bottle", "whitenoise", "prefix-dispatcher"]
)
def test_the_frameworks_of_an_older_python_are_read_too(name):
    python = environment("frameworks", FRAMEWORKS, interpreter("3.8"))
    _check(APPS / name, _read(APPS / name), python)


def test_every_folder_is_a_case():
    folders = [path for path in APPS.iterdir() if path.is_dir() and not path.name.startswith("_")]
    assert [folder.name for folder in folders if folder not in CASES] == []


def _read(folder: Path) -> Case:
    return Case(**tomllib.loads((folder / "case.toml").read_text()))


def _check(folder: Path, case: Case, python: Path) -> None:
    probed = probe(python, (folder / case.folder).resolve(), case.given, case.env)
    assert probed.code == 0, probed.stderr
    assert probed.report, probed.stderr
    if case.error:
        _check_error(case.error, probed.report, folder)
    else:
        assert probed.report["ok"], probed.report
        _check_app(case.app, probed.report["app"], folder)


def _python(case: Case) -> Path:
    return environment("frameworks", FRAMEWORKS) if case.python == "frameworks" else interpreter(case.python)


def _check_app(wanted: dict[str, Any], app: dict[str, Any], folder: Path) -> None:
    assert "target" in wanted
    for key, value in {"state": [], **wanted}.items():
        seen = app[key]  # an unknown key fails here
        if key in TEXTS:
            texts = [value] if isinstance(value, str) else value
            assert [text for text in texts if text not in str(seen)] == [], (key, seen)
            assert texts or not seen, (key, seen)
        elif key == "static":
            assert {mount["url"]: _relative(mount["folder"], folder) for mount in seen} == value
        else:
            assert _relative(seen, folder) == value, key


def _check_error(wanted: dict[str, Any], report: dict[str, Any], folder: Path) -> None:
    assert report["ok"] is False, report
    error = report["error"]
    assert error["kind"] == wanted.pop("kind"), error
    said = " ".join(error[key] for key in ("message", "saw", "where", "hint"))
    assert [text for text in wanted.pop("mentions", []) if text not in said] == [], said
    marked = [f"{_relative(f['file'], folder)}:{f['line']}" for f in error["frames"] if f["user"]]
    assert ", ".join(marked) == wanted.pop("user", ", ".join(marked))
    assert _relative(error["candidates"], folder) == wanted.pop("candidates", _relative(error["candidates"], folder))
    assert not wanted


def _relative(value: Any, folder: Path) -> Any:
    if isinstance(value, list):
        return [_relative(item, folder) for item in value]
    if isinstance(value, str) and value.startswith(str(folder)):
        return value[len(str(folder)) :].lstrip("/") or "."
    return "" if value is None else value
