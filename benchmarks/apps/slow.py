"""The app that the slow clients talk to: no framework, so that what is measured is what stands in front of it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]

CHUNK = 65_536
BIG = 5_000_000


def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """`/`, `/big?n=`, `/upload`, `/sleep?s=`."""
    match environ.get("PATH_INFO", "/"):
        case "/":
            return _answer(start_response, "200 OK", b"hello\n")
        case "/big":
            size = int(_asked(environ, "n", str(BIG)))
            headers = [("Content-Type", "application/octet-stream"), ("Content-Length", str(size))]
            start_response("200 OK", headers)
            return _big(size)
        case "/upload":
            return _answer(start_response, "200 OK", json.dumps(_read(environ)).encode())
        case "/sleep":
            time.sleep(float(_asked(environ, "s", "0.1")))
            return _answer(start_response, "200 OK", b"slept\n")
        case _:
            return _answer(start_response, "404 Not Found", b"no such page\n")


def _asked(environ: Environ, name: str, default: str) -> str:
    query: str = environ.get("QUERY_STRING", "")
    return parse_qs(query).get(name, [default])[0]


def _answer(start_response: StartResponse, status: str, body: bytes) -> list[bytes]:
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def _big(total: int) -> Iterator[bytes]:
    """Make it up, so that no layer can take it for a file; each chunk begins with its number."""
    for at in range(0, total, CHUNK):
        size = min(CHUNK, total - at)
        yield f"{at:012d}".encode().ljust(size, b".")


def _read(environ: Environ) -> dict[str, object]:
    digest, length = hashlib.sha256(), 0
    while data := environ["wsgi.input"].read(CHUNK):
        digest.update(data)
        length += len(data)
    return {"sha256": digest.hexdigest(), "length": length}
