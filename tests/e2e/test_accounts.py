"""Started by root, every command that runs the app does so as the account that would serve it."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from seawall.doing import privileges
from tools import missing

SOURCE = str(Path(privileges.__file__).parents[2])

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")

TELLING = """
import os
open("/{folder}/seen-" + str(os.geteuid()), "w").close()

def app(environ, start_response):
    start_response("200 OK", [])
    return [b""]
"""


@pytest.fixture
def place(short_folder):
    nobody = pwd.getpwnam("nobody")
    app = short_folder / "app"
    app.mkdir()
    (app / "app.py").write_text(TELLING.format(folder=app))
    short_folder.chmod(0o755)
    os.chown(app, nobody.pw_uid, nobody.pw_gid)
    return app


def reachable_python():
    """Find an interpreter that an unprivileged account may run: the tests' own may lie in root's home."""
    nobody = privileges.lookup("nobody")
    for path in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        recent = (path, "-c", "import sys; sys.exit(sys.version_info < (3, 11))")
        if (
            Path(path).exists()
            and not privileges.closed_parent(path, nobody)
            and subprocess.run(recent, check=False).returncode == 0
        ):
            return path
    return missing("an interpreter that an unprivileged account may run")


def seawall(*arguments, cwd):
    libraries = os.pathsep.join(path for path in sys.path if "site-packages" in path)
    env = {**os.environ, "PYTHONPATH": f"{SOURCE}{os.pathsep}{libraries}"}
    argv = [reachable_python(), "-m", "seawall", *arguments]
    return subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def seen(folder):
    return {path.name for path in folder.glob("seen-*")}


def test_plan_looks_as_the_account_that_would_serve_and_names_it(place):
    done = seawall("plan", cwd=place)

    assert done.returncode == 0, done.stderr
    assert seen(place) == {f"seen-{pwd.getpwnam('nobody').pw_uid}"}
    assert "owner of the app's folder; root is given up" in " ".join(done.stdout.split())


def test_render_looks_and_writes_as_the_account_that_would_serve(place):
    out = place.parent / "out"
    done = seawall("render", "local", "--to", str(out), cwd=place)

    assert done.returncode == 0, done.stderr
    uid = pwd.getpwnam("nobody").pw_uid
    assert seen(place) == {f"seen-{uid}"}
    assert "nobody" in done.stderr
    assert "user root" not in (out / "conf/nginx.conf").read_text()
    assert {path.lstat().st_uid for path in (out, out / "conf", out / "conf/nginx.conf")} == {uid}


def test_render_refuses_a_folder_that_the_account_cannot_reach(place):
    closed = place.parent / "closed"
    closed.mkdir(0o700)
    done = seawall("render", "local", "--to", str(closed / "out"), cwd=place)

    assert done.returncode == 6
    assert f"saw `{closed}` may not be entered by it" in done.stderr
    assert seen(place) == set()
