"""What the user has in a folder stays there: only a folder of our own is filled, replaced and handed over."""

from __future__ import annotations

import os
import stat

import pytest

from e2e.site import seawall, up
from seawall.doing import runfolder
from seawall.errors import MachineError
from seawall.model.runfolder import is_ours


def everything(folder):
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def start(command, folder, cwd):
    arguments = {"up": ("up", "--run-dir", str(folder)), "render": ("render", "local", "--to", str(folder))}
    return seawall(*arguments[command], cwd=cwd)


@pytest.mark.parametrize("command", ["up", "render"])
@pytest.mark.parametrize("files", [("web/index.html", "conf/nginx.conf"), ("lock", "notes.txt")])
def test_a_folder_with_files_of_the_user_is_refused_and_stays_as_it_is(hello, short_folder, command, files):
    for name in files:
        (short_folder / name).parent.mkdir(exist_ok=True)
        (short_folder / name).write_text("precious")
    before = everything(short_folder)
    done = start(command, short_folder, hello)

    assert done.returncode == 6
    assert "error: the folder for the site's own files is not empty, and not Seawall's\n" in done.stderr
    assert f"  at {short_folder}\n" in done.stderr
    assert "\nhint: name a folder that is empty or not there yet" in done.stderr
    assert everything(short_folder) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a folder away")
def test_root_does_not_give_the_users_files_away(short_folder):
    (short_folder / "key.pem").write_text("secret")
    with pytest.raises(MachineError, match="not Seawall's"):
        runfolder.make(short_folder, owner=(12345, 12345))

    assert (short_folder.stat().st_uid, (short_folder / "key.pem").stat().st_uid) == (0, 0)


def test_a_folder_of_ours_is_taken_again_and_keeps_what_was_put_beside(hello, short_folder):
    folder = short_folder / "site"

    assert start("render", folder, hello).returncode == 0
    (folder / "notes.txt").write_text("mine")
    assert start("render", folder, hello).returncode == 0
    with up(cwd=hello, run=folder) as site:
        assert site.get("/").status == 200
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_run_folder_from_before_the_marker_is_taken(hello, short_folder):
    with up(cwd=hello, run=short_folder):
        assert [path.name for path in short_folder.iterdir() if not is_ours(path.name)] == []
    assert [path.name for path in short_folder.iterdir() if not is_ours(path.name)] == []
    (short_folder / ".seawall").unlink()
    with up(cwd=hello, run=short_folder) as site:
        assert site.get("/").status == 200


def test_files_are_not_rendered_into_the_folder_of_a_running_site(hello, short_folder):
    with up(cwd=hello, run=short_folder) as site:
        before = (short_folder / "conf/nginx.conf").stat()
        done = start("render", short_folder, hello)

        assert done.returncode != 0
        assert f"already running: pid {site.process.pid}" in done.stderr
        assert (short_folder / "conf/nginx.conf").stat() == before


def test_s40_what_the_app_writes_is_not_for_everybody(hello, short_folder, until):
    with (hello / "app.py").open("a") as file:
        file.write("print('said', flush=True)\n")
    with up(cwd=hello, run=short_folder):
        until((short_folder / "log/app.log").exists)

        assert stat.S_IMODE((short_folder / "log/app.log").stat().st_mode) & 0o027 == 0
