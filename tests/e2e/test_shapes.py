"""Shapes that real apps have, each started for real: entry points, static prefixes, imports, redirects, methods."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from e2e.site import free_port, seawall, up
from e2e.strangers import Activated, activated, from_edge, served
from environments import environment
from interpreters import interpreter
from seawall.doing import identity
from tools import require_linux

APPS = Path(__file__).parents[1] / "apps"
FRAMEWORKS = ["flask", "django", "bottle", "falcon", "pyramid", "PasteDeploy", "gevent", "whitenoise"]


@pytest.fixture
def frameworks() -> Activated:
    """The environment in which the detection tests probe the same apps."""
    return activated("frameworks", FRAMEWORKS, [])


@pytest.fixture
def plain() -> Activated:
    """An environment with nothing in it, of another minor than ours when there is one."""
    return activated("bare", [], ["3.12", "3.13", "3.10"])


@pytest.fixture
def project(tmp_path):
    """A copy of one of the apps, in a folder that may be written to."""

    def copy(name: str) -> Path:
        return Path(shutil.copytree(APPS / name, tmp_path / name))

    return copy


# Entry points


def test_a_paste_deploy_file(frameworks, project, short_folder):
    with served(frameworks, "production.ini#other", cwd=project("paste-ini"), run=short_folder / "run") as site:
        assert site.get("/").text == "other"


def test_a_pyramid_app_with_two_static_views(frameworks, project, short_folder):
    folder = project("pyramid")
    with served(frameworks, cwd=folder, run=short_folder / "run") as site:
        assert site.get("/about").text == "ok"
        from_edge(site, "/static/a.css", folder / "shop" / "static" / "a.css")
        from_edge(site, "/++resource++logo/logo.svg", folder / "shop" / "logo" / "logo.svg")


def test_a_bottle_app_with_a_catch_all(frameworks, project, short_folder):
    with served(frameworks, cwd=project("bottle"), run=short_folder / "run") as site:
        assert site.get("/ping").text == "pong"
        assert site.get("/whatever.css").text == "the wrong page"


def test_a_falcon_app_with_a_static_route(frameworks, project, short_folder):
    folder = project("falcon")
    with served(frameworks, cwd=folder, run=short_folder / "run") as site:
        assert site.get("/health").text == "ok"
        from_edge(site, "/files/a.txt", folder / "files" / "a.txt")


def test_a_file_whose_server_is_the_callable(frameworks, project, short_folder):
    folder = project("dash-server")
    with (folder / "main.py").open("a") as file:
        file.write('\n\n@server.get("/")\ndef front():\n    return "charts"\n')
    with served(frameworks, cwd=folder, run=short_folder / "run") as site:
        assert site.get("/").text == "charts"


CHERRYPY = """
import cherrypy


class Root:
    @cherrypy.expose
    def index(self):
        return "harbour"

    @cherrypy.expose
    def take(self, name, file):
        return "%s: %d bytes" % (name, len(file.file.read()))


cherrypy.config.update({"environment": "embedded", "log.screen": True})
cherrypy.tree.mount(Root(), "/")
application = cherrypy.tree
"""


def test_a_cherrypy_tree_is_plain_wsgi(tmp_path, short_folder):
    from e2e.visitor import multipart

    shell = activated("cherrypy", ["cherrypy"], ["3.12", "3.13"])
    (tmp_path / "harbour.py").write_text(CHERRYPY)
    with served(shell, "harbour:application", cwd=tmp_path, run=short_folder / "run") as site:
        assert site.get("/").text == "harbour"
        body, kind = multipart({"name": "chart"}, {"file": ("chart.bin", b"\x00" * 200_000)})
        assert site.ask("POST", "/take", body=body, headers=kind).text == "chart: 200000 bytes"


# Static prefixes

PREFIXES = """
from flask import Blueprint, Flask

app = Flask(__name__, static_url_path="", static_folder="public")
for number, (url, folder) in enumerate([
    ("/chrome/common", "chrome"),
    ("/++resource++logo", "logo"),
    ("/js", "web/js"),
    ("/js/vendor", "web/vendor"),
    ("/later", "later"),
    ("/d%C3%A9j%C3%A0 vu", "plain"),
]):
    app.register_blueprint(Blueprint(f"b{number}", __name__, static_url_path=url, static_folder=folder))


@app.get("/")
def front():
    return "front"


@app.get("/harbour")
def harbour():
    return "harbour"


@app.errorhandler(404)
def missing(error):
    return "the app has no such page", 404
"""


def test_static_prefixes_met_in_the_field(frameworks, tmp_path, short_folder):
    files = {
        "/chrome/common/a.css": "chrome/a.css",
        "/++resource++logo/logo.svg": "logo/logo.svg",
        "/js/app.js": "web/js/app.js",
        "/js/vendor/lib.js": "web/vendor/lib.js",
        "/robots.txt": "public/robots.txt",
        "/img/deep/er.png": "public/img/deep/er.png",
    }
    (tmp_path / "app.py").write_text(PREFIXES)
    for url, name in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"the file of {url}")
    (tmp_path / "public" / ".env").write_text("SECRET=1")
    with served(frameworks, cwd=tmp_path, run=short_folder / "run") as site:
        assert site.get("/").text == "front"
        for url, name in files.items():
            from_edge(site, url, tmp_path / name)
        assert site.get("/harbour").text == "harbour"
        assert site.get("/nowhere").text == "the app has no such page"
        assert "SECRET" not in site.get("/.env").text

        # A folder that a build makes afterwards.
        assert site.get("/later/x.css").text == "the app has no such page"
        (tmp_path / "later").mkdir()
        (tmp_path / "later" / "x.css").write_text("built")
        from_edge(site, "/later/x.css", tmp_path / "later" / "x.css")


def test_a_catch_all_does_not_pass_for_a_static_file(frameworks, project, short_folder):
    folder = project("flask-catch-all")
    with served(frameworks, cwd=folder, run=short_folder / "run") as site:
        from_edge(site, "/static/site.css", folder / "static" / "site.css")
        assert site.get("/static-not/site.css").text == "the wrong page"


# Imports and the probe


def test_an_app_whose_unknown_urls_block_comes_up_quickly(frameworks, project, short_folder):
    """They block for 30 s, and nothing that Seawall asks is unknown to the app."""
    started = time.monotonic()
    with served(frameworks, cwd=project("unknown-blocks"), run=short_folder / "run") as site:
        assert time.monotonic() - started < 20
        assert site.get("/about").text == "about"


def test_an_import_of_four_seconds_is_waited_for_with_progress(plain, project, short_folder):
    """Four, to keep the suite quick; twenty below, on their own."""
    with served(plain, cwd=project("slow-import"), run=short_folder / "run", env={"SLOW_IMPORT": "4"}) as site:
        assert site.get("/").text == "hello"
        assert [line for line in site.lines if line.startswith("importing `app.py` (2 s)")]
        assert [line for line in site.lines if line.startswith("starting the app (2 s)")]


@pytest.mark.serial
def test_an_import_of_twenty_seconds_is_waited_for_with_progress(plain, project, short_folder):
    """Longer than the server's own patience with a silent worker, too, which follows from the deadline."""
    env = {"SLOW_IMPORT": "20", **plain.env}
    folder = project("slow-import")
    with up("--deadline", "2s", cwd=folder, run=short_folder / "run", env=env, wait=90) as site:
        assert site.get("/").text == "hello"
        assert [line for line in site.lines if line.startswith("importing `app.py` (19 s)")]
        assert [line for line in site.lines if line.startswith("starting the app (19 s)")]
        assert "starting it again" not in site.said


IMPORTED = """
import os

with open("imports", "a") as file:
    file.write(f"{os.getpid()}\\n")


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
"""


def test_the_probe_imports_once_and_each_worker_once(plain, tmp_path, short_folder, until):
    (tmp_path / "app.py").write_text(IMPORTED)

    def imports() -> list[int]:
        return [int(line) for line in (tmp_path / "imports").read_text().split()]

    with served(plain, cwd=tmp_path, run=short_folder / "run") as site:
        workers = site.status()["server"]["workers"]
        until(lambda: set(workers) <= set(imports()), what="a worker did not import")
        assert len(imports()) == len(workers) + 1
        [probe] = set(imports()) - set(workers)
        assert identity.identify(probe) is None


DAEMON = """
import os, signal, threading

if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with open("daemons", "a") as file:
        file.write(f"{os.getpid()}\\n")
    threading.Event().wait(300)
    os._exit(0)


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
"""


def test_the_probe_leaves_no_daemon_behind(plain, tmp_path, short_folder):
    """The import forks twice, into a session of its own, and ignores TERM."""
    require_linux("orphans are handed to the subreaper")
    # The import waits for its daemon, so that there is one to be left behind.
    (tmp_path / "app.py").write_text(DAEMON + "\nwhile not os.path.exists('daemons'):\n    os.sched_yield()\n")
    done = seawall("plan", "--run-dir", str(short_folder / "run"), cwd=tmp_path, env=plain.env)
    assert done.returncode == 0, done.stderr
    daemons = [int(line) for line in (tmp_path / "daemons").read_text().split()]
    assert len(daemons) == 1
    assert identity.identify(daemons[0]) is None


def test_a_daemon_of_the_app_does_not_outlive_the_site(plain, tmp_path, short_folder):
    require_linux("orphans are handed to the subreaper")
    (tmp_path / "app.py").write_text(DAEMON)
    with served(plain, cwd=tmp_path, run=short_folder / "run") as site:
        assert site.get("/").text == "hello"
        assert site.stop() == 0
    daemons = [int(line) for line in (tmp_path / "daemons").read_text().split()]
    assert daemons
    assert [pid for pid in daemons if identity.identify(pid)] == []


# Requests


def test_methods_beyond_the_browsers_reach_the_app(plain, project, short_folder):
    with served(plain, cwd=project("methods"), run=short_folder / "run") as site:
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "PROPPATCH", "MKCOL", "REPORT", "QUERY"):
            answer = site.ask(method, "/calendar/", body=b"<x/>")
            assert (answer.status, answer.text) == (200, method)


def test_absolute_redirects_lead_back_to_this_site(plain, project, short_folder):
    with served(plain, cwd=project("absolute-redirect"), run=short_folder / "run") as site:
        assert site.get("/").headers["Location"] == f"http://127.0.0.1:{site.port}/there"
        asked = {"Host": f"localhost:{site.port}", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
        assert site.get("/", headers=asked).headers["Location"] == f"http://localhost:{site.port}/there"


# Servers

GEVENT = """
from gevent import monkey

monkey.patch_all()

import time

from flask import Flask

app = Flask(__name__)


@app.route("/")
def front():
    return "front"


@app.route("/wait")
def wait():
    time.sleep(1)
    return type(time.sleep).__module__ + time.sleep.__module__
"""


def test_a_gevent_patched_app_answers_many_at_once(frameworks, tmp_path, short_folder):
    (tmp_path / "app.py").write_text(GEVENT)
    with served(frameworks, cwd=tmp_path, run=short_folder / "run") as site:
        assert "(gevent)" in site.said
        with ThreadPoolExecutor(12) as visitors:
            started = time.monotonic()
            answers = list(visitors.map(lambda _: site.get("/wait"), range(12)))
            assert time.monotonic() - started < 6
        assert [answer.status for answer in answers] == [200] * 12
        assert "gevent" in answers[0].text


def test_an_eventlet_patched_app_answers_by_the_gunicorn_that_still_can(tmp_path, short_folder):
    """Gunicorn has no worker for eventlet from 26 on, and no other worker ever answers such an app."""
    patched = GEVENT.replace(
        "from gevent import monkey\n\nmonkey.patch_all()", "import eventlet\n\neventlet.monkey_patch()"
    )
    (tmp_path / "app.py").write_text(patched)
    without = activated("eventlet", ["flask", "eventlet"], ["3.12", "3.13"])
    run = str(short_folder / "run")
    done = seawall("up", "--port", str(free_port()), "--run-dir", run, cwd=tmp_path, env=without.env)
    assert done.returncode != 0
    assert f"{without.python} -m pip install 'gunicorn<26'" in done.stderr

    shell = activated("eventlet", ["flask", "eventlet", "gunicorn<26"], ["3.12", "3.13"])
    with served(shell, cwd=tmp_path, run=short_folder / "run") as site:
        assert "(eventlet)" in site.said
        with ThreadPoolExecutor(12) as visitors:
            started = time.monotonic()
            answers = list(visitors.map(lambda _: site.get("/wait"), range(12)))
            assert time.monotonic() - started < 6
        assert [answer.status for answer in answers] == [200] * 12


@pytest.mark.parametrize("minor", ["3.8", "3.9"])
def test_an_old_python_with_a_gunicorn_of_its_time(minor, tmp_path, short_folder):
    shell = Activated(environment("old", ["flask", "gunicorn<24"], interpreter(minor)))
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.css").write_text("a {}")
    (tmp_path / "app.py").write_text(
        "import sys\n\nfrom flask import Flask, request\n\napp = Flask(__name__)\n\n\n"
        '@app.post("/")\ndef front():\n    return "%d.%d " % sys.version_info[:2] + request.form["name"]\n'
    )
    with served(shell, cwd=tmp_path, run=short_folder / "run") as site:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert site.ask("POST", "/", body=b"name=old", headers=form).text == f"{minor} old"
        from_edge(site, "/static/a.css", tmp_path / "static" / "a.css")


def test_an_old_python_without_a_server_is_told_the_one_command(project, short_folder):
    shell = Activated(environment("bare", [], interpreter("3.8")))
    run = str(short_folder / "run")
    done = seawall("up", "--port", str(free_port()), "--run-dir", run, cwd=project("methods"), env=shell.env)
    assert done.returncode != 0
    assert "Python 3.8" in done.stderr
    assert f"{shell.python} -m pip install 'gunicorn<24'" in done.stderr.splitlines()[-1]
