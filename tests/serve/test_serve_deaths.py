"""Whatever dies, the socket goes on queueing and the next to serve it answers."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest
from served import ECHO, eventually, is_alive, start_master, start_server

SLOW = """
import os, time

def app(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        with open("ledger", "a") as file:
            file.write("slow\\n")
        time.sleep(0.7)
    if environ["PATH_INFO"] == "/endless":
        with open("ledger", "a") as file:
            file.write("endless\\n")
        time.sleep(60)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]
"""
# A supervisor in a process of its own, so that it can die.
PARENT = """
import sys
sys.path[:0] = {paths!r}
import signal, served
with served.start_server({app!r}) as s:
    print(s.process.pid, s.get().json["pid"], flush=True)
    signal.pause()
"""
BROKEN = """
def build():
    return {}["nothing"]

app = build()
"""


def test_r03_a_killed_worker_is_followed_by_another():
    with start_server(ECHO) as served:
        before = served.get().json["pid"]
        os.kill(before, signal.SIGKILL)
        assert served.get().json["pid"] != before


def test_r03_what_waits_in_the_queue_is_answered_by_the_next_worker():
    with start_server(SLOW, settings={"worker_class": "sync", "threads": 1}) as served:
        worker = int(served.get().body)
        served.ask("GET", "/slow")
        eventually(lambda: served.ledger)
        queued = [served.ask("GET", "/") for _ in range(5)]
        os.kill(worker, signal.SIGKILL)
        assert {connection.answer().status for connection in queued} == {200}
        assert served.ledger == ["slow"]


@pytest.mark.parametrize("worker_class", ["sync", "gthread"])
def test_r04_workers_follow_their_master(worker_class):
    threads = 1 if worker_class == "sync" else 4
    settings = {"worker_class": worker_class, "workers": 2, "threads": threads}
    with start_server(SLOW, settings=settings) as served:
        worker = int(served.get().body)
        served.process.kill()
        served.process.wait()
        eventually(lambda: not is_alive(worker), within=1)


def test_r04_a_request_under_way_survives_its_master():
    with start_server(SLOW) as served:
        slow = served.ask("GET", "/slow")
        eventually(lambda: served.ledger)
        served.process.kill()
        assert slow.answer().status == 200


def test_r04_an_orphan_with_an_endless_request_ends_when_patience_does():
    with start_server(SLOW, drain=0.2, settings={"graceful_timeout": 1}) as served:
        worker = int(served.get().body)
        served.ask("GET", "/endless")
        eventually(lambda: served.ledger)
        served.process.kill()
        served.process.wait()
        eventually(lambda: not is_alive(worker), within=3)


def test_r04_the_socket_queues_until_a_second_master_answers():
    with start_server(ECHO) as served:
        assert served.get().status == 200
        served.process.kill()
        served.process.wait()
        queued = served.ask("GET", "/")
        served.process = start_master(served.folder, served.listener)
        assert queued.answer().status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGQUIT])
def test_c08_stopping_leaves_the_socket_in_place(number):
    with start_server(ECHO) as served:
        assert served.get().status == 200
        served.process.send_signal(number)
        assert served.process.wait(10) == 0
        assert served.socket_path.is_socket()
        queued = served.ask("GET", "/")
        served.process = start_master(served.folder, served.listener)
        assert queued.answer().status == 200


def test_p24_c06_a_graceful_stop_finishes_what_is_under_way():
    with start_server(SLOW) as served:
        slow = served.ask("GET", "/slow")
        eventually(lambda: served.ledger)
        served.process.terminate()
        assert slow.answer().status == 200
        assert served.process.wait(10) == 0


def test_p20_recycling_loses_no_request():
    settings = {"workers": 2, "threads": 2, "max_requests": 5, "max_requests_jitter": 3}
    with start_server(ECHO, settings=settings) as served:
        seen = set()
        for _ in range(12):
            burst = [served.ask("POST", "/", body=b"x") for _ in range(4)]
            answers = [connection.answer() for connection in burst]
            assert {answer.status for answer in answers} == {200}
            seen |= {answer.json["pid"] for answer in answers}
        assert len(seen) > 2


def test_r07_the_master_follows_its_parent(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(paths=sys.path, app=ECHO)],
        stdout=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    with parent:
        master, worker = (int(pid) for pid in parent.stdout.readline().split())
        parent.kill()
        eventually(lambda: not is_alive(master) and not is_alive(worker), within=2)


def test_p38_an_app_that_fails_to_load_ends_the_server_with_its_traceback():
    with start_server(BROKEN) as served:
        assert served.process.wait(10) == 4
        assert "KeyError: 'nothing'" in served.log
        assert 'return {}["nothing"]' in served.log
        assert "application.py" not in served.log.partition("Traceback")[2].partition("KeyError")[0]


def test_p38_a_missing_attribute_is_named():
    with start_server("", target="app:app") as served:
        assert served.process.wait(10) == 4
        assert "`app` has no `app`" in served.log


def test_stray_variables_of_other_servers_change_nothing():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0seawall-test-notify-" + str(os.getpid()))
        systemd.setblocking(False)
        stray = {
            "SCRIPT_NAME": "/elsewhere",
            "GUNICORN_PID": "1",
            "GUNICORN_FD": "9",
            "GUNICORN_CMD_ARGS": "--bind=127.0.0.1:1 --workers=0",
            "NOTIFY_SOCKET": "@seawall-test-notify-" + str(os.getpid()),
        }
        with start_server(ECHO, env=stray) as served:
            assert served.get("/x").json["PATH_INFO"] == "/x"
            with pytest.raises(BlockingIOError):
                systemd.recv(100)
