"""What one Nginx binary can do: read from `nginx -V`, and asked with `nginx -t` where that does not tell."""

from __future__ import annotations

import grp
import os
import pwd
import re
import shlex
import tempfile
from dataclasses import dataclass
from pathlib import Path

from seawall.doing import process
from seawall.edge.abilities import ABILITIES, Ability
from seawall.errors import ToolError

_VERSION = re.compile(r"^nginx version: [^/\s]+/(\d+)\.(\d+)\.(\d+)", re.MULTILINE)
_OPENSSL = re.compile(r"(?:built|running) with (\w+ \d[^\s)]*)")
# Modules that are built unless `--without-` says otherwise, as far as anybody may ask for them.
_BUILT_IN = frozenset(
    f"http_{name}_module"
    for name in (
        "access",
        "auth_basic",
        "autoindex",
        "browser",
        "charset",
        "empty_gif",
        "fastcgi",
        "geo",
        "grpc",
        "gzip",
        "limit_conn",
        "limit_req",
        "map",
        "memcached",
        "mirror",
        "proxy",
        "referer",
        "rewrite",
        "scgi",
        "split_clients",
        "ssi",
        "upstream_hash",
        "upstream_ip_hash",
        "upstream_keepalive",
        "upstream_least_conn",
        "upstream_random",
        "upstream_zone",
        "userid",
        "uwsgi",
    )
)
# Each makes its temp folder, at a compiled-in place unless told otherwise, even when nothing uses it.
_SPOOLERS = ("fastcgi", "uwsgi", "scgi")
_ENV = {"LC_ALL": "C"}
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Build:
    version: tuple[int, int, int]
    openssl: str
    modules: frozenset[str]


def read_build(binary: Path) -> Build:
    """Ask for version and modules. ToolError when it cannot be started or is no Nginx."""
    argv = (str(binary), "-V")
    finished = process.run(argv, env=_ENV, timeout=_SECONDS)
    return parse_build(finished.err + finished.out) or _no_nginx(argv, finished)


def parse_build(text: str) -> Build | None:
    version = _VERSION.search(text)
    if not version:
        return None
    openssl = _OPENSSL.findall(text)  # what it runs with comes last, and is named only when it differs
    _, _, arguments = text.partition("configure arguments:")
    with_, without = set(), set()
    for argument in shlex.split(arguments):
        if match := re.fullmatch(r"--with-(\w+_module)", argument):  # `=dynamic` is not loaded, so it is not there
            with_.add(match[1])
        elif match := re.fullmatch(r"--without-(\w+_module)", argument):
            without.add(match[1])
    return Build(
        (int(version[1]), int(version[2]), int(version[3])),
        openssl[-1] if openssl else "",
        frozenset((_BUILT_IN - without) | with_),
    )


def accepted(binary: Path, build: Build) -> frozenset[str]:
    """Try every ability; names of those accepted. ToolError when not even a plain proxy is.

    All at once first. Of a refusal only the line number is read: the ability on that line is left out and the rest is
    tried again, so that what is accepted in the end was accepted as a whole.
    """
    left: tuple[Ability, ...] = ABILITIES
    with tempfile.TemporaryDirectory(prefix="seawall-nginx-") as name:
        folder = Path(name)
        while left:
            lines = _config(left, build)
            finished = _try(binary, folder, lines)
            if finished.code == 0:
                break
            refused = _refused(finished, folder, lines)
            if refused is None:
                left = _one_by_one(binary, folder, left, build)
                break
            left = tuple(ability for ability in left if ability.line != refused)
        if not left and (finished := _try(binary, folder, _config((), build))).code != 0:
            raise process.failed((str(binary), "-t"), finished)
    return frozenset(ability.name for ability in left)


def _refused(finished: process.Finished, folder: Path, lines: list[str]) -> str | None:
    """Find the ability's line that stopped it; None when it was another line, or none was named."""
    named = re.search(re.escape(f"{folder}/nginx.conf:") + r"(\d+)", finished.err)
    line = lines[int(named[1]) - 1] if named and int(named[1]) <= len(lines) else ""
    return line if line in {ability.line for ability in ABILITIES} else None


def _one_by_one(binary: Path, folder: Path, abilities: tuple[Ability, ...], build: Build) -> tuple[Ability, ...]:
    return tuple(each for each in abilities if _try(binary, folder, _config((each,), build)).code == 0)


def _try(binary: Path, folder: Path, lines: list[str]) -> process.Finished:
    (folder / "nginx.conf").write_text("\n".join([*lines, ""]))
    argv = (str(binary), "-t", "-q", "-p", f"{folder}/", "-c", f"{folder}/nginx.conf", "-e", "stderr")
    return process.run(argv, env=_ENV, timeout=_SECONDS, check=False)


def _config(abilities: tuple[Ability, ...], build: Build) -> list[str]:
    """Write what a proxy needs, without a server that would bind, and the abilities, each on a line of its own."""
    spools = [name for name in _SPOOLERS if f"http_{name}_module" in build.modules]

    def asking(context: str) -> list[str]:
        return [ability.line for ability in abilities if ability.context == context]

    http = [
        "access_log off;",
        "client_body_temp_path body;",
        *(f"{name}_temp_path {name};" for name in ("proxy", *spools)),
        *asking("http"),
        "upstream app {",
        "server unix:/nowhere;",
        *asking("upstream"),
        "}",
    ]
    return [*_user(), "pid nginx.pid;", "lock_file nginx.lock;", *asking("main"), "events {}", "http {", *http, "}"]


def _user() -> list[str]:
    """Name an account that exists: the compiled-in one need not, and only root's Nginx looks for it."""
    if os.geteuid() != 0:
        return []
    try:
        return [f"user {pwd.getpwuid(0).pw_name} {grp.getgrgid(0).gr_name};"]
    except KeyError:
        return []


def _no_nginx(argv: tuple[str, ...], finished: process.Finished) -> Build:
    first = (finished.out + finished.err).strip().splitlines()[:1]
    raise ToolError(f"`{argv[0]}` is not Nginx", where=shlex.join(argv), saw=first[0] if first else "no output")
