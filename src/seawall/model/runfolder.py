"""Where everything lies in the runtime folder. Path arithmetic only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

# sockaddr_un.sun_path holds 108 bytes on Linux (104 on BSD and macOS), the closing NUL included.
SOCKET_PATH_LIMIT = 103

# The file by which a folder is known as made by us.
MARKER = ".seawall"
_NAMES = frozenset(
    {MARKER, "app.sock", "conf", "control.sock", "edge.lock", "edge.pid", "edge.sock", "lock", "log", "rehearsal"}
    | {"spool", "state", "state.json", "static", "temp", "web"}
)
_NUMBERED = re.compile(r"g[0-9]{1,5}|\.[0-9a-f]{12}\.new")  # a generation; a file on its way to its name


@dataclass(frozen=True, slots=True)
class RunFolder:
    """`<run>`: private to one user and one app (0750). `spool`: where bodies wait, when that is not in here."""

    path: PurePosixPath
    spool: PurePosixPath | None = None

    @property
    def link(self) -> PurePosixPath:
        """The symbolic link to the socket of the generation that serves. Nginx connects through it."""
        return self.path / "app.sock"

    def generation(self, number: int) -> PurePosixPath:
        return self.path / f"g{number}"

    def app_socket(self, number: int) -> PurePosixPath:
        return self.generation(number) / "app.sock"

    @property
    def longest_socket(self) -> PurePosixPath:
        return self.app_socket(99_999)

    @property
    def edge_socket(self) -> PurePosixPath:
        """A private listener of the edge, for our own checks."""
        return self.path / "edge.sock"

    @property
    def rehearsal(self) -> PurePosixPath:
        """Where the edge is tried out, without a public port, before the real one starts."""
        return self.path / "rehearsal"

    @property
    def rehearsal_config(self) -> PurePosixPath:
        return self.rehearsal / "nginx.conf"

    @property
    def rehearsal_socket(self) -> PurePosixPath:
        """Short, so that it stays below the longest socket path, which is checked."""
        return self.rehearsal / "sock"

    @property
    def rehearsal_log(self) -> PurePosixPath:
        return self.rehearsal / "edge.log"

    @property
    def control_socket(self) -> PurePosixPath:
        return self.path / "control.sock"

    @property
    def lock(self) -> PurePosixPath:
        return self.path / "lock"

    @property
    def state(self) -> PurePosixPath:
        return self.path / "state.json"

    @property
    def conf(self) -> PurePosixPath:
        return self.path / "conf"

    @property
    def edge_config(self) -> PurePosixPath:
        return self.conf / "nginx.conf"

    @property
    def web(self) -> PurePosixPath:
        """A tree of links, laid out like the URLs, to the static folders. Their names never enter a config."""
        return self.path / "web"

    @property
    def temp(self) -> PurePosixPath:
        """Nginx's spool of bodies that are on their way in or out."""
        return self.spool or self.path / "temp"

    @property
    def logs(self) -> PurePosixPath:
        return self.path / "log"

    @property
    def access_log(self) -> PurePosixPath:
        return self.logs / "access.jsonl"

    @property
    def edge_log(self) -> PurePosixPath:
        return self.logs / "edge.log"

    @property
    def app_log(self) -> PurePosixPath:
        return self.logs / "app.log"

    @property
    def supervisor_log(self) -> PurePosixPath:
        return self.logs / "seawall.log"


def is_ours(name: str) -> bool:
    """Whether a runtime or state folder has something of this name when nobody but us wrote to it."""
    return name in _NAMES or _NUMBERED.fullmatch(name) is not None
