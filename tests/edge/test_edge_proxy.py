"""What passes between edge and app: buffering, streams, upgrades, and what happens when the app cannot."""

from __future__ import annotations

import socket
import threading
import zlib

import pytest
from backend import header, ok, read_answer
from harness import edge, readable

from seawall.model.values import Duration, Size


@pytest.fixture(scope="module")
def site(build, module_run):
    time = {"deadline": Duration(1), "connect": Duration(1)}
    size = {"response_header": Size(16 * 1024), "spool": Size(64 * 1024 * 1024)}
    with edge(build, module_run / "site", time=time, size=size) as running:
        yield running


def test_p19_c24_no_connection_to_the_app_is_kept(site):
    before = (len(site.app.requests), site.app.connections)
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as peer:
        for _ in range(5):
            peer.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert read_answer(peer).status == 200
            assert header(site.seen, "connection") == "close"
    assert (len(site.app.requests), site.app.connections) == (before[0] + 5, before[1] + 5)


@pytest.mark.parametrize("hop", ["Keep-Alive: 5", "TE: trailers", "Proxy-Connection: keep-alive", "Upgrade: h2c"])
def test_hop_by_hop_headers_stop_here(site, hop):
    site.get("/", hop)
    assert header(site.seen, hop.split(":")[0].lower()) is None


def test_c20_the_app_is_spoken_to_in_http_1_1(site):
    assert site.send(b"GET / HTTP/1.0\r\nHost: a\r\n\r\n").status == 200
    assert site.seen.startswith(b"GET / HTTP/1.1\r\n")


@pytest.mark.parametrize("value", ["h2c", "websocket, h2c", "h2c, websocket", "TLS/1.0", "websocketx", "foo"])
def test_s11_no_other_upgrade_is_passed_on(site, value):
    site.app.answers["/up"] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as peer:
        lines = f"GET /up HTTP/1.1\r\nHost: a\r\nUpgrade: {value}\r\nConnection: Upgrade, HTTP2-Settings\r\n"
        peer.sendall(f"{lines}HTTP2-Settings: AAMAAABk\r\nConnection: close\r\n\r\n".encode())
        received = peer.recv(65536)
    assert header(site.seen, "upgrade") is None
    assert header(site.seen, "connection") == "close"
    assert b"\r\n\r\nPRI" not in received


@pytest.mark.parametrize("word", ["websocket", "WebSocket"])
def test_p27_a_websocket_upgrade_passes_and_bytes_flow(site, word):
    def talk(peer):
        peer.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        peer.sendall(b"<" + peer.recv(100) + b">")

    site.app.answers["/ws"] = talk
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as peer:
        peer.sendall(
            f"GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: {word}\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n".encode()
        )
        assert read_answer(peer).status == 101
        peer.sendall(b"hello")
        assert peer.recv(100) == b"<hello>"
    assert header(site.seen, "upgrade") == "websocket"
    assert header(site.seen, "connection") == "upgrade"


def test_s12_after_a_refused_upgrade_the_next_request_is_parsed_by_the_edge(site):
    site.app.answers["/refuse"] = ok(b"no", status="426 Upgrade Required")
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as peer:
        peer.sendall(b"GET /refuse HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        assert read_answer(peer).status == 426
        peer.sendall(b"GET /next HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\nConnection: close\r\n\r\n")
        assert read_answer(peer).status == 200
    assert header(site.seen, "x-forwarded-for") == "127.0.0.1"


def test_s13_the_app_cannot_steer_the_edge(site):
    headers = (
        "X-Accel-Redirect: /../json",
        "X-Accel-Limit-Rate: 1",
        "X-Accel-Charset: utf-7",
        "X-Accel-Expires: 100",
        "X-Accel-Buffering: yes",
        "Content-Type: text/plain",
    )
    site.app.answers["/accel"] = ok(b"x" * 5000, *headers)
    answer = site.get("/accel")
    assert (answer.status, answer.body) == (200, b"x" * 5000)
    assert answer.headers["Content-Type"] == "text/plain"
    assert b"X-Accel" not in answer.raw


def _stream(gate: threading.Event, *headers: str):
    def serve(peer):
        peer.sendall("\r\n".join(["HTTP/1.1 200 OK", *headers, "Connection: close", "", ""]).encode())
        peer.sendall(b"data: 1\n\n")
        gate.wait(5)
        peer.sendall(b"data: 2\n\n")

    return serve


def test_p26_a_declared_stream_flows_uncompressed(site):
    gate = threading.Event()
    site.app.answers["/events"] = _stream(gate, "Content-Type: text/event-stream", "X-Accel-Buffering: no")
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as peer:
        peer.sendall(b"GET /events HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
        received = b""
        while b"data: 1\n\n" not in received:
            assert readable(peer, 2), "the first event was held back"
            received += peer.recv(4096)
        gate.set()
        while b"data: 2\n\n" not in received:
            received += peer.recv(4096)
    assert b"Content-Encoding" not in received


def test_p26_a_declared_stream_of_text_flows_compressed(site):
    gate = threading.Event()
    site.app.answers["/text"] = _stream(gate, "Content-Type: text/plain", "X-Accel-Buffering: no")
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as peer:
        peer.sendall(b"GET /text HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
        unpack = zlib.decompressobj(wbits=31)
        head, received = peer.recv(4096), b""
        assert b"Content-Encoding: gzip" in head
        chunks = head.partition(b"\r\n\r\n")[2]
        while b"data: 1" not in received:
            if b"\r\n" in chunks:
                size, _, rest = chunks.partition(b"\r\n")
                if len(rest) >= int(size, 16) + 2:
                    received += unpack.decompress(rest[: int(size, 16)])
                    chunks = rest[int(size, 16) + 2 :]
                    continue
            assert readable(peer, 2), "the first line was held back"
            chunks += peer.recv(4096)
        gate.set()


def test_p11_a_slow_reader_does_not_hold_the_app(site):
    done = threading.Event()

    def serve(peer):
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n" + b"x" * 20_000_000)
        done.set()

    site.app.answers["/big"] = serve
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as peer:
        peer.sendall(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
        assert done.wait(10), "the app waits for the reader"


def test_p36_c15_a_header_block_at_the_limit_passes_and_above_it_is_told_as_502(site):
    for size, status in ((15_900, 200), (17_000, 502)):
        site.app.answers["/head"] = ok(b"", f"X-Big: {'a' * size}")
        assert site.get("/head").status == status


def test_answers_of_the_app_pass_as_they_are(site):
    site.app.answers["/own"] = ok(
        b'{"mine": true}',
        "Content-Type: application/json",
        "Server: x",
        "Location: http://else.test/",
        status="503 Mine",
    )
    answer = site.get("/own")
    assert (answer.status, answer.body) == (503, b'{"mine": true}')
    assert answer.headers["Location"] == "http://else.test/"
    assert answer.headers["Server"] == "nginx"
    assert answer.headers["Date"]
    assert "Retry-After" not in answer.headers
    assert "Cache-Control" not in answer.headers
