"""The app's own interpreter serves it, with the app's Gunicorn where it has one and Seawall's where it has none."""

from __future__ import annotations

import re
from pathlib import Path

import gunicorn
import pytest
from served import ECHO, eventually, from_edge, is_alive, start_server

from environments import environment
from interpreters import interpreter

OURS = str(Path(gunicorn.__file__).parents[1])
LOOKING_AROUND = """
import importlib.util, json, sys
import gunicorn

def is_there(name):
    return importlib.util.find_spec(name) is not None

def app(environ, start_response):
    seen = {name: is_there(name) for name in ("rich", "pytest", "packaging", "environ", "target", "seawall")}
    seen.update(python=sys.version_info[:2], gunicorn=gunicorn.__version__, path=sys.path, argv=len(sys.argv))
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(seen).encode()]
"""
HANGING = """
import os, threading

def app(environ, start_response):
    if environ["PATH_INFO"] == "/hang":
        threading.Event().wait()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]
"""
OLD = [
    ("3.8", "gunicorn==20.1.0", ["setuptools<80"]),
    ("3.8", "gunicorn<24", []),
    ("3.9", "gunicorn<24", []),
    ("3.12", "gunicorn==26.1.0", []),
]


@pytest.fixture(params=OLD, ids=lambda old: f"{old[0]}-{old[1]}")
def old(request):
    minor, wanted, more = request.param
    return str(environment("serve", [wanted, *more], interpreter(minor)))


@pytest.mark.parametrize("minor", ["3.10", "3.12", "3.13"])
def test_an_app_without_a_server_is_served_by_ours_and_sees_nothing_else_of_us(minor):
    python = environment("bare", [], interpreter(minor))
    with start_server(LOOKING_AROUND, python=str(python), server_folder=OURS) as served:
        seen = served.get().json
    assert seen["python"] == [int(part) for part in minor.split(".")]
    assert seen["gunicorn"] == gunicorn.__version__
    hidden = ("rich", "pytest", "packaging", "environ", "target", "seawall")
    assert not [name for name in hidden if seen[name]]
    assert OURS not in seen["path"]
    assert seen["argv"] == 1


def test_the_apps_own_gunicorn_wins():
    python = environment("serve", ["gunicorn<24"], interpreter("3.12"))
    with start_server(LOOKING_AROUND, python=str(python), server_folder=OURS) as served:
        assert served.get().json["gunicorn"] == "23.0.0"


def test_a_file_named_gunicorn_in_the_apps_folder_hides_nothing():
    with start_server(ECHO) as served:
        (served.folder / "gunicorn.py").write_text("workers = 2\n")
        (served.folder / "environ.py").write_text("raise ImportError\n")
        assert served.get().status == 200


def test_gevent_of_the_app_with_our_gunicorn():
    python = environment("serve", ["gevent>=24.10.1"], interpreter("3.12"))
    settings = {"worker_class": "gevent", "threads": 1}
    with start_server(ECHO, python=str(python), server_folder=OURS, settings=settings) as served:
        assert served.get(client="203.0.113.9").json["REMOTE_ADDR"] == "203.0.113.9"


def test_an_older_gunicorn_tells_the_app_the_same(old):
    with start_server(ECHO, python=old, prefix="/a/") as served:
        seen = served.get("/a/x", scheme="https", sent="example.com:8443", X_Forwarded_Ssl="off").json
        assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == ("203.0.113.7", "https")
        assert (seen["HTTP_HOST"], seen["SERVER_PORT"]) == ("example.com:8443", "8443")
        assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == ("/a", "/x")


def test_an_older_gunicorn_leaves_the_socket_in_place(old):
    with start_server(ECHO, python=old) as served:
        assert served.get().status == 200
        served.process.terminate()
        assert served.process.wait(10) == 0
        assert served.socket_path.is_socket()


def test_an_older_gunicorn_is_rid_of_a_hanging_request(old):
    with start_server(HANGING, python=old, kill=0.5, settings={"keepalive": 5}) as served:
        idle = served.ask("GET", "/")
        before = idle.answer().body
        served.ask("GET", "/hang")
        eventually(lambda: not is_alive(int(before)), within=5)
        assert served.get().body != before
        assert re.search(r"GET /hang .* silent", served.log)


def test_an_older_gunicorn_takes_its_workers_along(old):
    with start_server(HANGING, python=old) as served:
        worker = int(served.get().body)
        served.process.kill()
        served.process.wait()
        eventually(lambda: not is_alive(worker), within=2)


def test_s02_c37_an_older_gunicorn_believes_no_header_of_that_name(old):
    edge = "".join(f"{key}: {value}\r\n" for key, value in from_edge().items())
    with start_server(ECHO, python=old) as served:
        answer = served.raw(f"GET /page/x HTTP/1.0\r\n{edge}SCRIPT_NAME: /page\r\n\r\n".encode())
    assert b'"SCRIPT_NAME": ""' in answer
    assert b'"PATH_INFO": "/page/x"' in answer
