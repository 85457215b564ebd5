"""Find and read the configuration file. `read_text` and `find` touch the disk, and only read; the rest is pure."""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from seawall.config.environment import Pairs, added_variables, parse_env_file
from seawall.config.kinds import Path as KeyPath
from seawall.config.kinds import Place
from seawall.config.lines import key_lines, line_of
from seawall.config.merge import from_environment, merge
from seawall.config.pinned import Config
from seawall.config.structure import Reading, from_flags, spelled, structure
from seawall.errors import ConfigError, Problem
from seawall.model.decisions import Level, Remark, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN_FILE = "seawall.toml"
SHARED_FILE = "pyproject.toml"
LARGEST_FILE = 1024 * 1024
_POSITION = re.compile(r"^(.*) \(at line (\d+), column (\d+)\)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The merged configuration. `file` is absolute, "" when there is none."""

    config: Config
    file: str = ""
    remarks: tuple[Remark, ...] = ()

    @property
    def folder(self) -> str:
        """Where a path in `app` starts when the file pins it."""
        return str(PurePosixPath(self.file).parent) if self.file else ""


@dataclass(frozen=True, slots=True)
class Found:
    """A configuration file's text. `shown` is how messages call it, `table` where the settings are in it."""

    path: str
    shown: str
    text: str
    table: tuple[str, ...] = ()


def configure(flags: Mapping[str, object], env: Mapping[str, str], *, folder: str, current: str) -> Loaded:
    """Merge flags over the environment over the file found from `folder`; raise every problem of all three at once.

    `folder` and `current` (the current directory, where relative flags start) are absolute.
    """
    home = env.get("HOME", "")
    found, remarks = find(folder, current=current, home=home)
    readings = (
        from_flags(flags, folder=current, home=home),
        from_environment(env),
        from_file(found, home=home) if found else (Config(), ()),
    )
    problems = tuple(problem for _, wrong in readings for problem in wrong)
    if problems:
        raise ConfigError(problems)
    return Loaded(merge(*(config for config, _ in readings)), found.path if found else "", remarks)


def from_file(found: Found, *, home: str) -> Reading:
    """Read the settings in a file's text."""
    try:
        raw = _table(tomllib.loads(found.text), found.table)
    except RecursionError:
        return Config(), (Problem(found.shown, "should be nested less deeply"),)
    except ValueError as error:
        return Config(), (_syntax(found, str(error)),)

    lines = key_lines(found.text)

    def pinned(path: KeyPath) -> str:
        line = line_of(lines, (*found.table, *path))
        return f"{found.shown}:{line}" if line else found.shown

    def wrong(path: KeyPath) -> str:
        return f"{pinned(path)} (`{spelled(path)}`)"

    if not isinstance(raw, dict):
        return Config(), (Problem(f"{found.shown} (`{spelled(found.table)}`)", "should be a table"),)
    place = Place(str(PurePosixPath(found.path).parent), home)
    return structure(raw, place, Source.FILE, pinned=pinned, wrong=wrong)


def find(folder: str, *, current: str, home: str) -> tuple[Found | None, tuple[Remark, ...]]:
    """Look for a file in the folder, then in its parents up to the repository, or below the home folder."""
    remarks: list[Remark] = []
    for place in _search(Path(folder), home):
        files = [file for file in (place / OWN_FILE, place / SHARED_FILE) if _is_file(file)]
        if strange := [file for file in files if not _is_trusted(file, Path(folder))]:
            names = " and ".join(f"`{_shown(file, current)}`" for file in strange)
            remarks.append(Remark(Level.WARNING, f"{names} not read: another user's, and above your app"))
        found = [found for file in files if file not in strange and (found := _found(file, current))]
        if len(found) > 1:
            text = f"`[tool.seawall]` in `{found[1].shown}` is not read, `{found[0].shown}` wins"
            remarks.append(Remark(Level.NOTE, text))
        if found:
            return found[0], tuple(remarks)
    return None, tuple(remarks)


def read_text(path: Path, shown: str) -> str:
    """Read a small UTF-8 text, or raise a `ConfigError` that says why not."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        hint = f"`{shlex.join(('ls', '-ld', str(path)))}`"
        raise ConfigError((Problem(shown, f"cannot be read: {reason}", hint),)) from None
    if len(data) > LARGEST_FILE:
        raise ConfigError((Problem(shown, "should be smaller than 1 MB"),))
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError((Problem(f"{shown}:{line}", "should be valid UTF-8"),)) from None


def read_variables(config: Config, *, current: str) -> Pairs:
    """Read the env file, if one is pinned, and put `[env]` over it: what the app gets besides our environment."""
    file: Pairs = ()
    if config.env_file:
        path = Path(config.env_file.value)
        shown = _shown(path, current)
        file = parse_env_file(read_text(path, f"{shown} ({config.env_file.where})"), shown)
    return added_variables(file, config.env.value if config.env else None)


def _search(folder: Path, home: str) -> list[Path]:
    """Stay inside the repository or the home folder: further up, anybody may have put a file (`/tmp`)."""
    parents = [folder, *folder.parents]
    for index, place in enumerate(parents):
        if home and str(place) == home.rstrip("/"):
            return parents[: max(index, 1)]
        if _exists(place / ".git"):
            return parents[: index + 1]
    return [folder]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _is_trusted(path: Path, folder: Path) -> bool:
    """Refuse a file that a stranger put into a folder above the app: it could name programs to run."""
    return path.parent == folder or path.stat().st_uid in {0, os.geteuid(), _owner(folder)}


def _owner(path: Path) -> int:
    try:
        return path.stat().st_uid
    except OSError:  # a folder that does not exist is somebody else's message
        return 0


def _found(path: Path, current: str) -> Found | None:
    shown = _shown(path, current)
    text = read_text(path, shown)
    if path.name == OWN_FILE:
        return Found(str(path), shown, text)
    # Other tools' mistakes in this file are none of our business while nothing in it is ours
    if "seawall" not in text:
        return None
    found = Found(str(path), shown, text, ("tool", "seawall"))
    try:
        return found if _table(tomllib.loads(text), found.table) is not None else None
    except (ValueError, RecursionError):
        return found if "tool.seawall" in text else None


def _shown(path: Path, current: str) -> str:
    return min(os.path.relpath(path, current), str(path), key=len)


def _table(document: object, keys: tuple[str, ...]) -> object:
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _syntax(found: Found, message: str) -> Problem:
    """Until Python 3.14 the position stands only in the message; without it the message is shown whole."""
    match = _POSITION.match(message)
    reason = match[1] if match else message
    where = f"{found.shown}:{match[2]}:{match[3]}" if match else found.shown
    return Problem(where, f"is not valid TOML: {reason[:1].lower()}{reason[1:]}")
