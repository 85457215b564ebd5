"""Root ends only what the folder's owner runs, whatever an account has written into its folder."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess

import pytest

from seawall.doing import identity, leftovers, lock, running, state
from seawall.errors import MachineError

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root could end a stranger's process")
ACCOUNT = 12345


@pytest.fixture
def somebody():
    """Start a process as this user, in its own session."""
    started = []

    def start(user):
        started.append(subprocess.Popen(("sleep", "600"), user=user))
        return identity.identify(started[-1].pid)

    yield start
    for process in started:
        process.kill()
        process.wait()


def name_in(folder, part, *, owner=ACCOUNT):
    known = state.State("", "", 1, part, None, part, "", "", "", detached=True)
    state.save(folder / "state.json", known)
    os.chown(folder / "state.json", owner, owner)
    os.chown(folder, ACCOUNT, ACCOUNT)
    return folder / "state.json"


def test_a_process_of_another_user_is_not_ended(short_folder, somebody):
    victim = somebody(0)

    assert leftovers.end(name_in(short_folder, victim), print) == ()
    assert identity.alive(victim)


def test_a_process_of_the_folders_owner_is_ended(short_folder, somebody):
    left = somebody(ACCOUNT)

    assert leftovers.end(name_in(short_folder, left), print) == (left,)
    assert not identity.alive(left)


def test_a_state_that_is_a_link_or_a_strangers_is_not_read(short_folder, somebody):
    path = name_in(short_folder, somebody(ACCOUNT))

    assert state.load(path) is not None
    os.chown(path, 54321, 54321)
    assert state.load(path) is None
    os.chown(path, 0, 0)
    path.rename(short_folder / "elsewhere")
    path.symlink_to("elsewhere")
    assert state.load(path) is None


def test_a_lock_that_names_a_strangers_process_is_refused(short_folder, somebody):
    victim = somebody(0)
    held = lock.acquire(short_folder / "lock")
    record = {"pid": victim.pid, "started": victim.started, "since": 1.0, "command": ""}
    (short_folder / "lock").write_text(json.dumps(record))
    os.chown(short_folder, ACCOUNT, ACCOUNT)
    try:
        with pytest.raises(MachineError, match="names a process that is not the site's"):
            asyncio.run(running.stop(short_folder, print))
    finally:
        held.release()

    assert identity.alive(victim)
