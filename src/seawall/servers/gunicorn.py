"""Gunicorn: the pre-fork WSGI server (https://gunicorn.org).

It runs inside the app's own interpreter, started by `seawall.worker.serve`, and speaks HTTP with the edge on a
private Unix socket that the supervisor owns.
"""

from __future__ import annotations

import json
import math
from pathlib import PurePosixPath

from seawall.errors import RefusalError
from seawall.model.decisions import Decision, Level, Remark, Source
from seawall.model.facts import AppFacts, Facts, Interpreter
from seawall.model.files import File, FileSet
from seawall.model.stack import Argv, Capacity, Link, Literal, Server, SizeBudget, Stack, TimeBudget
from seawall.servers._server import Kind, Need, ServerAdapter
from seawall.syntax import python

# Request smuggling and truncated bodies were fixed up to here; behind our edge it is a warning, not a refusal.
FLOOR = (26, 1)
# The last release that runs on Pythons older than Seawall's own copy.
FOR_OLDER_PYTHON = "gunicorn<24"
# The last release with a worker for eventlet.
WITHOUT_EVENTLET = (26,)
FOR_EVENTLET = "gunicorn<26"
SERVE = PurePosixPath(__file__).parent.parent / "worker" / "serve.py"
SETTINGS_FILE = PurePosixPath("conf/gunicorn.conf.py")
START_FILE = PurePosixPath("conf/serve.json")


def choose(need: Need) -> Kind:
    """Threads by default; greenlets for an app that replaced its sockets by gevent's or eventlet's, since it would
    never answer a threaded worker.
    """
    app = need.facts.app
    version, server_folder = _copy_for(need.facts)
    worker, because = _worker_for(app, version)
    where = (
        "Seawall's own copy, since the app's environment has none" if server_folder else "from the app's environment"
    )
    decision = Decision(
        "server",
        f"gunicorn {version} ({worker})",
        f"{because}; {where}",
        need.pinned.source if need.pinned else Source.DETECTED if server_folder == "" else Source.DEFAULT,
        need.pinned.where if need.pinned else "",
    )
    return Kind(SERVER, worker, version, server_folder, decision, _warn_about_version(version, app.interpreter))


def _worker_for(app: AppFacts, version: str) -> tuple[str, str]:
    if app.gevent_patched:
        return "gevent", "gevent replaced sockets and threads when the app was imported"
    if not app.eventlet_patched:
        return "gthread", "threads, so that a slow answer holds up nobody"
    if _numbers(version) < WITHOUT_EVENTLET:
        return "eventlet", "eventlet replaced sockets and threads when the app was imported"
    raise RefusalError(
        "eventlet replaced the app's sockets and threads, and this Gunicorn cannot serve it",
        where=f"`{app.target}`",
        saw=f"Gunicorn {version}; its worker for eventlet was taken out in {WITHOUT_EVENTLET[0]}",
        hint=f"{app.interpreter.executable} -m pip install '{FOR_EVENTLET}'",
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def _copy_for(facts: Facts) -> tuple[str, str]:
    """The app's own Gunicorn wins; else ours, on every Python that it supports."""
    interpreter = facts.app.interpreter
    if interpreter.gunicorn:
        return interpreter.gunicorn, ""
    if interpreter.version[:2] >= facts.server.requires_python:
        return facts.server.gunicorn, facts.server.folder
    has = ".".join(map(str, interpreter.version))
    needs = ".".join(map(str, facts.server.requires_python))
    raise RefusalError(
        f"the app runs on Python {has}, which Seawall's copy of Gunicorn does not support",
        where=interpreter.executable,
        saw=f"Gunicorn {facts.server.gunicorn} needs Python {needs} or newer, and the app's environment has none",
        hint=f"{interpreter.executable} -m pip install '{FOR_OLDER_PYTHON}'",
    )


def _warn_about_version(version: str, interpreter: Interpreter) -> tuple[Remark, ...]:
    if _numbers(version) >= FLOOR:
        return ()
    newest = interpreter.version[:2] >= (3, 10)
    return (
        Remark(
            Level.NOTE,
            f"Gunicorn {version} in the app's environment has known flaws in its HTTP parser, fixed in 26.1",
            f"{interpreter.executable} -m pip install -U gunicorn"
            if newest
            else "a newer Python brings a newer Gunicorn",
        ),
    )


def build(kind: Kind, workers: int, threads: int, time: TimeBudget, size: SizeBudget, room: Capacity) -> Server:
    return Server(
        name=SERVER.name,
        version=kind.version,
        worker=kind.worker,
        workers=workers,
        threads=threads,
        link=Link.HTTP,
        settings=_settings(kind, workers, threads, time, size, room),
    )


def _settings(
    kind: Kind, workers: int, threads: int, time: TimeBudget, size: SizeBudget, room: Capacity
) -> tuple[tuple[str, Literal], ...]:
    return (
        ("workers", workers),
        ("worker_class", kind.worker),
        ("threads", threads if kind.worker == "gthread" else 1),
        # No more than it can work on: what waits, waits in the one queue that all workers share.
        ("worker_connections", threads),
        ("backlog", room.queue),
        # A heartbeat for threads; a request that overstays is ended by our own watch, after the edge gave up.
        ("timeout", math.ceil(time.kill.seconds) + 5),
        ("graceful_timeout", math.ceil(time.drain.seconds)),
        # The edge opens one connection per request, so that a swap has none to lose (P19, C24).
        ("keepalive", 0),
        # The edge has refused anything larger, with a page and a request id (C13, C14).
        ("limit_request_line", 0),
        # Unlike for the line, zero does not mean unlimited: Gunicorn would fall back to 8,190 bytes.
        ("limit_request_field_size", size.header_line.bytes + 1024),
        ("limit_request_fields", size.header_count + 50),
        ("forwarded_allow_ips", ""),
        ("forwarder_headers", ""),
        ("header_map", "drop"),
        ("control_socket_disable", True),
        ("preload_app", False),
        ("accesslog", None),
        ("errorlog", "-"),
        ("loglevel", "warning"),
    )


def files(stack: Stack) -> FileSet:
    settings = (
        *stack.server.settings,
        ("chdir", stack.app.folder),
        ("proc_name", f"seawall:{stack.name}"),
    )
    start = {
        "target": stack.app.target,
        "folder": stack.app.folder,
        "paths": list(stack.app.paths),
        "server_folder": stack.app.server_folder,
        "settings": str(stack.run.path / SETTINGS_FILE),
        "prefix": stack.edge.prefix.path,
        "port": stack.edge.listen[0].port.number,
        "kill": stack.time.kill.seconds,
        "drain": stack.time.drain.seconds,
        "die_with_parent": not stack.detached,
    }
    return (
        File(SETTINGS_FILE, python.emit(settings, header=_HEADER)),
        File(START_FILE, json.dumps(start, indent=2) + "\n"),
    )


def command(stack: Stack) -> Argv:
    return (stack.app.interpreter.executable, str(SERVE), str(stack.run.path / START_FILE))


_HEADER = ("Written by Seawall at every start; change `seawall.toml` instead.",)

SERVER = ServerAdapter(
    name="gunicorn",
    speaks=frozenset({"wsgi"}),
    choose=choose,
    build=build,
    files=files,
    command=command,
)
