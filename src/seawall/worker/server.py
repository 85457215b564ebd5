"""Gunicorn as Seawall starts it: inside the app's interpreter, on a socket that the supervisor owns."""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import dataclass
from typing import List

from . import parent, server_copy, settings

# The supervisor tells systemd when the site is ready, and the prefix is ours to strip. The Gunicorn that a person may
# have running around us must not be mistaken for our own earlier self.
STRAY = ("SCRIPT_NAME", "NOTIFY_SOCKET", "GUNICORN_PID", "GUNICORN_FD", "LISTEN_FDNAMES")


@dataclass(frozen=True)
class Config:
    """What the supervisor hands over.

    server_folder: where Seawall's own Gunicorn lies, "" when the app's environment has one.
    settings: a file of Gunicorn settings.  prefix: where the app is mounted, `/` or `/a/b/`.
    port: the public port, for requests that the edge did not make.
    kill: seconds of silence after which a request costs its worker.  drain: seconds that others may go on then.
    """

    target: str
    folder: str
    paths: List[str]
    server_folder: str
    settings: str
    prefix: str
    port: int
    kill: float
    drain: float
    die_with_parent: bool


def main() -> None:
    config = read(sys.argv[1])
    # Some apps read their own arguments on import.
    del sys.argv[1:]
    if config.die_with_parent:
        parent.follow(os.getppid(), signal.SIGQUIT)
    inherit_socket()
    values = settings.read(config.settings)
    if config.server_folder:
        server_copy.offer(config.server_folder, values)
    # Before the app's folder is on the path: it may hold a `gunicorn.py` with settings.
    from .application import Application

    Application(config, values).run()


def read(path: str) -> Config:
    with open(path, encoding="utf-8") as file:
        return Config(**json.load(file))


def inherit_socket() -> None:
    """Announce descriptor 3 as systemd would: then Gunicorn neither creates a socket nor removes ours."""
    for name in STRAY:
        os.environ.pop(name, None)
    os.environ["LISTEN_FDS"] = "1"
    os.environ["LISTEN_PID"] = str(os.getpid())
