"""Answers pass through as the app made them; only an event stream is marked."""

from __future__ import annotations

import contextlib
import http.client

import pytest
from served import eventually, start_server

ANSWERS = """
import os, sys, tempfile
from gunicorn.http import wsgi

sent = []
plain = wsgi.Response.sendfile
wsgi.Response.sendfile = lambda self, answer: sent.append(plain(self, answer)) or sent[-1]

class Closing:
    def __init__(self, chunks):
        self.chunks = iter(chunks)
    def __iter__(self):
        return self
    def __next__(self):
        return next(self.chunks)
    def close(self):
        with open("ledger", "a") as file:
            file.write("closed\\n")

def endless():
    while True:
        yield b"x" * 65536

def broken():
    yield b"half"
    raise RuntimeError("later")

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/events":
        start_response("200 OK", [("content-type", "text/event-stream; charset=utf-8")])
        return [b"data: 1\\n\\n"]
    if path == "/own":
        start_response("200 OK", [("Content-Type", "text/event-stream"), ("x-accel-buffering", "yes")])
        return [b"data: 1\\n\\n"]
    if path == "/file":
        file = tempfile.TemporaryFile()
        file.write(b"content" * 1000)
        file.seek(0)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return environ["wsgi.file_wrapper"](file)
    if path == "/sent":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [repr(sent).encode()]
    if path == "/write":
        start_response("200 OK", [("Content-Type", "text/plain")])(b"written ")
        return [b"returned"]
    if path == "/early":
        raise RuntimeError("before the headers")
    if path == "/caught":
        start_response("200 OK", [("Content-Type", "text/plain")])
        try:
            raise RuntimeError("replaced")
        except RuntimeError:
            start_response("503 Busy", [("Content-Type", "text/plain")], sys.exc_info())
        return [b"busy"]
    if path == "/late":
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "100")])
        return broken()
    if path == "/endless":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return Closing(endless())
    if path in ("/204", "/304"):
        start_response(path[1:] + " Fine", [])
        return Closing([])
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
    return Closing([b"page"] if environ["REQUEST_METHOD"] != "HEAD" else [])
"""


@pytest.fixture(scope="module")
def answers():
    with start_server(ANSWERS) as served:
        yield served


def test_p26_an_event_stream_is_marked_for_the_edge(answers):
    assert answers.get("/events").headers["X-Accel-Buffering"] == "no"


def test_p26_the_apps_own_mark_stands(answers):
    assert answers.get("/own").headers.get_all("X-Accel-Buffering") == ["yes"]


def test_p26_other_answers_are_not_marked(answers):
    assert "X-Accel-Buffering" not in answers.get("/").headers


def test_a_file_is_still_sent_by_the_kernel(answers):
    assert answers.get("/file").body == b"content" * 1000
    assert answers.get("/sent").body.endswith(b"True]")


def test_the_write_callable_works(answers):
    assert answers.get("/write").body == b"written returned"


def test_head_has_the_length_and_no_body(answers):
    answer = answers.get("/", method="HEAD")
    assert (answer.status, answer.headers["Content-Length"], answer.body) == (200, "4", b"")


@pytest.mark.parametrize("status", [204, 304])
def test_answers_without_a_body_have_none(answers, status):
    answer = answers.get(f"/{status}")
    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (status, b"", None)


def test_an_exception_before_the_headers_is_a_500(answers):
    assert answers.get("/early").status == 500


def test_exc_info_replaces_an_answer_that_was_not_sent(answers):
    assert answers.get("/caught").status == 503


def test_an_exception_after_the_headers_cuts_the_answer(answers):
    with pytest.raises(http.client.IncompleteRead):
        answers.get("/late")


def test_a_client_that_leaves_early_still_closes_the_answer():
    with start_server(ANSWERS) as served:
        with contextlib.closing(served.ask("GET", "/endless")) as connection:
            assert connection.sock.recv(100)
        assert eventually(lambda: served.ledger) == ["closed"]


def test_the_answer_is_closed_once_it_is_sent():
    with start_server(ANSWERS) as served:
        assert served.get("/").body == b"page"
        assert eventually(lambda: served.ledger) == ["closed"]
