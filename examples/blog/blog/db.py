"""One storage connection per request, opened when first asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from flask import Flask, current_app, g

from .sqlite import SQLiteStorage
from .storage import Storage

OPEN = "open_storage"


def configure(app: Flask, path: Path) -> None:
    app.extensions[OPEN] = lambda: SQLiteStorage(path)
    app.teardown_appcontext(_close)


def storage() -> Storage:
    if "storage" not in g:
        g.storage = open_storage(current_app)
    return cast(Storage, g.storage)


def open_storage(app: Flask) -> Storage:
    opener = cast(Callable[[], Storage], app.extensions[OPEN])
    return opener()


def _close(_error: BaseException | None) -> None:
    if "storage" in g:
        g.pop("storage").close()
