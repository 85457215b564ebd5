"""Sizes and times: refused at the edge, with a page, before the app hears of it."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

import pytest
from backend import ok, read_answer
from harness import edge

from seawall.model.values import Duration, Size

LIMIT = 100_000


@pytest.fixture(scope="module")
def site(build, module_run):
    times = {"header": Duration(0.5), "body": Duration(0.5), "keepalive": Duration(0.5)}
    size = {"body": Size(LIMIT), "header_line": Size(16 * 1024), "response_header": Size(16 * 1024)}
    with edge(build, module_run / "site", size=size, time=times) as running:
        yield running


def _chunked(size: int) -> bytes:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"%x\r\n" % size + b"x" * size + b"\r\n0\r\n\r\n"


def _cut_off(peer) -> bool:
    """Tell whether the peer is gone: a connection that timed out is reset, so that nothing is kept for it."""
    try:
        return peer.recv(4096) == b""
    except ConnectionResetError:
        return True


def test_p08_s25_a_body_at_the_limit_passes_and_arrives_with_a_length(site):
    assert site.get("/", method="POST", body=b"x" * LIMIT).status == 200
    assert site.send(_chunked(LIMIT)).status == 200
    assert site.seen.endswith(b"\r\n\r\n" + b"x" * LIMIT)
    assert b"Content-Length: 100000\r\n" in site.seen
    assert b"chunked" not in site.seen


def test_p08_s25_one_byte_more_is_refused_before_it_is_sent(site):
    before = len(site.app.requests)
    lines = b"POST / HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\nContent-Length: %d\r\n\r\n" % (LIMIT + 1)
    answer = site.send(lines)
    assert answer.status == 413
    assert b'"status": 413' in answer.body
    assert site.send(_chunked(LIMIT + 1)).status == 413
    assert len(site.app.requests) == before


def test_s32_p36_c13_a_long_line_is_414_and_a_long_header_431(site):
    before = len(site.app.requests)
    assert site.get("/" + "a" * 17_000).status == 414
    assert site.get("/", "Cookie: " + "a" * 17_000).status == 431
    assert site.get("/", *[f"X-{n}: {'a' * 15_000}" for n in range(6)]).status == 431
    assert len(site.app.requests) == before
    assert site.get("/", *[f"X-{n}: a" for n in range(150)]).status == 431


@pytest.mark.parametrize("size", [3, 7, 9, 15])
def test_p36_cookies_below_the_limit_pass_both_ways(site, size):
    cookie = "a" * size * 1024
    site.app.answers["/cookie"] = ok(b"", f"Set-Cookie: {cookie}")
    answer = site.get("/cookie", f"Cookie: {cookie}")
    assert (answer.status, answer.headers["Set-Cookie"]) == (200, cookie)
    assert cookie.encode() in site.seen


def test_p36_a_long_address_passes(site):
    assert site.get("/" + "a" * 15_000).status == 200


def test_s30_slow_headers_are_cut_off(site):
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as peer:
        peer.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        assert _cut_off(peer)


def test_s30_a_slow_body_is_cut_off_and_never_reaches_the_app(site):
    before = len(site.app.requests)
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as peer:
        peer.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
        assert _cut_off(peer)
    assert len(site.app.requests) == before


def test_p34_a_body_larger_than_memory_is_spooled_in_the_runtime_folder(site):
    assert {path.name for path in (site.run / "temp").iterdir()} >= {"body", "proxy"}
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as peer:
        peer.sendall(
            b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 90000\r\n\r\n" + b"x" * 60_000
        )
        left = 30_000
        while not _spooling(site) and left > 1:
            peer.sendall(b"x")  # slow, and never silent
            left -= 1
        assert _spooling(site)
        peer.sendall(b"x" * left)
        assert peer.recv(12) == b"HTTP/1.1 200"


def _spooling(site) -> bool:
    """Whether a worker holds a file of the spool open; its name is gone from the folder as soon as it is made."""
    for worker in site.workers:
        for descriptor in Path(f"/proc/{worker}/fd").iterdir():
            with contextlib.suppress(OSError):
                if os.readlink(descriptor).startswith(f"{site.run}/temp/body/"):
                    return True
    return False


def test_keep_alive_of_a_client_ends_when_it_is_idle(site):
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as peer:
        for _ in range(2):
            peer.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert read_answer(peer).status == 200
        assert peer.recv(4096) == b""


def test_expect_is_answered_by_the_edge(site):
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as peer:
        peer.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        assert peer.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        peer.sendall(b"hello")
        assert read_answer(peer).status == 200
    assert b"Expect" not in site.seen
