"""What the edge says by itself, and what it writes down."""

from __future__ import annotations

import itertools
import json

import pytest
from harness import edge

JSON_ASKED = ("application/json", "application/json, text/plain, */*", "APPLICATION/JSON", "application/problem+json")
HTML_ASKED = ("*/*", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "", "application/jsonx")


@pytest.fixture(scope="module")
def site(build, module_run):
    with edge(build, module_run / "site", static=(("/static/", module_run),)) as running:
        running.app.answers["/crash"] = lambda _peer: None
        yield running


@pytest.mark.parametrize("accept", JSON_ASKED)
def test_p40_a_program_gets_json(site, accept):
    answer = site.get("/crash", f"Accept: {accept}")
    page = json.loads(answer.body)
    assert (answer.status, page["status"]) == (502, 502)
    assert answer.headers["Content-Type"] == "application/json"
    assert len(page["request_id"]) == 32
    assert page["title"] == "Bad gateway"


@pytest.mark.parametrize("accept", HTML_ASKED)
def test_a_person_gets_a_page(site, accept):
    answer = site.get("/crash", f"Accept: {accept}")
    assert answer.status == 502
    assert answer.headers["Content-Type"] == "text/html"
    assert b"<h1>Bad gateway</h1>" in answer.body


ERRORS = (
    (400, b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    (400, b"nonsense\r\n\r\n"),
    (404, b"GET /static/.env HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
    (405, b"TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
    (413, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n"),
    (413, b"POST /static/x HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n"),
    (414, b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"),
    (421, b"GET http://b/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
    (431, b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 20_000 + b"\r\n\r\n"),
    (501, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"),
    (502, b"GET /crash HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
    (505, b"GET / HTTP/3.0\r\nHost: a\r\n\r\n"),
)


@pytest.mark.parametrize(("status", "sent"), ERRORS)
def test_s19_s48_every_error_is_a_page_of_ours_with_the_same_headers(site, status, sent):
    answer = site.send(sent)
    assert answer.status == status
    assert f"<small>{status} &middot; request ".encode() in answer.body
    assert b"nginx/" not in answer.raw
    assert b"<hr>" not in answer.body
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_id_on_the_page_is_the_one_in_the_log(site):
    page = json.loads(site.get("/crash?find-me", "Accept: application/json").body)
    assert f"X-Request-ID: {page['request_id']}\r\n".encode() in site.seen
    lines = [line for line in _settled(site) if line["path"] == "/crash?find-me"]
    assert [line["id"] for line in lines] == [page["request_id"]]


_NUMBERS = itertools.count()


def _settled(site) -> list[dict]:
    """All lines, once that of one more request is there."""
    mark = f"/settled/{next(_NUMBERS)}"
    site.get(mark)
    lines = site.log_lines()
    while lines[-1]["path"] != mark:
        lines = site.log_lines(len(lines) + 1)
    return lines


def test_p35_one_line_for_each_request_with_both_times(build, run):
    with edge(build, run) as site:
        site.get("/a?b=c", "User-Agent: me", "Referer: http://there/")
        site.send(b"nonsense\r\n\r\n")
        first, second = site.log_lines(2)
    assert set(first) == {
        "time", "at", "id", "client", "method", "scheme", "host", "path", "protocol", "status", "bytes", "bytes_in",
        "seconds", "app_connect", "app_header", "app_seconds", "from", "agent", "referer", "connection",
    }  # fmt: skip
    said = {
        key: first[key] for key in ("client", "method", "scheme", "host", "path", "status", "agent", "referer", "from")
    }
    assert said == {
        "client": "127.0.0.1",
        "method": "GET",
        "scheme": "http",
        "host": "site.test",
        "path": "/a?b=c",
        "status": 200,
        "agent": "me",
        "referer": "http://there/",
        "from": "app",
    }
    assert first["app_seconds"] <= first["seconds"] + 0.002
    assert (second["from"], second["app_seconds"], second["status"]) == ("edge", None, 400)


@pytest.mark.parametrize(
    "value",
    ['"}{"x":"', "\\", "\\u0000\\", "\x1b[31m", "\x01\x02\x7f", "é中", "\xff\xfe", "a\tb", "{{}}", "$host", "'"],
)
def test_s50_hostile_bytes_make_one_valid_line(site, value):
    raw = value.encode("utf-8" if value == "é中" else "latin-1")
    before = len(_settled(site))
    site.send(b"GET /log?" + b"x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nUser-Agent: " + raw + b"\r\n\r\n")
    lines = _settled(site)
    assert len(lines) == before + 2
    assert lines[-2]["agent"] in {raw.decode(errors="replace"), raw.decode("latin-1")} or lines[-2]["status"] == 400


def test_the_error_log_is_inside_the_runtime_folder(site):
    assert "using inherited sockets" in (site.run / "log/edge.log").read_text()
