"""A second `up` is refused with the pid of the first; a dead holder holds nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from seawall.doing import lock
from seawall.errors import AlreadyRunningError, MachineError

SOURCE = str(Path(lock.__file__).parents[2])


def a_process_that_holds(path, then="sys.stdin.read()"):
    code = f"""
        import os, subprocess, sys, time
        sys.path.insert(0, {SOURCE!r})
        from seawall.doing import lock
        held = lock.acquire({str(path)!r}, command="seawall up app:app")
        print("held", flush=True)
        {then}
    """
    argv = (sys.executable, "-c", textwrap.dedent(code))
    started = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert started.stdout.readline() == "held\n"
    return started


def test_r32_a_second_holder_is_refused_with_the_pid_of_the_first(tmp_path):
    with a_process_that_holds(tmp_path / "lock") as first:
        with pytest.raises(AlreadyRunningError) as caught:
            lock.acquire(tmp_path / "lock", where=("--run-dir", "/srv/a b"))
        first.kill()

    assert caught.value.what.startswith(f"already running: pid {first.pid} since {time.localtime().tm_year}-")
    assert caught.value.saw == "`seawall up app:app` holds the lock"
    assert caught.value.hint == (
        "`seawall status --run-dir '/srv/a b'` shows it, `seawall down --run-dir '/srv/a b'` stops it"
    )
    assert caught.value.exit_code == 7


def test_r32_the_lock_of_a_killed_holder_is_free_at_once(tmp_path):
    with a_process_that_holds(tmp_path / "lock") as first:
        assert lock.holder(tmp_path / "lock").pid == first.pid
        first.kill()
    assert lock.holder(tmp_path / "lock") is None
    lock.acquire(tmp_path / "lock").release()


def test_r32_a_child_that_outlives_the_holder_does_not_keep_the_lock(tmp_path):
    then = (
        "print(subprocess.Popen([sys.executable, '-c', 'input()'], close_fds=False).pid, flush=True); sys.stdin.read()"
    )
    with a_process_that_holds(tmp_path / "lock", then) as first:
        first.stdout.readline()
        first.kill()
        first.wait()
        assert lock.holder(tmp_path / "lock") is None


def test_asking_for_the_holder_does_not_take_the_lock_or_loosen_it(tmp_path):
    held = lock.acquire(tmp_path / "lock", command="me")
    for _ in range(3):
        assert lock.holder(tmp_path / "lock").pid == os.getpid()
        with pytest.raises(AlreadyRunningError):
            lock.acquire(tmp_path / "lock")
    held.release()

    assert lock.holder(tmp_path / "lock") is None


def test_nobody_holds_a_lock_that_was_never_made(tmp_path):
    assert lock.holder(tmp_path / "lock") is None
    assert not (tmp_path / "lock").exists()


def test_a_holder_that_has_not_signed_yet_is_a_holder(tmp_path, monkeypatch):
    held = lock.acquire(tmp_path / "lock")
    (tmp_path / "lock").write_text('{"pid": 4000000, "started": "", "since": 0, "command": ""}')

    assert lock.holder(tmp_path / "lock") == lock.Holder(0, 0.0, "")
    held.release()


def test_a_fork_that_goes_on_in_the_child_signs_again(tmp_path):
    held = lock.acquire(tmp_path / "lock", command="parent")
    held.sign("child")

    assert lock.holder(tmp_path / "lock").command == "child"
    held.release()


def test_s43_a_lock_file_that_is_a_link_is_not_followed(tmp_path):
    (tmp_path / "target").write_text("precious")
    (tmp_path / "lock").symlink_to(tmp_path / "target")
    with pytest.raises(MachineError, match="cannot open the lock file"):
        lock.acquire(tmp_path / "lock")

    assert (tmp_path / "target").read_text() == "precious"
