"""The public sockets are the supervisor's; Nginx inherits them."""

from __future__ import annotations

import signal
import socket
import subprocess

import pytest
from backend import read_answer
from harness import abilities, binary, edge, listening_socket, materialise, unprivileged, wait_for_socket
from stacks import a_stack


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1", "::"])
def test_a_socket_is_inherited_by_its_address(build, run, host):
    with edge(build, run, host=host) as site:
        near = "::1" if ":" in host else "127.0.0.1"
        with socket.create_connection((near, site.port), timeout=10) as peer:
            peer.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert read_answer(peer).status == 200
        log = (run / "log/edge.log").read_text()
        assert "using inherited sockets" in log
        assert "bind()" not in log


def test_several_sockets_and_hosts_at_once(build, run):
    program = binary(build)
    run.mkdir()
    sockets = [listening_socket(host) for host in ("127.0.0.1", "::1")]
    addresses = [f"{'[::1]' if s.family == socket.AF_INET6 else '127.0.0.1'}:{s.getsockname()[1]}" for s in sockets]
    stack = a_stack(
        run,
        listen=addresses,
        hosts=("shop.test",),
        abilities=abilities(program, run),
        capacity={"connections": 256, "descriptors": 600},
    )
    materialise(stack, run)
    argv = [program, "-p", run, "-e", run / "log/edge.log", "-c", run / "conf/nginx.conf"]
    fds = [s.fileno() for s in sockets]
    env = {"NGINX": "".join(f"{fd};" for fd in fds)}
    process = subprocess.Popen(argv, env=env, pass_fds=fds, **unprivileged(run))
    try:
        wait_for_socket(run / "edge.sock", process)
        for one in sockets:
            with socket.create_connection(one.getsockname()[:2], timeout=10) as peer:
                peer.sendall(b"GET / HTTP/1.1\r\nHost: other.test\r\n\r\n")
                assert read_answer(peer).status == 421
    finally:
        process.send_signal(signal.SIGQUIT)
        assert process.wait(10) == 0
    for one in sockets:
        one.close()


def test_a_request_that_comes_while_no_nginx_runs_waits_for_the_next(build, run):
    with edge(build, run) as site:
        site.kill()
        (run / "edge.sock").unlink()  # a killed Nginx leaves it behind, and the next could not open it
        with socket.create_connection(("127.0.0.1", site.port), timeout=10) as peer:
            peer.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            site.restart()
            assert read_answer(peer).status == 200
