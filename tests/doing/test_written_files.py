"""A reader finds the old or the new, whole, and nobody makes us write elsewhere."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path, PurePosixPath

import pytest

from seawall.doing import files
from seawall.errors import MachineError
from seawall.model.files import File, SymbolicLink
from tools import require_root


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def test_s40_a_file_set_is_written_with_its_modes(tmp_path):
    run = tmp_path / "run"
    conf = File(PurePosixPath("conf/nginx.conf"), "events {}\n")
    files.write((conf, SymbolicLink(PurePosixPath("web/static"), "/srv/x")), run)

    assert (run / "conf/nginx.conf").read_text() == "events {}\n"
    assert mode(run / "conf/nginx.conf") == 0o640
    assert mode(run / "conf") & 0o007 == 0
    assert (run / "web/static").readlink() == Path("/srv/x")
    assert sorted(p.name for p in (run / "conf").iterdir()) == ["nginx.conf"]


def test_writing_again_replaces_files_and_links(tmp_path):
    for text, target in (("old", "/a"), ("new", "/b")):
        files.write((File(PurePosixPath("f"), text), SymbolicLink(PurePosixPath("l"), target)), tmp_path)

    assert (tmp_path / "f").read_text() == "new"
    assert (tmp_path / "l").readlink() == Path("/b")


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "."])
def test_a_file_set_cannot_leave_its_folder(tmp_path, path):
    with pytest.raises(ValueError, match="stays in its folder"):
        files.write((File(PurePosixPath(path), ""),), tmp_path / "inner")


def test_s43_a_link_on_the_way_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "run/conf").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(MachineError, match="in the way"):
        files.write((File(PurePosixPath("conf/x"), ""),), tmp_path / "run")

    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_s43_a_link_at_the_name_is_replaced_and_its_target_untouched(tmp_path):
    (tmp_path / "target").write_text("precious")
    (tmp_path / "state.json").symlink_to(tmp_path / "target")
    files.write_text(tmp_path / "state.json", "{}")

    assert (tmp_path / "target").read_text() == "precious"
    assert not (tmp_path / "state.json").is_symlink()


def test_r08_a_failed_write_leaves_the_old_file_and_no_leftover(tmp_path):
    files.write_text(tmp_path / "f", "old")
    with pytest.raises(UnicodeEncodeError):
        files.write_text(tmp_path / "f", "\ud800")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="directory"):
        files.write_text(tmp_path / "folder", "text")

    assert (tmp_path / "f").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f", "folder"]


def test_a_link_always_leads_somewhere_while_it_is_replaced(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    link = tmp_path / "link"
    files.replace_link(link, "a")
    seen, done = set(), threading.Event()

    def read():
        while not done.is_set():
            seen.add(link.read_text())

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(200):
        files.replace_link(link, "ab"[number % 2])
    done.set()
    reader.join()

    assert seen <= {"a", "b"}
    assert seen


def test_s40_a_private_folder_gets_its_mode_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        made = files.private_folder(tmp_path / "deep/er/run", 0o750)
    finally:
        os.umask(before)

    assert mode(made) == 0o750
    assert mode(made.parent) == (0o755 if os.geteuid() == 0 else 0o700)
    assert files.private_folder(made, 0o700) == made
    assert mode(made) == 0o700


def test_s43_a_private_folder_is_never_a_link(tmp_path):
    (tmp_path / "target").mkdir(0o700)
    (tmp_path / "run").symlink_to(tmp_path / "target")
    with pytest.raises(MachineError) as caught:
        files.private_folder(tmp_path / "run")

    assert caught.value.saw == "it is a symbolic link"


def test_s43_a_private_folder_is_never_a_file_or_a_pipe(tmp_path):
    (tmp_path / "file").write_text("")
    os.mkfifo(tmp_path / "pipe")
    for name in ("file", "pipe"):
        with pytest.raises(MachineError) as caught:
            files.private_folder(tmp_path / name)
        assert caught.value.saw == "it is not a folder"


@pytest.mark.parametrize("bits", [0o770, 0o707, 0o777])
def test_s43_a_folder_that_others_may_write_to_is_refused_not_repaired(tmp_path, bits):
    folder = tmp_path / "run"
    folder.mkdir()
    folder.chmod(bits)
    with pytest.raises(MachineError) as caught:
        files.private_folder(folder)

    assert mode(folder) == bits
    assert caught.value.hint == f"`chmod go-w {folder}`"


def test_s43_a_parent_with_our_name_is_checked_as_well(tmp_path):
    (tmp_path / "seawall-1000").mkdir()
    (tmp_path / "seawall-1000").chmod(0o777)
    with pytest.raises(MachineError, match="is not private"):
        files.private_folder(tmp_path / "seawall-1000/app")


def test_only_what_is_ours_in_a_folder_is_handed_over(tmp_path):
    require_root("to give a folder away")
    folder = files.private_folder(tmp_path / "run")
    for name in ("conf/nginx.conf", "private/key.pem"):
        (folder / name).parent.mkdir()
        (folder / name).write_text("")
    (folder / "notes.txt").write_text("")
    (folder / "lock").write_text("")

    files.private_folder(folder, owner=(12345, 12346))

    given = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.lstat().st_uid == 12345}
    assert given == {"conf", "conf/nginx.conf", "lock"}


def test_what_root_left_is_handed_over_whole_and_links_are_not_followed(tmp_path):
    require_root("to give a folder away")
    folder = files.private_folder(tmp_path / "run")
    outside = tmp_path / "outside"
    outside.write_text("ours")
    (folder / "conf").mkdir(0o750)
    (folder / "conf/nginx.conf").write_text("events {}")
    (folder / "conf/link").symlink_to(outside)

    files.private_folder(folder, owner=(12345, 12346))

    owners = {(path.lstat().st_uid, path.lstat().st_gid) for path in (folder, *folder.rglob("*"))}
    assert owners == {(12345, 12346)}
    assert outside.stat().st_uid == 0


def test_s43_a_folder_of_another_user_is_refused(tmp_path):
    require_root("to give a folder away")
    folder = tmp_path / "run"
    folder.mkdir(0o750)
    os.chown(folder, 12345, 12345)
    with pytest.raises(MachineError) as caught:
        files.private_folder(folder)

    assert caught.value.saw == "it belongs to user `12345`, and should to `root`"
    assert files.private_folder(folder, owner=(12345, 12345)) == folder


def test_a_private_folder_can_be_made_for_the_user_that_will_serve(tmp_path):
    require_root("to give a folder away")
    made = files.private_folder(tmp_path / "run", 0o750, owner=(12345, 12345))

    assert (made.stat().st_uid, made.stat().st_gid, mode(made)) == (12345, 12345, 0o750)
