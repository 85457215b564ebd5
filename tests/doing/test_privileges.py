"""Rights are given up for good, and the folder that is closed to an account is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from seawall.doing import privileges
from seawall.doing.privileges import Account
from seawall.errors import MachineError
from tools import require_root

SOURCE = str(Path(privileges.__file__).parents[2])
STRANGER = Account(54321, 54321, (54321,), "stranger")


MAY_GAIN = """
def may_gain():
    return sys.platform != "linux" or "NoNewPrivs:\\t1" not in open("/proc/self/status").read()
"""


def in_another_process(code):
    prelude = f"import json, os, sys\nsys.path.insert(0, {SOURCE!r})\nfrom seawall.doing import privileges\n" + MAY_GAIN
    argv = (sys.executable, "-c", prelude + textwrap.dedent(code))
    done = subprocess.run(argv, capture_output=True, text=True, check=True, cwd="/")
    return json.loads(done.stdout)


def test_s41_rights_are_given_up_for_good():
    require_root("to become somebody else")
    told = in_another_process("""
        account = privileges.Account(54321, 54322, (54322, 54323), "stranger", "/srv/stranger")
        env = privileges.assume(account, {"HOME": "/root", "LANG": "C"})
        kept = []
        for take_back in (os.setuid, os.seteuid, os.setgid, os.setegid):
            try:
                take_back(0)
                kept.append(take_back.__name__)
            except PermissionError:
                pass
        print(json.dumps([os.getresuid(), os.getresgid(), os.getgroups(), env, kept, may_gain()]))
    """)

    env = {"HOME": "/srv/stranger", "LANG": "C", "USER": "stranger", "LOGNAME": "stranger"}
    assert told == [[54321] * 3, [54322] * 3, [54322, 54323], env, [], sys.platform != "linux"]


def test_s41_being_the_account_already_only_forbids_to_gain_rights():
    told = in_another_process("""
        env = privileges.assume(privileges.current(), {"HOME": "/elsewhere"})
        print(json.dumps([env, may_gain()]))
    """)

    assert told == [{"HOME": "/elsewhere"}, sys.platform != "linux"]


def test_becoming_another_user_without_the_right_is_a_machine_error():
    told = in_another_process("""
        from seawall.errors import MachineError
        if os.geteuid() == 0:
            os.setresuid(54321, 54321, 54321)
        try:
            privileges.assume(privileges.Account(54322, 54322, (54322,), "stranger", ""), {})
        except MachineError as error:
            print(json.dumps(error.what))
    """)

    assert told == "cannot become user `stranger`"


def test_accounts_are_found_by_name_and_number():
    assert privileges.lookup("root").uid == 0
    assert privileges.lookup("0") == privileges.lookup("root")
    with pytest.raises(MachineError, match="there is no user `no-such-user`"):
        privileges.lookup("no-such-user")


def test_we_know_who_we_are():
    me = privileges.current()

    assert (me.uid, me.gid) == (os.geteuid(), os.getegid())
    assert me.gid in me.groups


def test_p15_the_first_closed_parent_is_named(open_folder):
    (open_folder / "home/site/static").mkdir(parents=True)
    (open_folder / "home").chmod(0o700)

    assert privileges.closed_parent(open_folder / "home/site/static", STRANGER) == str(open_folder / "home")
    (open_folder / "home").chmod(0o711)
    assert privileges.closed_parent(open_folder / "home/site/static", STRANGER) == ""


def test_p15_a_group_that_the_account_belongs_to_may_enter(open_folder):
    (open_folder / "home").mkdir(0o710)
    member = Account(54321, 54321, (54321, (open_folder / "home").stat().st_gid), "member")

    assert privileges.closed_parent(open_folder / "home", member) == ""
    assert privileges.closed_parent(open_folder / "home", STRANGER) == str(open_folder / "home")


def test_p15_the_real_way_counts_as_well_as_the_written_one(open_folder):
    (open_folder / "closed/static").mkdir(parents=True)
    (open_folder / "closed").chmod(0o700)
    (open_folder / "static").symlink_to(open_folder / "closed/static")

    assert privileges.closed_parent(open_folder / "static", STRANGER) == str(open_folder / "closed")


def test_what_an_account_may_write_follows_owner_group_and_mode(open_folder):
    (open_folder / "db.sqlite3").write_text("")
    (open_folder / "db.sqlite3").chmod(0o664)
    member = Account(54321, 54321, (54321, (open_folder / "db.sqlite3").stat().st_gid), "member")

    assert not privileges.can_write(STRANGER, open_folder / "db.sqlite3")
    assert privileges.can_write(member, open_folder / "db.sqlite3")
    assert privileges.can_write(privileges.current(), open_folder / "db.sqlite3")


def test_our_own_folders_are_open_to_us(tmp_path):
    assert privileges.closed_parent(tmp_path, privileges.current()) == ""
    assert privileges.closed_parent(tmp_path / "not/there/yet", privileges.current()) == ""
