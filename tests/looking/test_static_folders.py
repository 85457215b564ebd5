"""A static folder is seen as the serving user finds it, and gives a file to check with."""

from __future__ import annotations

import os

import pytest

from seawall.doing.privileges import Account
from seawall.looking.folders import look_at_folder

STRANGER = Account(54321, 54321, (54321,), "stranger")


@pytest.fixture
def folder(short_folder):
    short_folder.chmod(0o755)
    (short_folder / "static").mkdir()
    return short_folder / "static"


def put(folder, *names, text="x"):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_the_sample_is_the_file_nearest_to_the_top(folder):
    put(folder, "a/b/deep.css", "z.css", "m.js")

    assert look_at_folder(folder).sample == "m.js"


def test_s22_a_sample_is_never_hidden_source_or_a_database(folder):
    put(
        folder, ".env", ".git/HEAD", "app.py", "app.pyc", "db.sqlite3", "page.html~", "__pycache__/x.txt", "a/style.css"
    )

    assert look_at_folder(folder).sample == "a/style.css"


@pytest.mark.parametrize(
    "name",
    ["Makefile", "package.json", "a.pem", "a.bak", "a.log", "a.sql", "a.toml", "dump.rdb", "a.PY", "requirements.txt"],
)
def test_s22_a_sample_is_never_a_name_that_the_edge_refuses(folder, name):
    put(folder, name)

    assert look_at_folder(folder).sample == ""


def test_s22_a_sample_never_lies_in_a_folder_that_the_edge_hides(folder):
    put(folder, "node_modules/react/index.js", "old.bak/site.css", ".hidden/a.css")
    assert look_at_folder(folder).sample == ""
    put(folder, "z/site.css")
    assert look_at_folder(folder).sample == "z/site.css"


@pytest.mark.parametrize(
    ("names", "hidden"),
    [
        (("a.css", "package.json"), "package.json"),
        (("a.css", "node_modules/react/index.js"), "node_modules/"),
        (("a.css", "b/Makefile"), "b/Makefile"),
        (("a.css", ".env", "__pycache__/a.pyc"), ""),
    ],
)
def test_s22_the_first_name_that_is_never_served_is_kept(folder, names, hidden):
    put(folder, *names)

    assert look_at_folder(folder).hidden == hidden


def test_s24_a_sample_is_never_reached_through_a_link(folder):
    put(folder.parent, "secret.txt", "outside/more.txt")
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    (folder / "linked").symlink_to(folder.parent / "outside")

    assert look_at_folder(folder).sample == ""


def test_a_sample_has_a_size_that_is_quickly_compared(folder):
    put(folder, "empty.txt", text="")
    put(folder, "large.bin", text="x" * (1024 * 1024 + 1))
    put(folder, "later.txt")

    assert look_at_folder(folder).sample == "later.txt"


def test_a_plain_name_is_preferred_to_one_that_must_be_encoded(folder):
    put(folder, "a b.txt", "中文.txt", "z.txt")
    assert look_at_folder(folder).sample == "z.txt"
    (folder / "z.txt").unlink()
    assert look_at_folder(folder).sample == "a b.txt"


@pytest.mark.parametrize("name", ["100%.txt", "a?b.txt", "a#b.txt", 'q".txt', "a\nb.txt", "a\u2028b.txt"])
def test_a_name_that_is_hard_to_say_in_a_url_is_no_sample(folder, name):
    put(folder, name)

    assert look_at_folder(folder).sample == ""


def test_a_name_that_is_not_text_is_no_sample(folder):
    with open(os.fsencode(folder) + b"/\xff.txt", "w") as file:
        file.write("x")

    assert look_at_folder(folder).sample == ""


def test_the_walk_ends_after_2000_entries(folder):
    for number in range(2_001):
        (folder / f"{number:04}.py").touch()
    put(folder, "deep/style.css")

    assert look_at_folder(folder).sample == ""


def test_p15_the_parent_that_is_closed_is_named(folder):
    put(folder, "style.css")
    folder.chmod(0o700)
    fact = look_at_folder(folder, STRANGER)

    assert (fact.closed_by, fact.sample, fact.exists) == (str(folder), "", True)


def test_p15_a_file_that_the_account_may_not_read_is_no_sample(folder):
    put(folder, "a-closed.css", "b-open.css")
    (folder / "a-closed.css").chmod(0o600)
    (folder / "b-open.css").chmod(0o644)

    assert look_at_folder(folder, STRANGER).sample == "b-open.css"


def test_a_folder_that_is_not_there_yet_is_said_so(folder):
    for path in (folder / "build/static", folder / "file"):
        put(folder, "file")
        fact = look_at_folder(path)
        assert (fact.exists, fact.closed_by, fact.sample) == (False, "", "")
