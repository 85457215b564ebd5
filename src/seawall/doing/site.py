"""What the supervisor is given: a plan turned into files and commands, and the means to speak."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from seawall.model.files import FileSet
from seawall.model.stack import Argv, Plan, Stack

Tell = Callable[[str], None]
OnLine = Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True)
class Voice:
    """tell: a sentence about what happens.  progress: what is being waited for, each replacing the last.

    app_line: one line that the app wrote (`stdout` or `stderr`).
    """

    tell: Tell
    progress: Tell
    app_line: OnLine


@dataclass(frozen=True, slots=True)
class Site:
    """server, edge, rehearsal: commands.  server_env: the app's whole environment.  edge_env: Nginx's.

    public: sockets bound but not yet listening; the port is ours and still refuses connections.
    import_timeout: seconds that the app may take to import.
    """

    plan: Plan
    files: FileSet
    server: Argv
    edge: Argv
    rehearsal: Argv
    server_env: dict[str, str]
    edge_env: dict[str, str]
    import_timeout: float
    public: list[socket.socket] = field(default_factory=list)

    @property
    def stack(self) -> Stack:
        return self.plan.stack
