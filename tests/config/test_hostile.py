"""Whatever stands in a field is refused with a clear problem or carried literally."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from seawall.config.kinds import Place
from seawall.config.load import Found, from_file
from seawall.config.pinned import Config, Pinned
from seawall.config.schema import BY_KEY, SETTINGS
from seawall.config.structure import from_flags, structure
from seawall.model.decisions import Source

NASTY = [
    "\"'; } $host { `id` $(id) \\",
    "a\nb",
    "a\u2028b",
    "a\x00b",
    "\x1b[31mred\x1b[0m",
    "/" + "x" * 10_000,
    "/srv/a;b$c{d}e\"f'g",
    "\ud800",
    "../../etc/passwd",
    "-x",
    "%0a",
    "[bold]x[/]",
    "fe80::1%$x;",
    "fe80::1%$x;/64",
    "nothing",
    "127.0.0.1",
    "9" * 400,
    "1" * 400 + "g",
    "²",
]
texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=()), max_size=40),
    st.text("/;${}\"'\\\n\r\t=:%#~. a0\u2028\x00\x1b", max_size=20).map("/".__add__),
)
scalars = st.one_of(texts, st.integers(), st.floats(), st.booleans())
values = st.recursive(
    scalars, lambda one: st.lists(one, max_size=3) | st.dictionaries(texts, one, max_size=3), max_leaves=6
)
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
PLACE = Place("/srv/shop", "/home/ann")


def read(key: str, value: object) -> tuple[object, list[str]]:
    config, problems = structure({key: value}, PLACE, Source.FILE, pinned=str, wrong=str)
    pinned = getattr(config, key)
    return (pinned.value if pinned else None), [problem.text for problem in problems]


@pytest.mark.parametrize("key", list(BY_KEY))
@given(value=values)
@settings(max_examples=60, deadline=None)
def test_any_value_is_a_problem_or_a_value_never_both_never_a_crash(key, value):
    found, problems = read(key, value)

    assert (found is None) == bool(problems)
    assert all(len(problem) < 600 for problem in problems)
    if found is not None and key != "env":
        assert not UNPRINTABLE.search(str(found))


@given(text=texts)
@settings(max_examples=150, deadline=None)
def test_an_accepted_address_is_nothing_but_an_address(text):
    for key, value in {"host": text, "behind": [text, "fe80::1%" + text]}.items():
        found, _ = read(key, value)
        carried = str(found.address) if key == "host" and found else ""
        assert re.fullmatch(r"[0-9a-f.:]*", carried)
        assert not found or key == "host"


def parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in {"", "."}]


@pytest.mark.parametrize("key", ["app", "chdir", "python", "nginx", "run_dir", "env_file", "health", "user", "prefix"])
@given(text=texts)
@settings(max_examples=150, deadline=None)
def test_an_accepted_text_is_carried_literally(key, text):
    found, problems = read(key, text)
    if problems:
        return

    match key:
        case "app":
            assert found == text
        case "health" | "user":
            assert found == text.strip()
        case "prefix":
            assert [part for part in text.split("/") if part] == [part for part in found.path.split("/") if part]
        case _:
            folder = "/home/ann" if text.startswith("~") else "" if text.startswith("/") else "/srv/shop"
            assert parts(folder) + parts(text.removeprefix("~")) == parts(found)


@given(url=texts, folder=texts)
@settings(max_examples=150, deadline=None)
def test_an_accepted_static_folder_is_carried_literally(url, folder):
    found, problems = read("static", {url: folder})
    if problems:
        return

    [pin] = found
    assert parts(folder.removeprefix("~")) == parts(pin.folder)[-len(parts(folder.removeprefix("~"))) or 99 :]
    assert pin.url.path.startswith("/")


@given(value=texts)
@example("a\nb")
@example("x" * 200_000)
@settings(max_examples=150, deadline=None)
def test_a_variable_is_carried_literally_and_shown_nowhere(value):
    found, problems = read("env", {"SECRET": value})

    if problems:
        assert "\0" in value or not value.isprintable() or len(value) > 100_000
    else:
        assert found.pairs == (("SECRET", value),)
        assert repr(found) == "Variables(names=('SECRET',))"


@pytest.mark.parametrize("key", [setting.key for setting in SETTINGS if setting.flag])
@given(text=texts)
@settings(max_examples=60, deadline=None)
def test_any_option_is_a_problem_or_a_value(key, text):
    value = (text,) if BY_KEY[key].kind.arity in {"many", "table"} else text
    config, problems = from_flags({key: value}, folder="/srv", home="")

    assert (getattr(config, key) is None) == bool(problems)


@given(text=st.text(max_size=200) | st.lists(st.sampled_from(list("[]\"='.\nab#\\{},0 ")), max_size=60).map("".join))
@settings(max_examples=400, deadline=None)
def test_any_file_is_read_or_refused_with_a_place(text):
    _, problems = from_file(Found("/srv/seawall.toml", "seawall.toml", text), home="")

    assert all(problem.where.startswith("seawall.toml") for problem in problems)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_the_example_of_a_setting_is_valid(setting):
    raw = tomllib.loads(setting.example)

    assert list(raw) == [setting.key]
    assert read(setting.key, raw[setting.key])[1] == []


def test_the_schema_and_the_config_have_the_same_fields_in_the_same_order():
    assert list(Config.__dataclass_fields__) == list(BY_KEY)


def test_nothing_given_is_nothing_pinned():
    assert (Config(), ()) == from_flags(dict.fromkeys(BY_KEY) | {"static": ()}, folder="/", home="")


def test_a_pinned_secret_does_not_show_in_a_repr():
    found, _ = read("env", json.loads('{"A": "hush"}'))

    assert "hush" not in repr(Config(env=Pinned(found, Source.FILE, "x")))
