"""Which Python runs the app: the one named, the active environment's, a neighbouring one's, or our own."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from seawall.doing import files
from seawall.errors import AppError

NEIGHBOURS = (".venv", "venv", "env", ".env")


@dataclass(frozen=True, slots=True)
class FoundInterpreter:
    executable: str
    because: str


def find_interpreter(given: Path | None, folder: Path, env: Mapping[str, str]) -> FoundInterpreter:
    """Raises AppError when the interpreter that was named is none."""
    if given is not None:
        return FoundInterpreter(str(_executable(given)), "as configured")
    active = env.get("VIRTUAL_ENV") or env.get("CONDA_PREFIX")
    if active and (found := _python_in(Path(active))):
        return FoundInterpreter(str(found), f"the active environment `{active}`")
    for place in _upwards(folder):
        for name in NEIGHBOURS:
            if found := _python_in(place / name):
                return FoundInterpreter(str(found), f"the environment `{place / name}` beside the app")
    return _our_own(env)


def _executable(given: Path) -> Path:
    path = given.expanduser()
    if files.is_folder(path) and (found := _python_in(path)):
        return found
    if not files.is_file(path) or not os.access(path, os.X_OK):
        raise AppError(
            f"`{given}` is no Python",
            where="`--python`",
            saw="no such program" if not files.exists(path) else "it cannot be executed",
            hint="name the interpreter, for example `--python .venv/bin/python`",
        )
    # Not resolved: a virtual environment is known by the path of its link.
    return path.absolute()


def _python_in(environment: Path) -> Path | None:
    for name in ("python", "python3"):
        candidate = environment / "bin" / name
        if os.access(candidate, os.X_OK) and not files.is_folder(candidate):
            return candidate.absolute()
    return None


def _upwards(folder: Path) -> list[Path]:
    """The folder and its parents up to the root of the repository; without one, two steps up."""
    steps = [folder, *folder.parents]
    for index, place in enumerate(steps):
        if files.exists(place / ".git"):
            return steps[: index + 1]
    return steps[:3]


def _our_own(env: Mapping[str, str]) -> FoundInterpreter:
    isolated = any(part in {"pipx", "uv"} for part in Path(sys.prefix).parts)
    if isolated:
        for place in env.get("PATH", "").split(os.pathsep):
            candidate = Path(place) / "python3"
            if os.access(candidate, os.X_OK):
                return FoundInterpreter(str(candidate), "`python3` of this shell")
    return FoundInterpreter(sys.executable, "no environment is active or beside the app; Seawall's own Python")
