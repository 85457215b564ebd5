"""The shape of a server adapter: one file, pure functions, one constant at the bottom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from seawall.config.pinned import Pinned
from seawall.model.decisions import Decision, Remark
from seawall.model.facts import Facts, Protocol
from seawall.model.files import FileSet
from seawall.model.stack import Argv, Capacity, Server, SizeBudget, Stack, TimeBudget


@dataclass(frozen=True, slots=True)
class Need:
    facts: Facts
    pinned: Pinned[str] | None


@dataclass(frozen=True, slots=True)
class Kind:
    """Which server, in which variety, from where. `server_folder`: our copy for an app that brings none, else ""."""

    adapter: ServerAdapter
    worker: str
    version: str
    server_folder: str
    decision: Decision
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class ServerAdapter:
    """choose: the variety for this app, or RefusalError.  build: the server with all its settings.

    files: what it reads at start, relative to the runtime folder.  command: how to start it; it inherits its
    listening socket as descriptor 3, as systemd would hand it over (sd_listen_fds(3)).
    """

    name: str
    speaks: frozenset[Protocol]
    choose: Callable[[Need], Kind]
    build: Callable[[Kind, int, int, TimeBudget, SizeBudget, Capacity], Server]
    files: Callable[[Stack], FileSet]
    command: Callable[[Stack], Argv]
