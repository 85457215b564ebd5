"""The configuration as a class: each field is what somebody pinned, and where, or None."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from seawall.model.decisions import Source
from seawall.model.stack import Trust
from seawall.model.values import Duration, Host, HostName, Port, Size, UrlPrefix

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Pinned(Generic[T_co]):
    """A value that a person set. `where` is shown to them: "`--port`", "seawall.toml:3", "`PORT`"."""

    value: T_co
    source: Source
    where: str


@dataclass(frozen=True, slots=True)
class StaticPin:
    """Files of `folder` (absolute) are served at `url`."""

    url: UrlPrefix
    folder: str


@dataclass(frozen=True, slots=True)
class Variables:
    """Environment variables for the app. The values may be secrets, so a repr has the names alone."""

    pairs: tuple[tuple[str, str], ...] = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.pairs)

    def __repr__(self) -> str:
        return f"Variables(names={self.names!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One field per setting of `schema.SETTINGS`, under the same name. Paths are absolute.

    `app` is as written: a path in it is relative to the folder of whoever wrote it.
    """

    app: Pinned[str] | None = None
    host: Pinned[Host] | None = None
    port: Pinned[Port] | None = None
    server: Pinned[str] | None = None
    workers: Pinned[int] | None = None
    threads: Pinned[int] | None = None
    deadline: Pinned[Duration] | None = None
    max_body: Pinned[Size] | None = None
    static: Pinned[tuple[StaticPin, ...]] | None = None
    prefix: Pinned[UrlPrefix] | None = None
    hosts: Pinned[tuple[HostName, ...]] | None = None
    behind: Pinned[Trust] | None = None
    health: Pinned[str] | None = None
    env: Pinned[Variables] | None = None
    env_file: Pinned[str] | None = None
    chdir: Pinned[str] | None = None
    python: Pinned[str] | None = None
    nginx: Pinned[str] | None = None
    accept_nginx_flaws: Pinned[tuple[str, ...]] | None = None
    run_dir: Pinned[str] | None = None
    detach: Pinned[bool] | None = None
    user: Pinned[str] | None = None
    import_timeout: Pinned[Duration] | None = None
