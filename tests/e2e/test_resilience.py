"""What fails while the site serves does not end its supervision."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from e2e.site import free_port, seawall, up
from tools import require, require_linux

TALKATIVE = """
def app(environ, start_response):
    print("x" * 4000)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
"""


def test_a_reader_of_our_output_that_goes_away_does_not_stop_the_site(tmp_path, short_folder, until):
    (tmp_path / "app.py").write_text(TALKATIVE)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "seawall", "up", "--port", str(port), "--run-dir", str(short_folder)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        for line in process.stdout:
            if line.startswith(b"serving"):
                break
        process.stdout.close()
        site = Talking(port, short_folder)
        for _ in range(200):
            assert site.get("/") == 200
        os.kill(site.status()["server"]["pid"], signal.SIGKILL)
        until(lambda: site.status()["health"] == "ok")
        assert site.get("/") == 200
    finally:
        process.terminate()
        assert process.wait(60) == 0


class Talking:
    def __init__(self, port, run):
        self.port, self.run = port, run

    def get(self, path):
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def status(self):
        import json

        return json.loads(seawall("status", "--json", "--run-dir", str(self.run)).stdout)


def test_a_server_that_cannot_be_started_for_a_while_is_tried_again(hello, short_folder, until):
    require_linux("kills")
    folder = hello / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    with up("--python", str(python), cwd=hello, run=short_folder) as site:
        hidden = python.with_name("away")
        python.rename(hidden)
        os.kill(site.status()["server"]["pid"], signal.SIGKILL)
        until(lambda: "gunicorn could not be started again" in site.said)
        hidden.rename(python)

        until(lambda: site.status()["health"] == "ok", seconds=20)
        assert site.get("/").status == 200


def test_an_nginx_that_cannot_be_started_for_a_while_is_tried_again_with_pauses(hello, short_folder, until):
    require_linux("kills")
    nginx = hello / "nginx"
    shutil.copy(require("nginx"), nginx)
    with up("--nginx", str(nginx), cwd=hello, run=short_folder) as site:
        hidden = nginx.with_name("away")
        nginx.rename(hidden)
        os.kill(site.status()["edge"]["pid"], signal.SIGKILL)
        until(lambda: site.said.count("nginx could not be started again") >= 3)
        assert "starting it again in 0.2 s" in site.said
        hidden.rename(nginx)

        until(lambda: site.status()["health"] == "ok", seconds=20)
        assert site.get("/").status == 200


def test_after_a_long_life_failed_starts_still_come_with_pauses():
    from seawall.doing.backoff import STEADY, Backoff
    from seawall.doing.part import Part

    part, backoff, waits = Part(began=-10 * STEADY), Backoff(), []
    for _ in range(5):
        backoff.note_death(part.lived)
        waits.append(backoff.wait)
        part.begin()  # and the start fails at once

    assert waits == [0.0, 0.1, 0.2, 0.4, 0.8]


@pytest.mark.parametrize("part", ["edge", "server"])
def test_a_kill_of_a_master_leaves_no_old_worker_behind_when_the_site_stops(hello, short_folder, until, part):
    require_linux("orphans")
    with up(cwd=hello, run=short_folder) as site:
        before = site.status()
        os.kill(before[part]["pid"], signal.SIGKILL)
        until(lambda: site.status()[part]["pid"] != before[part]["pid"])
        until(lambda: site.status()["health"] == "ok")
        site.stop()

    assert [pid for pid in before[part]["workers"] if Path(f"/proc/{pid}").exists()] == []
