"""The distribution's package that a binary belongs to, and the flaws that its changelog names as fixed."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path

from seawall.doing import process
from seawall.errors import ToolError

_CVE = re.compile(r"CVE-\d{4}-\d{4,7}")
_ENV = {"LC_ALL": "C", "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}
Package = tuple[str, frozenset[str]]
_NONE: Package = ("", frozenset())


def look_up(binary: Path, root: Path = Path("/")) -> Package:
    """Give the version of the package and the ids its changelog names; ("", nothing) for a binary of no package."""
    for owner in _debian_owners(binary, root):
        if version := _ask("dpkg-query", "-W", "-f", "${Version}", owner):
            return version, _named(root / "usr/share/doc" / owner)
    if not (root / "var/lib/dpkg").is_dir() and (
        version := _ask("rpm", "-qf", "--qf", "%{VERSION}-%{RELEASE}", str(binary))
    ):
        return version, frozenset(_CVE.findall(_ask("rpm", "-qf", "--changelog", str(binary))))
    return _NONE


def _debian_owners(binary: Path, root: Path) -> list[str]:
    """Find the packages that own the file, in the lists of Nginx packages alone: dpkg searches all, for 100 ms."""
    lines = {str(binary), str(binary).removeprefix("/usr")}
    owners = []
    for file in sorted((root / "var/lib/dpkg/info").glob("nginx*.list")):
        try:
            if lines & set(file.read_text("utf-8", "replace").splitlines()):
                owners.append(file.stem.partition(":")[0])
        except OSError:
            continue
    return owners


def _named(folder: Path) -> frozenset[str]:
    """Collect the ids from the changelog. Images often come without it."""
    for name in ("changelog.Debian.gz", "changelog.gz"):
        try:
            return frozenset(_CVE.findall(gzip.decompress((folder / name).read_bytes()).decode("utf-8", "replace")))
        except (OSError, EOFError):
            continue
    return frozenset()


def _ask(program: str, *arguments: str) -> str:
    found = shutil.which(program, path=_ENV["PATH"])
    if not found:
        return ""
    try:
        done = process.run((found, *arguments), env=_ENV, timeout=10, check=False)
    except ToolError:
        return ""
    return done.out.strip() if done.code == 0 else ""
