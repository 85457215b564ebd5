"""Virtual environments that tests share, built on demand outside the tree and kept.

environment("frameworks", ["flask", "django"]) -> its interpreter
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def environment(name: str, requirements: Sequence[str], python: Path | None = None) -> Path:
    """Return the interpreter of the environment with these packages; parallel callers wait for one build."""
    base = python or Path(sys.executable)
    folder = cache() / f"{name}-{_key(requirements, base)}"
    interpreter = folder / "bin" / "python"
    with _locked(folder.with_suffix(".lock")):
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _build(folder, requirements, base)
            (folder / "complete").touch()
    return interpreter


def cache() -> Path:
    """Return the folder that outlives test runs."""
    root = os.environ.get("SEAWALL_CACHE") or Path.home() / ".cache" / "seawall-tests"
    folder = Path(root) / "environments"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _key(requirements: Sequence[str], base: Path) -> str:
    text = "\n".join([str(base.resolve()), *sorted(requirements)])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _build(folder: Path, requirements: Sequence[str], base: Path) -> None:
    _run(str(base), "-m", "venv", str(folder))
    if requirements:
        pip = (str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        _run(*pip, *requirements)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
