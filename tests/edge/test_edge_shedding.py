"""What happens when the app cannot: an answer that broke off is 502, silence 504, no connection 503."""

from __future__ import annotations

import os
import signal
import socket
import threading

import pytest
from backend import App, ok, read_answer
from harness import edge

from seawall.model.values import Duration


@pytest.fixture(scope="module")
def site(build, module_run):
    with edge(build, module_run / "site", time={"deadline": Duration(1), "connect": Duration(1)}) as running:
        yield running


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nX-Half: "])
def test_an_answer_that_broke_off_is_502(site, answer):
    site.app.answers["/crash"] = lambda peer: peer.sendall(answer)
    answer = site.get("/crash")
    assert answer.status == 502
    assert "Retry-After" not in answer.headers


def test_c28_a_request_is_never_sent_twice(site):
    before = len(site.app.requests)
    site.app.answers["/crash"] = lambda _peer: None
    assert site.get("/crash", method="POST", body=b"pay").status == 502
    assert site.get("/crash").status == 502
    assert len(site.app.requests) == before + 2


def test_silence_beyond_the_deadline_is_504(site):
    over = threading.Event()
    site.app.answers["/silent"] = lambda _peer: over.wait(10) and None
    answer = site.get("/silent")
    over.set()
    assert answer.status == 504
    assert answer.headers["Retry-After"] == "5"


def test_p18_an_app_that_is_not_there_is_503(build, run):
    with edge(build, run, app=False) as site:
        answer = site.get("/", "Accept: application/json")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
        assert b'"status": 503' in answer.body
        assert site.get("/", method="POST", body=b"x").status == 503


def test_p18_c27_more_than_the_app_admits_is_shed_with_503(build, run):
    gate = threading.Event()

    def wait(peer):
        gate.wait(10)
        peer.sendall(ok(b"done"))

    with edge(build, run, capacity={"admitted": 2}) as site:
        site.app.answers["/wait"] = wait
        peers = [socket.create_connection(("127.0.0.1", site.port), timeout=10) for _ in range(2)]
        for peer in peers:
            peer.sendall(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
        while len(site.app.requests) < 2:
            gate.wait(0.01)
        answer = site.get("/")
        gate.set()
        assert [read_answer(peer).status for peer in peers] == [200, 200]
        for peer in peers:
            peer.close()
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
        assert site.get("/").status == 200


def test_requests_of_a_killed_edge_worker_are_not_counted_for_ever(build, run):
    gate = threading.Event()
    with edge(build, run, alerts=True, capacity={"admitted": 2}) as site:
        site.app.answers["/wait"] = lambda _peer: gate.wait(10) and None
        peers = [socket.create_connection(("127.0.0.1", site.port), timeout=10) for _ in range(2)]
        for peer in peers:
            peer.sendall(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
        while len(site.app.requests) < 2:
            gate.wait(0.01)
        (worker,) = site.workers
        os.kill(worker, signal.SIGKILL)
        assert site.get("/").status == 200
        gate.set()
        for peer in peers:
            peer.close()


def test_p18_a_full_queue_is_503(build, run):
    with edge(build, run, app=False, capacity={"admitted": 100}) as site:
        full = socket.socket(socket.AF_UNIX)
        full.bind(str(run / "app.sock"))
        (run / "app.sock").chmod(0o777)
        full.listen(0)
        with socket.socket(socket.AF_UNIX) as filler:
            filler.connect(str(run / "app.sock"))
            assert site.get("/").status == 503
        full.close()


def test_a_swap_of_the_link_is_seen_by_the_next_request(build, run):
    with edge(build, run, app=False) as site:
        apps = [App(run / f"g{number}.sock", {"/": ok(f"{number}".encode())}) for number in (1, 2)]
        for number, app in enumerate(apps, 1):
            app.start()
            (run / "next").symlink_to(f"g{number}.sock")
            (run / "next").replace(run / "app.sock")
            assert site.get("/").body == f"{number}".encode()
        for app in apps:
            app.stop()
