"""The end of patience with a request: a worker whose app has fallen silent is replaced, and says where it stood.

The edge has answered 504 by then. Threads cannot be killed, so the process goes: it stops accepting, lets its other
requests finish, and leaves by `os._exit`, because an orderly exit would wait for the very thread that hangs.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from _thread import get_ident
from functools import partial
from time import monotonic, sleep
from typing import Any, Callable, Dict, Iterable, NamedTuple, Tuple

from .environ import App, Environ

Request = Tuple[float, Environ, Any]
STDERR = 2
# Frames in which a thread waits for the edge to take or to send bytes. How slow a client may be is the edge's decision.
EDGE = ("gunicorn.http", "gunicorn.util")
BELOW = ("socket", "selectors")


class Progress(NamedTuple):
    """A request that began `since`, had sent `sent` bytes when last looked at, the latest of them at `at`."""

    since: float
    sent: int
    at: float


class Deadline:
    """Watches the requests of one worker from a thread of its own, which costs each request one entry in a dict."""

    def __init__(self, kill: float, drain: float) -> None:
        self.kill = kill
        self.drain = drain
        self.tick = min(0.25, kill / 8)
        self.running: Dict[int, Request] = {}
        self.progress: Dict[int, Progress] = {}
        self.leaving = False
        self.end = float("inf")

    def around(self, app: App) -> App:
        running = self.running

        def watched(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
            running[get_ident()] = (monotonic(), environ, start_response)
            return app(environ, start_response)

        return watched

    def forget(self, _worker: Any, _request: Any, _environ: Any, _response: Any) -> None:
        """Gunicorn's `post_request`: the answer is sent and closed, in the thread that made it."""
        self.running.pop(get_ident(), None)

    def watch(self, worker: Any) -> None:
        """Begin, in the worker's main thread, once Gunicorn has installed its signal handlers."""
        if _is_patched():
            return
        threading.Thread(target=self._watch, args=(worker,), name="seawall-deadline", daemon=True).start()
        for number in (signal.SIGQUIT, signal.SIGINT):
            signal.signal(number, partial(self._quit, worker))

    def _quit(self, worker: Any, number: int, frame: Any) -> None:
        """Leave soon: quitting is not finishing, and busy threads would hold the exit up.

        So may Gunicorn's own handler, for ever: it takes a lock that the main thread may hold where it was interrupted.
        """
        self.end = monotonic() + 0.5
        worker.handle_quit(number, frame)

    def _watch(self, worker: Any) -> None:
        while True:
            sleep(self.tick)
            now = monotonic()
            silent = self._look(now)
            if self.leaving and silent and _holds_only(worker, self._given_up(worker, silent, now)):
                os._exit(1)
            if silent and not self.leaving:
                self._leave(silent, now)
            if not worker.alive and self.end == float("inf"):
                # Gunicorn's own patience ends after `drain`; its exit then waits for the threads.
                self.end = now + self.drain + 1
            if now > self.end:
                os._exit(1 if self.leaving else 0)

    def _look(self, now: float) -> Dict[int, Request]:
        """Note how far each request is; return those of which nothing was heard for too long."""
        running = self.running.copy()
        self.progress = {thread: self._advance(thread, request, now) for thread, request in running.items()}
        return {thread: running[thread] for thread, seen in self.progress.items() if now - seen.at >= self.kill}

    def _advance(self, thread: int, request: Request, now: float) -> Progress:
        since, environ, start_response = request
        sent = getattr(getattr(start_response, "__self__", None), "sent", 0)
        before = self.progress.get(thread)
        if before is None or before.since != since:
            before = Progress(since, 0, since)
        at = before.at if sent == before.sent else now
        if now - at >= self.kill and (_is_websocket(environ) or _waits_for_edge(thread)):
            at = now
        return Progress(since, sent, at)

    def _given_up(self, worker: Any, silent: Dict[int, Request], now: float) -> int:
        """Count the requests that do not hold up the exit: the silent ones.

        For an only worker its streams too: nobody else accepts meanwhile, and every other request ends in time.
        """
        if worker.cfg.workers > 1:
            return len(silent)
        return sum(now - since >= self.kill for since, _, _ in self.running.copy().values())

    def _leave(self, silent: Dict[int, Request], now: float) -> None:
        self.leaving = True
        self.end = now + self.drain
        lines = [_describe(environ, now - self.progress[thread].at) for thread, (_, environ, _s) in silent.items()]
        os.write(STDERR, "".join(lines).encode("ascii", "backslashreplace"))
        faulthandler.dump_traceback(STDERR, all_threads=True)
        # As if the master had told it to stop. To the main thread, whose waiting it interrupts.
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)


def _describe(environ: Environ, seconds: float) -> str:
    path = str(environ.get("RAW_URI") or environ["PATH_INFO"]).split("?")[0]
    name = environ.get("HTTP_X_REQUEST_ID", "without id")
    return "seawall: {} {} (request {}) has been silent for {:.1f} s, so worker {} is replaced; its threads:\n".format(
        environ["REQUEST_METHOD"], path, name, seconds, os.getpid()
    )


def _holds_only(worker: Any, count: int) -> bool:
    """Whether no more than `count` requests are left. A sync worker has one at a time."""
    connections = getattr(worker, "nr_conns", None)
    if connections is None:
        return True
    # The second is its name before Gunicorn 25.
    idle = next(len(getattr(worker, name)) for name in ("keepalived_conns", "_keep") if hasattr(worker, name))
    return not worker.alive and connections - idle <= count


def _is_websocket(environ: Environ) -> bool:
    """Such a request speaks past Gunicorn, for as long as it likes."""
    return str(environ.get("HTTP_UPGRADE", "")).lower() == "websocket"


def _waits_for_edge(thread: int) -> bool:
    frame = sys._current_frames().get(thread)  # noqa: SLF001 - the documented way to see another thread
    while frame is not None and frame.f_globals.get("__name__") in BELOW:
        frame = frame.f_back
    return frame is not None and str(frame.f_globals.get("__name__")).startswith(EDGE)


def _is_patched() -> bool:
    """Whether gevent or eventlet has replaced threads.

    Ours would never run then. A greenlet that waits holds nobody up; one that blocks them all meets Gunicorn's timeout.
    """
    monkey = sys.modules.get("gevent.monkey")
    patcher = sys.modules.get("eventlet.patcher")
    return bool((monkey and monkey.is_module_patched("threading")) or (patcher and patcher.is_monkey_patched("thread")))
