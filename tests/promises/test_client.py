"""The oracle must be able to fail: each kind of failure is made by a dishonest server and must be named, each time."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import threading
import time

import pytest

from .app import pattern
from .client import Kind, Mix, run
from .servers import Got, Talk, honest, played

KEPT = Mix(fresh=0, kept=1, post=0, bytes=0, static_share=0, timeout=1.0)
BYTES = Mix(fresh=0, kept=0, post=0, bytes=1, static_share=0, timeout=1.0)


def reset_after_request(talk: Talk, got: Got, answer: bytes) -> None:
    talk.reset()


def reset_inside_body(talk: Talk, got: Got, answer: bytes) -> None:
    talk.wfile.write(answer[:-4])
    time.sleep(0.02)  # a reset overtakes bytes that were not read yet
    talk.reset()


def fin_after_request(talk: Talk, got: Got, answer: bytes) -> None:
    talk.over = True


def half_a_body(talk: Talk, got: Got, answer: bytes) -> None:
    talk.wfile.write(answer[:-4])
    talk.over = True


def body_and_length_short(talk: Talk, got: Got, answer: bytes) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    size, less = f"Content-Length: {len(body)}".encode(), f"Content-Length: {len(body) - 4}".encode()
    talk.wfile.write(head.replace(size, less) + b"\r\n\r\n" + body[:-4])


def wrong_byte(talk: Talk, got: Got, answer: bytes) -> None:
    talk.wfile.write(answer[:-3] + b"?" + answer[-2:])


def answer_500(talk: Talk, got: Got, answer: bytes) -> None:
    talk.wfile.write(answer.replace(b"200 OK", b"500 Oh No", 1))


def answer_404(talk: Talk, got: Got, answer: bytes) -> None:
    talk.wfile.write(answer.replace(b"200 OK", b"404 Not Here", 1))


def answer_of_another(talk: Talk, got: Got, answer: bytes) -> None:
    talk.wfile.write(answer.replace(got.tag.encode(), b"0" * len(got.tag)))


def answer_untagged(talk: Talk, got: Got, answer: bytes) -> None:
    talk.wfile.write(answer.replace(b"X-Echo-Tag", b"X-Other-Name"))


def no_http(talk: Talk, got: Got, answer: bytes) -> None:
    talk.wfile.write(b"SSH-2.0-hello\r\n\r\n")


def silence(talk: Talk, got: Got, answer: bytes) -> None:
    talk.connection.recv(1)


BAD = [
    (reset_after_request, Kind.RESET),
    (reset_inside_body, Kind.RESET),
    (fin_after_request, Kind.NO_STATUS),
    (half_a_body, Kind.SHORT),
    (body_and_length_short, Kind.SHORT),
    (wrong_byte, Kind.WRONG_BODY),
    (answer_500, Kind.SERVER_ERROR),
    (answer_404, Kind.UNEXPECTED_STATUS),
    (answer_of_another, Kind.MIXED_UP),
    (answer_untagged, Kind.MIXED_UP),
    (no_http, Kind.NO_HTTP),
    (silence, Kind.TIMED_OUT),
]


@pytest.mark.parametrize("mix", [KEPT, Mix(fresh=1, kept=0, post=0, bytes=0, static_share=0, timeout=1.0)])
@pytest.mark.parametrize(("spoil", "kind"), BAD, ids=[spoil.__name__ for spoil, _ in BAD])
def test_each_failure_is_named_each_time_and_never_repeated(spoil, kind, mix, ledger) -> None:
    """All requests fail in this one way, and the server has seen each exactly once."""
    report, seen = played(spoil, mix, ledger)

    assert {kind} == set(report.by_kind())
    assert report.counts.total() == len(report.failed) == len(seen) > 10


def test_one_bad_answer_among_many_is_found(ledger) -> None:
    """One byte in one of the answers is enough."""

    def seventh(talk: Talk, got: Got, answer: bytes) -> None:
        (wrong_byte if got.number == 7 else honest)(talk, got, answer)

    report, seen = played(seventh, BYTES, ledger)

    assert [(Kind.WRONG_BODY, seen[6].tag)] == [(f.kind, f.tag) for f in report.failed]


def test_an_honest_server_has_no_failures(ledger) -> None:
    """The whole mix, kept-alive connections used again, every POST in the ledger."""
    report, seen = played(honest, Mix(uploads=1, downloads=1), ledger, seconds=1.0)

    assert report.failed == []
    assert {"fresh", "kept", "post", "bytes", "upload", "download"} == set(report.counts)
    assert report.counts.total() == len(seen) == len(report.latencies)
    assert sum(ledger.written().values()) == report.counts["post"] > 0
    assert report.reopened == 0


def test_a_clean_fin_before_anything_was_written_is_no_failure(ledger) -> None:
    """The server closes each idle connection without a word; the client opens another, and says how often."""

    def one_answer_each(talk: Talk, got: Got, answer: bytes) -> None:
        talk.wfile.write(answer)
        talk.over = True

    report, seen = played(one_answer_each, KEPT, ledger, rate=40)

    assert report.failed == []
    assert len(seen) - 1 == report.reopened > 5


def test_a_reset_of_an_idle_connection_is_a_failure(ledger) -> None:
    """Only a clean FIN is excused."""

    def answer_then_reset(talk: Talk, got: Got, answer: bytes) -> None:
        talk.wfile.write(answer)
        time.sleep(0.01)
        talk.reset()

    report, _ = played(answer_then_reset, KEPT, ledger, rate=20)

    assert {Kind.RESET} == set(report.by_kind())


def test_bytes_on_an_idle_connection_are_a_failure(ledger) -> None:
    """They would become the answer to the next request."""
    report, _ = played(lambda talk, _, answer: talk.wfile.write(answer * 2), KEPT, ledger, rate=20)

    assert {Kind.MIXED_UP} == set(report.by_kind())


def test_nobody_listening_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"

    report = asyncio.run(run(KEPT, url, rate=50, until=0.2))

    assert {Kind.REFUSED} == set(report.by_kind())
    assert report.counts.total() == len(report.failed) > 5


def test_an_event_stream_out_of_order_is_found(ledger) -> None:
    def swap(talk: Talk, got: Got, answer: bytes) -> None:
        talk.wfile.write(answer.replace(b"event 4", b"event 5") if got.path.startswith("/sse") else answer)

    report, _ = played(swap, Mix(streams=1, timeout=2.0), ledger, rate=5, seconds=0.2)

    assert {"sse"} == {f.name for f in report.failed}
    assert {Kind.WRONG_BODY} == set(report.by_kind())


@pytest.mark.parametrize(
    ("change", "found"), [(b"etag", {Kind.WRONG_BODY}), (b"body", {Kind.WRONG_BODY}), (b"", set())]
)
def test_a_static_file_keeps_its_hash_and_its_etag(change, found, ledger) -> None:
    def static(talk: Talk, got: Got, answer: bytes) -> None:
        other = got.number == 5
        etag = b'"b"' if other and change == b"etag" else b'"a"'
        body = pattern(64) if not (other and change == b"body") else pattern(64)[:-1] + b"?"
        talk.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 64\r\nETag: " + etag + b"\r\n\r\n" + body)

    sha256 = hashlib.sha256(pattern(64)).hexdigest()
    mix = Mix(fresh=0, kept=0, post=0, bytes=0, static_share=1, static=("/static/x", sha256))
    report, _ = played(static, mix, ledger)

    assert found == set(report.by_kind())


def test_a_stall_shows_in_the_latencies_of_all_who_would_have_come(ledger) -> None:
    """Open loop: 0.5 s of silence is seen by half a second's worth of requests, not by one."""
    gate, begun = threading.Lock(), time.monotonic()

    def stall(talk: Talk, got: Got, answer: bytes) -> None:
        with gate:
            if got.number == 5:
                time.sleep(0.5)
        talk.wfile.write(answer)

    report, _ = played(stall, KEPT, ledger, rate=50, seconds=1.0)

    assert report.failed == []
    assert time.monotonic() - begun < 5
    assert sum(1 for latency in report.latencies if latency > 0.2) >= 10
