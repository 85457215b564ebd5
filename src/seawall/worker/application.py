"""The app as Gunicorn sees it: settings, hooks, and the callable with its two layers around it."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Any, Dict, Optional

from gunicorn.app.base import BaseApplication
from gunicorn.errors import AppImportError, HaltServer

from . import environ, parent, target
from .deadline import Deadline

if TYPE_CHECKING:
    from .server import Config

# The edge's headers are read in `environ`, in one place for every version of Gunicorn. Its own reading answers 400 to
# a client that sends `X-Forwarded-Ssl` beside the edge's `X-Forwarded-Proto`.
FIXED = {"secure_scheme_headers": {}, "forwarder_headers": "", "header_map": "drop"}
THREADED = ("sync", "gthread")
MEMORY = "/dev/shm"  # noqa: S108 - Gunicorn makes its file there safely, and removes its name at once


def heartbeat_folder(settings: str) -> Optional[str]:
    """Where workers touch a file as their heartbeat: in memory, since a slow disk would make them look dead (P32).

    Without such a place it is the runtime folder, which may be the only one that can be written to.
    """
    run_folder = os.path.dirname(os.path.dirname(os.path.abspath(settings)))
    places = (MEMORY, run_folder)
    return next((place for place in places if os.path.isdir(place) and os.access(place, os.W_OK | os.X_OK)), None)


class Application(BaseApplication):  # type: ignore[misc]
    def __init__(self, config: Config, values: Dict[str, Any]) -> None:
        self.config = config
        self.values = values
        self.deadline = Deadline(config.kill, config.drain)
        super().__init__()

    def run(self) -> None:
        try:
            super().run()
        except HaltServer as stop:
            # Two workers could not load the app: the second interrupts Gunicorn while it halts for the first.
            sys.exit(stop.exit_status)

    def load_config(self) -> None:
        heartbeat = {"worker_tmp_dir": heartbeat_folder(self.config.settings)}
        for name, value in {**heartbeat, **self.values, **FIXED, **self.hooks()}.items():
            # Settings come and go between versions; one that is unknown here has nothing to switch.
            if name in self.cfg.settings:
                self.cfg.set(name, value)
        self.threaded = self.cfg.worker_class_str in THREADED

    def hooks(self) -> Dict[str, Any]:
        return {
            "post_fork": self.follow_master,
            "post_worker_init": self.settle,
            "post_request": self.deadline.forget,
        }

    def load(self) -> environ.App:
        try:
            app: Any = target.load(self.config.target, self.config.folder, self.config.paths)
        except target.TargetError as error:
            # Gunicorn prints it and ends with APP_LOAD_ERROR.
            raise AppImportError("{}\nerror: {}".format(error.traceback.rstrip(), error.message).lstrip()) from None
        app = environ.behind_edge(app, self.config.prefix, self.config.port)
        return self.deadline.around(app) if self.threaded else app

    def follow_master(self, _arbiter: Any, worker: Any) -> None:
        parent.follow(worker.ppid, signal.SIGTERM)

    def settle(self, worker: Any) -> None:
        # Again: a signal that came while the app was loading met the master's handler, and a change of user since
        # the fork has undone the request.
        parent.follow(worker.ppid, signal.SIGTERM)
        if self.threaded:
            self.deadline.watch(worker)
