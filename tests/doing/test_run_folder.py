"""One runtime folder per app, found again from the app's folder, private, and short enough."""

from __future__ import annotations

import os
import stat

import pytest

from seawall.doing import lock, runfolder
from seawall.errors import MachineError

ME = os.geteuid() or 12345  # root's place is another; here we are somebody


@pytest.fixture
def machine(short_folder, monkeypatch):
    """Make a machine with its own `/run` and `/tmp`, and a session folder of our own."""
    monkeypatch.setattr(runfolder, "_SHARED_TEMP", short_folder / "tmp")
    monkeypatch.setattr(runfolder, "_SYSTEM_RUN", short_folder / "run/seawall")
    monkeypatch.setattr(runfolder, "_SYSTEM_STATE", short_folder / "var/lib/seawall")
    for name in ("tmp", "run", "var/lib", "session", "home"):
        (short_folder / name).mkdir(parents=True)
    (short_folder / "session").chmod(0o700)
    if os.geteuid() == 0:
        os.chown(short_folder / "session", ME, ME)
    (short_folder / "app").mkdir()
    return short_folder


def test_an_app_is_named_by_its_folder_and_where_it_really_is(tmp_path):
    (tmp_path / "My Shop é").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "My Shop é")
    (tmp_path / "other").mkdir()
    (tmp_path / "other/My Shop é").mkdir()
    name = runfolder.identifier(tmp_path / "My Shop é")

    assert name.startswith("my-shop-")
    assert name.isascii()
    assert len(name) <= 29
    assert runfolder.identifier(tmp_path / "link") == name
    assert runfolder.identifier(tmp_path / "other/My Shop é") != name


def test_the_session_folder_comes_first_then_tmp(machine):
    name = runfolder.identifier(machine / "app")
    session = {"XDG_RUNTIME_DIR": str(machine / "session")}

    assert runfolder.choose(machine / "app", env=session, uid=ME) == machine / "session/seawall" / name
    assert runfolder.choose(machine / "app", env={}, uid=ME) == machine / f"tmp/seawall-{ME}" / name


def test_what_outlives_a_session_is_not_kept_in_its_folder(machine):
    session = {"XDG_RUNTIME_DIR": str(machine / "session")}
    chosen = runfolder.choose(machine / "app", env=session, uid=ME, outlives_session=True)

    assert chosen.is_relative_to(machine / "tmp")


@pytest.mark.parametrize("named", ["relative", "/no/such/folder", ""])
def test_a_session_folder_that_is_not_one_is_passed_over(machine, named):
    chosen = runfolder.choose(machine / "app", env={"XDG_RUNTIME_DIR": named}, uid=ME)

    assert chosen.is_relative_to(machine / "tmp")


def test_s43_a_session_folder_that_others_may_write_to_is_passed_over(machine):
    (machine / "session").chmod(0o777)
    chosen = runfolder.choose(machine / "app", env={"XDG_RUNTIME_DIR": str(machine / "session")}, uid=ME)

    assert chosen.is_relative_to(machine / "tmp")


def test_root_looks_at_one_place_whatever_its_environment(machine):
    name = runfolder.identifier(machine / "app")
    for env in ({}, {"XDG_RUNTIME_DIR": str(machine / "session")}):
        assert runfolder.choose(machine / "app", env=env, uid=0) == machine / "run/seawall" / name


def test_a_folder_in_use_is_found_from_a_poorer_environment(machine):
    session = {"XDG_RUNTIME_DIR": str(machine / "session")}
    serving = runfolder.choose(machine / "app", env={}, uid=ME)
    serving.mkdir(parents=True)
    held = lock.acquire(serving / "lock")

    assert runfolder.choose(machine / "app", env=session, uid=ME) == serving
    held.release()
    assert runfolder.choose(machine / "app", env=session, uid=ME) != serving


def test_choosing_makes_nothing(machine):
    before = sorted(machine.rglob("*"))
    chosen = runfolder.choose(machine / "app", env={}, uid=ME)
    runfolder.state_folder(machine / "app", chosen, env={"HOME": str(machine / "home")}, uid=ME)

    assert sorted(machine.rglob("*")) == before


def test_s40_a_made_folder_is_private(machine):
    made = runfolder.make(runfolder.choose(machine / "app", env={}, uid=os.geteuid()))

    assert stat.S_IMODE(made.stat().st_mode) == 0o750
    assert stat.S_IMODE(made.parent.stat().st_mode) == (0o755 if os.geteuid() == 0 else 0o700)


def test_s43_a_folder_that_another_put_in_our_place_is_refused(machine):
    chosen = runfolder.choose(machine / "app", env={}, uid=ME)
    chosen.parent.symlink_to(machine / "home")
    with pytest.raises(MachineError, match="is not private"):
        runfolder.make(chosen)

    assert list((machine / "home").iterdir()) == []


def test_a_runtime_path_too_long_for_a_socket_is_refused(tmp_path):
    with pytest.raises(MachineError) as caught:
        runfolder.make(tmp_path / ("x" * 100))

    assert caught.value.hint == "`seawall up … --run-dir /tmp/seawall-run`"


def test_state_lies_in_the_home_or_where_the_environment_says(machine):
    name, run = runfolder.identifier(machine / "app"), machine / "tmp/run"
    home = {"HOME": str(machine / "home")}

    def state(env, uid=ME):
        return runfolder.state_folder(machine / "app", run, env=env, uid=uid)

    assert state(home) == machine / "home/.local/state/seawall" / name
    assert state({**home, "XDG_STATE_HOME": str(machine / "var")}) == machine / "var/seawall" / name
    assert state({}, uid=0) == machine / "var/lib/seawall" / name


@pytest.mark.parametrize("env", [{}, {"HOME": "/"}, {"HOME": "/dev/null/home"}])
def test_without_a_usable_home_state_lies_in_the_runtime_folder(machine, env):
    run = machine / "tmp/run"

    assert runfolder.state_folder(machine / "app", run, env=env, uid=ME) == run / "state"
