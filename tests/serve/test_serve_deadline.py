"""A request that has fallen silent costs its worker, and nothing else."""

from __future__ import annotations

import contextlib
import http.client
import re
import signal

import pytest
from served import eventually, from_edge, is_alive, start_server

KILL = 0.6
APP = """
import gc, os, time, threading
from concurrent.futures import ThreadPoolExecutor

def answer(start_response, *body):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return body

def note(word):
    with open("ledger", "a") as file:
        file.write(word + "\\n")

def ticks(pause, count):
    for _ in range(count):
        time.sleep(pause)
        yield b"tick "

def then_silent():
    yield b"one "
    hang_for_ever()

def hang_for_ever():
    threading.Event().wait()

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/hang":
        note(environ["QUERY_STRING"] or "hung")
        hang_for_ever()
    if path == "/lock":
        pools = [thing for thing in gc.get_objects() if type(thing) is ThreadPoolExecutor]
        pools[0]._shutdown_lock.acquire()
        note("locked")
        hang_for_ever()
    if path == "/silent":
        return answer(start_response, b"") and then_silent()
    if path == "/slow":
        note("slow")
        time.sleep(1.0)
        return answer(start_response, str(os.getpid()).encode())
    if path == "/stream":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return ticks(0.2, 1000 if environ["QUERY_STRING"] else 8)
    if path == "/big":
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(1 << 24))])
        return [b"x" * (1 << 24)]
    if path == "/file":
        with open("big", "wb") as file:
            file.write(b"x" * (1 << 24))
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(1 << 24))])
        return environ["wsgi.file_wrapper"](open("big", "rb"))
    if path == "/upload":
        return answer(start_response, str(len(environ["wsgi.input"].read())).encode())
    if path == "/socket":
        time.sleep(1.6)
        return answer(start_response, b"closed")
    return answer(start_response, str(os.getpid()).encode())
"""


def serve(*, kill=KILL, drain=5.0, **settings: object):
    return start_server(APP, kill=kill, drain=drain, settings={"threads": 2, **settings})


def two_on_one_worker(served):
    """Return two kept-alive connections to the same worker."""
    kept = {}
    while True:
        connection = served.ask("GET", "/")
        worker = connection.answer().body
        if worker in kept:
            return kept[worker], connection
        kept[worker] = connection


def expect_cut(connection):
    """Expect an end without an answer; the edge has said 504 by then."""
    with contextlib.closing(connection), pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        connection.answer()


def test_p10_r19_a_hanging_request_replaces_its_worker():
    with serve() as served:
        before = served.get().body
        expect_cut(served.ask("POST", "/hang?order-1", body=b"", id="abc"))
        after = served.get().body
        assert before != after
        assert not is_alive(int(before))
        assert served.ledger == ["order-1"]


def test_p09_r19_the_log_names_the_request_and_where_it_stood():
    with serve() as served:
        expect_cut(served.ask("POST", "/hang?secret=1", body=b"", id="abc"))
        line = r"seawall: POST /hang \(request abc\) has been silent for (\d\.\d) s, so worker \d+ is replaced"
        seconds = eventually(lambda: re.search(line, served.log))[1]
        assert KILL <= float(seconds) <= KILL + 0.5
        assert "in hang_for_ever" in served.log
        assert "secret" not in served.log
        assert "WORKER TIMEOUT" not in served.log


def test_r19_all_threads_hang_and_the_site_comes_back():
    with serve(worker_connections=2) as served:
        hanging = [served.ask("GET", "/hang?a"), served.ask("GET", "/hang?b")]
        eventually(lambda: len(served.ledger) == 2)
        assert served.get().status == 200
        for connection in hanging:
            expect_cut(connection)
        assert sorted(served.ledger) == ["a", "b"]


def test_r19_a_request_under_way_is_answered_after_the_worker_was_given_up():
    with serve(kill=1.5) as served:
        before = served.get().body
        hanging = served.ask("GET", "/hang")
        eventually(lambda: served.ledger == ["hung"])
        # The first passes the time, so that the second is under way when patience with the hanging one ends.
        assert served.get("/slow").body == before
        assert served.get("/slow").body == before
        assert "silent" in served.log
        expect_cut(hanging)
        assert served.get().body != before


def test_r19_a_stream_is_waited_for_while_another_worker_accepts():
    with serve(workers=2, keepalive=30) as served:
        stream, hanging = two_on_one_worker(served)
        hanging.ask("GET", "/hang", from_edge())
        stream.ask("GET", "/stream", from_edge())
        assert stream.answer().body == b"tick " * 8
        assert "silent" in served.log
        expect_cut(hanging)


def test_r19_a_stream_does_not_keep_an_only_worker_from_its_replacement():
    with serve(drain=30.0) as served:
        before = served.get().body
        stream = served.ask("GET", "/stream?endless")
        expect_cut(served.ask("GET", "/hang"))
        assert served.get().body != before
        with contextlib.closing(stream), pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            stream.answer()


def test_r19_idle_connections_do_not_hold_the_replacement_up():
    with serve(keepalive=30) as served, contextlib.closing(served.ask("GET", "/")) as idle:
        before = idle.answer().body
        expect_cut(served.ask("GET", "/hang"))
        assert served.get().body != before


def test_r19_draining_ends():
    with serve(drain=0.5) as served:
        before = int(served.get().body)
        stream = served.ask("GET", "/stream")
        hanging = served.ask("GET", "/hang")
        expect_cut(hanging)
        with contextlib.closing(stream), pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            stream.answer()
        eventually(lambda: not is_alive(before))


def test_c02_a_stream_that_falls_silent_is_ended():
    with serve() as served:
        stream = served.ask("GET", "/silent")
        with contextlib.closing(stream), pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            stream.answer()
        assert served.get().status == 200


def test_c03_a_stream_that_keeps_sending_lives_on():
    with serve() as served:
        before = served.get().body
        assert served.get("/stream").body == b"tick " * 8
        assert served.get().body == before


@pytest.mark.parametrize("path", ["/big", "/file"])
def test_c04_a_slow_reader_is_the_edges_business(path):
    with serve(threads=1) as served:
        before = served.get().body
        with contextlib.closing(served.ask("GET", path)) as connection:
            # Longer than the deadline without a byte taken; the kernel's buffer is far smaller than the answer.
            with pytest.raises(AssertionError):
                eventually(lambda: "silent" in served.log, within=2 * KILL)
            assert len(connection.answer().body) == 1 << 24
        assert served.get().body == before


def test_c18_a_slow_upload_is_the_edges_business():
    with serve() as served, contextlib.closing(served.connect()) as connection:
        connection.sock.sendall(b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx")
        with pytest.raises(AssertionError):
            eventually(lambda: "silent" in served.log, within=2 * KILL)
        connection.sock.sendall(b"y")
        assert connection.sock.recv(4096).startswith(b"HTTP/1.1 200")


def test_c09_an_upgraded_connection_has_no_deadline():
    with serve() as served:
        assert served.get("/socket", Upgrade="websocket", Connection="upgrade").body == b"closed"


def test_r19_a_sync_worker_is_replaced_too():
    with serve(worker_class="sync", threads=1) as served:
        before = served.get().body
        expect_cut(served.ask("POST", "/hang?order-1", body=b""))
        assert served.get().body != before
        assert served.ledger == ["order-1"]


@pytest.mark.parametrize("path", ["/hang", "/lock"])
@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGINT])
def test_r07_quitting_waits_for_nothing(path, number):
    # `/lock` holds what Gunicorn's main thread may hold itself when the signal interrupts it.
    with serve(kill=30.0) as served:
        worker = int(served.get().body)
        served.ask("GET", path)
        eventually(lambda: served.ledger)
        served.process.send_signal(number)
        eventually(lambda: not is_alive(worker), within=1.5)
        assert served.process.wait(2) == 0
