"""The app that the promise client talks to: every answer can be checked, every effect can be counted.

A WSGI callable without a framework. `PROMISES_LEDGER` names the file that `POST /ledger` appends to.
"""

from __future__ import annotations

import hashlib
import os
import time
from urllib.parse import parse_qs

CHUNK = 65_536


def pattern(size: int) -> bytes:
    """`size` bytes in which every stretch of 16 says where it belongs, so that a hole or a swap changes the hash."""
    return b"".join(b"%015d\n" % at for at in range(0, size, 16))[:size]


def app(environ, start_response):
    route = (environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/"))
    query = {key: values[0] for key, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
    page = PAGES.get(route)
    if page is None:
        return _answer(environ, start_response, b"no such page\n", status="404 Not Found")
    return page(environ, start_response, query)


def _answer(environ, start_response, body, *, status="200 OK"):
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body))), ("X-App-Pid", str(os.getpid()))]
    if tag := environ.get("HTTP_X_TAG"):
        headers.append(("X-Echo-Tag", tag))
    start_response(status, headers)
    return [body]


def _body(environ):
    pieces = []
    while piece := environ["wsgi.input"].read(CHUNK):
        pieces.append(piece)
    return b"".join(pieces)


def _hello(environ, start_response, query):
    return _answer(environ, start_response, b"hello\n")


def _tag(environ, start_response, query):
    return _answer(environ, start_response, f"tag {environ.get('HTTP_X_TAG', '')}\n".encode())


def _bytes(environ, start_response, query):
    return _answer(environ, start_response, pattern(int(query.get("n", "1000"))))


def _ledger(environ, start_response, query):
    """One write with O_APPEND: whole lines even from many processes, on disk before the answer is."""
    token = _body(environ)
    ledger = os.open(os.environ["PROMISES_LEDGER"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(ledger, token + b"\n")
    finally:
        os.close(ledger)
    return _answer(environ, start_response, b"noted " + token + b"\n")


def _digest(environ, start_response, query):
    return _answer(environ, start_response, hashlib.sha256(_body(environ)).hexdigest().encode())


def _slow(environ, start_response, query):
    time.sleep(float(query.get("s", "0.1")))
    return _tag(environ, start_response, query)


def _status(environ, start_response, query):
    return _answer(environ, start_response, b"as asked\n", status=f"{int(query['code'])} As Asked")


def _sse(environ, start_response, query):
    """`n` numbered events, one every `every` seconds, then the end."""
    start_response("200 OK", [("Content-Type", "text/event-stream"), ("Cache-Control", "no-store")])
    count, every = int(query.get("n", "10")), float(query.get("every", "0.1"))

    def events():
        for number in range(count):
            if number:
                time.sleep(every)
            yield b"id: %d\ndata: event %d\n\n" % (number, number)

    return events()


PAGES = {
    ("GET", "/"): _hello,
    ("GET", "/tag"): _tag,
    ("GET", "/bytes"): _bytes,
    ("POST", "/ledger"): _ledger,
    ("POST", "/digest"): _digest,
    ("GET", "/slow"): _slow,
    ("GET", "/status"): _status,
    ("GET", "/sse"): _sse,
}
