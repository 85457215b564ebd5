"""What a slow-client run is, as data: everything the processes need, nothing they have to find out."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit


class Mode(StrEnum):
    """The three ways to be slow."""

    HEADERS = "headers"
    BODIES = "bodies"
    READERS = "readers"


@dataclass(frozen=True, kw_only=True)
class Target:
    """A server by address and nothing more: a benchmark must not resolve names."""

    host: str
    port: int

    @staticmethod
    def parse(url: str) -> Target:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError(f"want http://HOST:PORT, got {url!r}")
        return Target(host=parts.hostname, port=parts.port or 80)


@dataclass(frozen=True, kw_only=True)
class Slow:
    """How slow clients behave; `interval` is the pause between two signs of life of one client."""

    mode: Mode
    clients: int
    interval: float = 5.0
    path: str = "/"
    body_bytes: int = 1_000_000
    bytes_per_second: int = 2_000
    ramp_limit: float = 60.0
    header_deadline: float | None = None
    deadline_slack: float = 2.0

    def share(self, part: int, parts: int) -> Slow:
        """Take the part of the crowd that one of several processes plays."""
        mine = self.clients // parts + (1 if part < self.clients % parts else 0)
        return dataclasses.replace(self, clients=mine)


@dataclass(frozen=True, kw_only=True)
class Fast:
    """The client whose throughput and latency are measured."""

    path: str = "/"
    connections: int = 16
    seconds: float = 10.0
    timeout: float = 10.0


def to_json(target: Target, part: Slow | Fast, **more: object) -> str:
    """One argument for a child process."""
    return json.dumps({"target": dataclasses.asdict(target), "part": dataclasses.asdict(part), **more})


def slow_from_json(text: str) -> tuple[Target, Slow, list[str]]:
    """Read what a holder process was asked to play, and the addresses it may come from."""
    data = json.loads(text)
    part = data["part"] | {"mode": Mode(data["part"]["mode"])}
    return Target(**data["target"]), Slow(**part), data["sources"]


def fast_from_json(text: str) -> tuple[Target, Fast]:
    """Read what a load process was asked to play."""
    data = json.loads(text)
    return Target(**data["target"]), Fast(**data["part"])
