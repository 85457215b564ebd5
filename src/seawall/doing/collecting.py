"""Have the framework gather its static files into a folder of ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from seawall.doing import process
from seawall.errors import AppError, ToolError
from seawall.model.stack import App

COLLECT = Path(__file__).parent.parent / "worker" / "collect.py"
PATIENCE = 300.0


def collect(app: App, destination: Path, env: Mapping[str, str]) -> None:
    """Raises AppError with the framework's own last lines."""
    argv = (app.interpreter.executable, str(COLLECT), app.target, app.folder, json.dumps(app.paths), str(destination))
    try:
        process.run(argv, env=env, cwd=app.folder, timeout=PATIENCE)
    except ToolError as error:
        raise AppError(
            "the static files could not be collected",
            where=f"`{app.target}`",
            saw=error.saw,
            hint="set `STATIC_ROOT` and run `python manage.py collectstatic` yourself, or mend what it says",
            detail=error.detail,
        ) from None
