"""Start, stop, kill: the site comes back by itself, refuses no connection, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from e2e.site import SEAWALL, Site, free_port, seawall, up
from seawall.doing import identity
from seawall.looking.nginx import find_wheel
from tools import require, require_linux


def pids_of(status):
    return [
        status["supervisor"]["pid"],
        status["edge"]["pid"],
        *status["edge"]["workers"],
        status["server"]["pid"],
        *status["server"]["workers"],
    ]


def gone(pids):
    return all(identity.identify(pid) is None for pid in pids)


class Knocking:
    """A client that opens a new connection for each request, never retries, and remembers every failure."""

    def __init__(self, site):
        self.site = site
        self.answered = 0
        self.refused = []
        self.failed = []
        self.last_good = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _run(self):
        while not self._stop.is_set():
            try:
                answer = self.site.get("/", wait=5)
            except ConnectionRefusedError as error:
                self.refused.append(error)
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(error)
            else:
                self.answered += 1
                if answer.status == 200:
                    self.last_good = time.monotonic()
                else:
                    self.failed.append(answer.status)


def well_again(site, killed_at):
    """Whether a request that came after the kill was answered by the app."""
    return lambda: site.last_good > killed_at


@pytest.fixture(params=["system", "wheel"])
def nginx(request):
    """Both that a person may have: the machine's own, and the one that came with Seawall."""
    return require("nginx") if request.param == "system" else str(find_wheel())


@pytest.mark.parametrize("part", ["app worker", "server", "edge worker", "edge"])
def test_r3_to_r6_after_a_kill_the_site_is_back_within_two_seconds_and_refuses_no_connection(
    hello, short_folder, until, part, nginx
):
    require_linux("parent-death signals")
    with up("--nginx", nginx, cwd=hello, run=short_folder) as site:
        status = site.status()
        victim = {
            "app worker": status["server"]["workers"][0],
            "server": status["server"]["pid"],
            "edge worker": status["edge"]["workers"][0],
            "edge": status["edge"]["pid"],
        }[part]
        with Knocking(site) as client:
            until(lambda: client.answered > 5)
            os.kill(victim, signal.SIGKILL)
            killed_at = time.monotonic()
            until(well_again(client, killed_at + 0.05), seconds=2, what=f"not back within 2 s: {client.failed}")
            until(lambda: site.status()["health"] == "ok", seconds=5)
            until(lambda: client.answered > 50)

        assert client.refused == []
        assert victim not in pids_of(site.status())


def test_r7_when_the_supervisor_is_killed_nothing_is_left_running(hello, short_folder, until):
    require_linux("parent-death signals")
    with up(cwd=hello, run=short_folder) as site:
        pids = pids_of(site.status())
        os.kill(site.process.pid, signal.SIGKILL)
        site.process.wait(5)

        until(lambda: gone(pids), seconds=2, what="something survived the supervisor")


def test_r31_after_a_kill_of_everything_the_next_start_serves(hello, short_folder, until):
    require_linux("parent-death signals")
    with up(cwd=hello, run=short_folder) as site:
        for pid in reversed(pids_of(site.status())):
            with contextlib.suppress(ProcessLookupError):  # some die of their parents' death first
                os.kill(pid, signal.SIGKILL)
        site.process.wait(5)
    with up(cwd=hello, run=short_folder) as site:
        assert site.get("/").status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_p24_stopping_finishes_the_requests_that_run(hello, short_folder, until, number):
    with up(cwd=hello, run=short_folder) as site:
        pids = pids_of(site.status())
        answers = []
        slow = [threading.Thread(target=lambda: answers.append(site.get("/sleep?1.5").status)) for _ in range(10)]
        for thread in slow:
            thread.start()
        until(lambda: busy(site) >= 10)

        assert site.stop(number) == 0
        for thread in slow:
            thread.join()
        assert answers == [200] * 10
        assert gone(pids)


def busy(site):
    """Connections that the edge holds to the app, seen in the kernel's table of Unix sockets."""
    with open("/proc/net/unix") as table:
        return sum(1 for line in table if line.rstrip().endswith(f"{site.run}/g1/app.sock")) - 1


def test_a_second_signal_ends_at_once(hello, short_folder, until):
    with up(cwd=hello, run=short_folder) as site:
        slow = threading.Thread(
            target=lambda: pytest.raises((OSError, http.client.HTTPException), site.get, "/sleep?25")
        )
        slow.start()
        until(lambda: busy(site) >= 1)
        site.process.send_signal(signal.SIGTERM)
        until(lambda: site.status()["health"] == "stopping" if site.process.poll() is None else True)
        began = time.monotonic()

        site.stop(signal.SIGTERM)
        slow.join()

        assert time.monotonic() - began < 5


def test_a_second_up_is_refused_with_the_pid_of_the_first(hello, short_folder):
    with up(cwd=hello, run=short_folder) as site:
        second = seawall("up", "--run-dir", str(short_folder), "--port", str(free_port()), cwd=hello)

        assert second.returncode == 7
        assert f"already running: pid {site.process.pid}" in second.stderr
        assert site.get("/").status == 200


def test_status_json_is_what_a_program_may_rely_on(hello, short_folder):
    with up(cwd=hello, run=short_folder) as site:
        status = site.status()

        assert status["url"] == f"http://127.0.0.1:{site.port}/"
        assert status["health"] == "ok"
        assert status["generation"] == 1
        assert status["since"]
        assert status["supervisor"] == {"pid": site.process.pid}
        assert {"pid", "workers", "binary", "version"} == set(status["edge"])
        assert {"name", "pid", "workers"} == set(status["server"])
        assert len(status["edge"]["workers"]) >= 1
        assert len(status["server"]["workers"]) >= 1


def test_detached_it_serves_in_the_background_until_down(hello, short_folder, until):
    port = free_port()
    started = seawall("up", "--detach", "--run-dir", str(short_folder), "--port", str(port), cwd=hello)
    try:
        assert started.returncode == 0, started.stderr
        status = json.loads(seawall("status", "--json", "--run-dir", str(short_folder)).stdout)
        assert status["health"] == "ok"
        assert identity.identify(status["supervisor"]["pid"])
    finally:
        down = seawall("down", "--run-dir", str(short_folder))

    assert down.returncode == 0, down.stderr
    assert gone(pids_of(status))
    assert seawall("status", "--run-dir", str(short_folder)).returncode == 8


def test_detached_no_module_of_the_app_takes_the_place_of_one_of_ours(hello, short_folder):
    (hello / "secrets.py").write_text("open('taken', 'w')\nraise SystemExit(3)\n")
    flags = ("--run-dir", str(short_folder))
    begin = (str(Path(sys.executable).with_name("seawall")), "up", "-d", *flags, "--port", str(free_port()))
    done = subprocess.run(begin, cwd=hello, capture_output=True, text=True, check=False)
    ended = subprocess.run([begin[0], "down", *flags], cwd=hello, capture_output=True, check=False)

    assert (done.returncode, ended.returncode) == (0, 0), done.stderr
    assert not (hello / "taken").exists()


ENVIRONMENT = """
import json, os

EARLY = sorted(os.environ)

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps([EARLY, sorted(os.environ)]).encode()]
"""


def test_detached_the_app_does_not_see_how_the_background_reports(tmp_path, short_folder):
    (tmp_path / "app.py").write_text(ENVIRONMENT)
    port = free_port()
    started = seawall("up", "-d", "--run-dir", str(short_folder), "--port", str(port), cwd=tmp_path)
    try:
        seen = Site(None, port, short_folder).get("/").text
    finally:
        seawall("down", "--run-dir", str(short_folder))

    assert started.returncode == 0, started.stderr
    assert "PATH" in seen
    assert "SEAWALL_READY_FD" not in seen


@pytest.mark.parametrize("number", ["1", "999", "nonsense", "²"])
def test_detached_a_number_that_somebody_left_in_the_environment_is_not_believed(hello, short_folder, number):
    flags = ("--run-dir", str(short_folder))
    begin = ("up", "-d", *flags, "--port", str(free_port()))
    started = seawall(*begin, cwd=hello, env={"SEAWALL_READY_FD": number}, wait=30)

    assert started.returncode == 0, started.stderr
    assert seawall("down", *flags).returncode == 0


HELD = """
import os
open("importing", "w").close()
open("gate").close()  # a pipe: opens when somebody opens the other end

def app(environ, start_response):
    start_response("200 OK", [])
    return [b"served"]
"""


def test_detached_it_serves_even_when_whoever_started_it_was_killed_meanwhile(tmp_path, short_folder, until):
    (tmp_path / "app.py").write_text(HELD)
    os.mkfifo(tmp_path / "gate")
    begin = (*SEAWALL, "up", "-d", "--run-dir", str(short_folder), "--port", str(free_port()))
    with subprocess.Popen(begin, cwd=tmp_path, stderr=subprocess.DEVNULL) as launcher:
        until((tmp_path / "importing").exists)
        launcher.kill()
    (tmp_path / "gate").rename(tmp_path / "opened")
    (tmp_path / "gate").write_text("")
    os.close(os.open(tmp_path / "opened", os.O_RDWR | os.O_NONBLOCK))
    try:
        until(lambda: seawall("status", "--json", "--run-dir", str(short_folder)).returncode == 0, seconds=30)
    finally:
        seawall("down", "--run-dir", str(short_folder))


def test_detached_it_goes_on_serving_without_its_supervisor_and_the_next_up_replaces_it(hello, short_folder, until):
    port = free_port()
    start = ("up", "--detach", "--run-dir", str(short_folder), "--port", str(port))
    assert seawall(*start, cwd=hello).returncode == 0
    try:
        first = json.loads(seawall("status", "--json", "--run-dir", str(short_folder)).stdout)
        os.kill(first["supervisor"]["pid"], signal.SIGKILL)
        until(lambda: identity.identify(first["supervisor"]["pid"]) is None)

        orphaned = json.loads(seawall("status", "--json", "--run-dir", str(short_folder)).stdout)
        assert orphaned["health"] == "unsupervised"
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        connection.close()

        assert seawall(*start, cwd=hello).returncode == 0
        second = json.loads(seawall("status", "--json", "--run-dir", str(short_folder)).stdout)
        assert second["health"] == "ok"
        assert gone(pids_of(first))
    finally:
        seawall("down", "--run-dir", str(short_folder))


def test_detached_a_failed_start_shows_why_and_has_its_exit_code(tmp_path, short_folder):
    (tmp_path / "app.py").write_text("import no_such_library\napp = no_such_library.app\n")

    failed = seawall("up", "--detach", "--run-dir", str(short_folder), "--port", str(free_port()), cwd=tmp_path)

    assert failed.returncode == 3
    assert "no_such_library" in failed.stderr


def test_the_port_refuses_connections_until_the_app_answers(tmp_path, short_folder, until):
    (tmp_path / "app.py").write_text(
        "import os, time\n"
        "while not os.path.exists('go'): time.sleep(0.01)\n"
        "def app(environ, start_response):\n"
        "    start_response('200 OK', [])\n"
        "    return [b'hello']\n"
    )
    with up(cwd=tmp_path, run=short_folder, ready=False) as site:
        until(lambda: "importing" in site.said)
        with pytest.raises(ConnectionRefusedError):
            site.get("/")

        (tmp_path / "go").touch()

        until(site.ready.is_set, seconds=20)
        assert site.get("/").text == "hello"


def test_the_probe_runs_the_import_once_and_the_server_once_per_worker(tmp_path, short_folder, until):
    (tmp_path / "app.py").write_text(
        "import os\n"
        "with open('imports', 'a') as log: log.write(f'{os.getpid()}\\n')\n"
        "def app(environ, start_response):\n"
        "    start_response('200 OK', [])\n"
        "    return [b'hello']\n"
    )
    with up("--workers", "2", cwd=tmp_path, run=short_folder) as site:
        assert site.get("/").status == 200

        until(lambda: len(site.status()["server"]["workers"]) == 2)
        until(lambda: len((tmp_path / "imports").read_text().splitlines()) >= 1 + 2)
        assert len((tmp_path / "imports").read_text().splitlines()) == 1 + 2


def test_what_the_app_writes_is_passed_through_and_kept(tmp_path, short_folder, until):
    (tmp_path / "app.py").write_text(
        "import sys\n"
        "def app(environ, start_response):\n"
        "    print('to stdout')\n"
        "    print('to stderr', file=sys.stderr)\n"
        "    start_response('200 OK', [])\n"
        "    return [b'hello']\n"
    )
    with up(cwd=tmp_path, run=short_folder) as site:
        site.get("/")
        until(lambda: "to stdout\n" in site.out and "to stderr\n" in site.said)
        logged = seawall("logs", "--run-dir", str(short_folder)).stdout

    assert "app │ to stdout" in logged
    assert "access │" in logged


def test_port_from_the_environment_is_honoured_as_platforms_do(hello, short_folder):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "seawall", "up", "--run-dir", str(short_folder), "-d"],
        cwd=hello,
        env={**os.environ, "PORT": str(port)},
        stderr=subprocess.PIPE,
    )
    try:
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert seawall("status", "--json", "--run-dir", str(short_folder)).stdout.find(f":{port}/") > 0
    finally:
        seawall("down", "--run-dir", str(short_folder))


WAITING_IN = {
    "look": 'open("importing", "w").close()\ntime.sleep(600)\n',
    "start": 'if "serve.json" in " ".join(sys.orig_argv):\n    open("importing", "w").close()\n    time.sleep(600)\n',
}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("phase", WAITING_IN)
def test_a_signal_before_it_serves_is_told_by_the_exit_code(tmp_path, short_folder, until, phase, number):
    body = "\n\ndef app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'']\n"
    (tmp_path / "app.py").write_text("import sys, time\n" + WAITING_IN[phase] + body)
    with up("app:app", cwd=tmp_path, run=short_folder, ready=False) as site:
        until((tmp_path / "importing").exists, seconds=30)

        assert site.stop(number) == 128 + number
