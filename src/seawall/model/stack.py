"""The stack: everything that will run, with nothing left to decide."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from seawall.model.decisions import Decision, Remark
from seawall.model.facts import Interpreter
from seawall.model.runfolder import RunFolder
from seawall.model.values import Address, Duration, HostName, Network, Size, UrlPrefix

Literal = str | int | bool | None | list[str]
Argv = tuple[str, ...]


class Link(StrEnum):
    """What edge and server speak on the app's socket."""

    HTTP = "http"
    SCGI = "scgi"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The user's code. `server_folder` holds a Gunicorn for an app whose environment has none, else "".

    env: the variables that the configuration adds, values included; they are handed over at exec and never written.
    """

    target: str
    framework: str
    interpreter: Interpreter
    folder: str
    paths: tuple[str, ...]
    server_folder: str
    env: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        return f"App(target={self.target!r}, folder={self.folder!r}, env={[name for name, _ in self.env]!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What calls the app. `settings` are in the server's own words, as literals."""

    name: str
    version: str
    worker: str
    workers: int
    threads: int
    link: Link
    settings: tuple[tuple[str, Literal], ...]

    @property
    def slots(self) -> int:
        """How many requests the app works on at once."""
        return self.workers * self.threads


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeBudget:
    """All times follow from one deadline (contract rows C01-C11).

    deadline: the longest silence the edge bears from the app.  connect: to a local socket.
    header, body, send: the longest silence the edge bears from a client (header: in total).
    keepalive: idle time of a client's connection.  kill: after this the app's worker is replaced.
    drain: how long requests in flight may finish on stop.  grace: until everything must have ended.
    """

    deadline: Duration
    connect: Duration
    header: Duration
    body: Duration
    send: Duration
    keepalive: Duration
    kill: Duration
    drain: Duration
    grace: Duration

    def __post_init__(self) -> None:
        if not self.deadline <= self.kill <= self.drain <= self.grace:
            raise ValueError(
                "the edge gives up first, then the worker is replaced, then the drain ends, then the grace"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeBudget:
    """body: of a request.  header_line × header_lines: of a request.  header_count: fields in a request.
    response_header: the largest header block the app may send.  spool: of one answer on disk.
    """

    body: Size
    header_line: Size
    header_lines: int
    header_count: int
    response_header: Size
    spool: Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """edge_workers × connections: what the edge holds.  descriptors: open files per edge worker.
    backlog: of the public sockets.  queue: of the app's socket.  admitted: requests inside or waiting, beyond is 503.
    """

    edge_workers: int
    connections: int
    descriptors: int
    backlog: int
    queue: int
    admitted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticMap:
    """Files of `folder` are served at `url` by the edge; a missing one falls through to the app.

    sample: a file in it to check before the port opens, relative; "" when the folder is empty or not there yet.
    collect: the framework must fill the folder first.
    """

    url: UrlPrefix
    folder: str
    origin: str
    sample: str = ""
    collect: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Outer proxies whose forwarding headers are believed; from anybody else they are overwritten."""

    proxies: tuple[Network, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One real request. `pinned`: the configuration names the path, so an answer of 500 and up is a failure;
    on a path that we found, any answer that the app itself gave counts.
    """

    path: str
    host: str
    timeout: Duration
    pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Nginx. `abilities`: optional modules and directives that this binary has; nothing else may be written.

    user: whom its workers run as, when the master is root; "" for everybody else.
    """

    binary: str
    version: str
    abilities: frozenset[str]
    listen: tuple[Address, ...]
    hosts: tuple[HostName, ...]
    prefix: UrlPrefix
    static: tuple[StaticMap, ...]
    trust: Trust
    user: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """`detached`: what serves outlives its supervisor; in the foreground it ends with it."""

    name: str
    app: App
    server: Server
    edge: Edge
    time: TimeBudget
    size: SizeBudget
    capacity: Capacity
    health: Health
    run: RunFolder
    detached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The stack, how it came to be, and what the person should know."""

    stack: Stack
    decisions: tuple[Decision, ...]
    remarks: tuple[Remark, ...]
