"""Small apps to serve, written where a person would keep them."""

from __future__ import annotations

from pathlib import Path

import pytest

HELLO = """
import os, time

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/sleep":
        time.sleep(float(environ["QUERY_STRING"] or 1))
    if path == "/crash":
        os.kill(os.getpid(), 9)
    body = f"{path} from {os.getpid()}".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
"""


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    """A bare WSGI app that says which process answered."""
    (tmp_path / "app.py").write_text(HELLO)
    return tmp_path
