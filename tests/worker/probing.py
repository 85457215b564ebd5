"""Running the probe as Seawall does: a child process of the app's interpreter with a pipe for the report."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import seawall.worker

PROBE = Path(seawall.worker.__file__).parent / "probe_main.py"
FRAMEWORKS = ["flask", "django", "bottle", "falcon", "pyramid", "PasteDeploy", "gevent", "whitenoise"]


@dataclass
class Probed:
    """What a probe said: its progress lines, the report, and what the app printed."""

    progress: list[dict[str, Any]]
    report: dict[str, Any]
    stdout: str
    stderr: str
    code: int


def probe(python: Path, folder: Path, target: str | None = None, env: dict[str, str] | None = None) -> Probed:
    request = json.dumps({"target": target, "folder": str(folder), "collect_into": str(folder / "collected")})
    reading, writing = os.pipe()
    with os.fdopen(reading) as pipe:
        done = _run([str(python), str(PROBE), request, str(writing)], writing, env or {}, folder)
        os.close(writing)
        lines = [json.loads(line) for line in pipe]
    return Probed(lines[:-1], lines[-1] if lines else {}, done.stdout, done.stderr, done.returncode)


def _run(command: list[str], descriptor: int, env: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        command,
        pass_fds=[descriptor],
        env={**kept, "PYTHONDONTWRITEBYTECODE": "1", **env},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
