"""The edge is tried out in private before the port opens, whatever an earlier trial has left."""

from __future__ import annotations

import socket

from e2e.site import up


def test_a_socket_that_an_earlier_trial_left_is_no_hindrance(hello, short_folder):
    """Nginx that is told to stop as soon as it listens dies without removing its socket."""
    run = short_folder / "run"
    (run / "rehearsal").mkdir(parents=True, mode=0o750)
    run.chmod(0o750)
    (run / ".seawall").touch()  # of an earlier start
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(run / "rehearsal" / "sock"))

    with up("app:app", run=run, cwd=hello) as site:
        assert site.get("/").status == 200
