"""A gevent worker serves an app that patches on import; the deadline leaves it to Gunicorn."""

from __future__ import annotations

import contextlib

import pytest
from served import eventually, start_server

from tools import require_module


@pytest.fixture(autouse=True)
def _gevent():
    require_module("gevent")


PATCHED = """
from gevent import monkey
monkey.patch_all()
import json, time

def app(environ, start_response):
    if environ["PATH_INFO"] == "/wait":
        with open("ledger", "a") as file:
            file.write("waiting\\n")
        time.sleep(0.8)
    start_response("200 OK", [("Content-Type", "text/event-stream")])
    names = ("REMOTE_ADDR", "HTTP_HOST", "wsgi.url_scheme", "SERVER_PORT", "SCRIPT_NAME", "PATH_INFO")
    return [json.dumps({name: environ[name] for name in names}).encode()]
"""


@pytest.fixture(scope="module")
def patched():
    settings = {"worker_class": "gevent", "threads": 1, "worker_connections": 50}
    with start_server(PATCHED, settings=settings, kill=0.3, prefix="/a/") as served:
        yield served


def test_the_environ_is_the_edges_there_too(patched):
    answer = patched.get("/a/x", scheme="https", sent="example.com:8443", client="203.0.113.9")
    assert answer.json == {
        "REMOTE_ADDR": "203.0.113.9",
        "HTTP_HOST": "example.com:8443",
        "wsgi.url_scheme": "https",
        "SERVER_PORT": "8443",
        "SCRIPT_NAME": "/a",
        "PATH_INFO": "/x",
    }
    assert answer.headers["X-Accel-Buffering"] == "no"


def test_requests_wait_side_by_side_past_the_deadline_of_threads(patched):
    waiting = [patched.ask("GET", "/a/wait") for _ in range(10)]
    eventually(lambda: len(patched.ledger) == 10)
    with contextlib.ExitStack() as stack:
        for connection in waiting:
            stack.callback(connection.close)
        assert {connection.answer().status for connection in waiting} == {200}
    assert "silent" not in patched.log


def test_it_stops_when_it_is_told_to():
    settings = {"worker_class": "gevent", "threads": 1, "worker_connections": 50}
    with start_server(PATCHED, settings=settings) as served:
        assert served.get().status == 200
        served.process.terminate()
        assert served.process.wait(10) == 0
