"""What every command starts with: which app, which folder, which configuration, where its runtime folder is."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from seawall.cli.output import Output
from seawall.config.load import Loaded, configure
from seawall.config.pinned import Config
from seawall.doing import files, runfolder
from seawall.errors import AppError
from seawall.model.decisions import Source

# `shop.wsgi:application`: the file of that name when there is one, else the module.
_MODULE_NAMED_WSGI = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*\.wsgi")
_FILE = re.compile(r"(?P<path>.+\.(?:py|wsgi|ini))(?P<rest>[:#].*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Session:
    """`target` is None when the app has to be found in `folder`.

    `ready`: in the background, the descriptor on which the one that started us waits.
    """

    output: Output
    loaded: Loaded
    target: str | None
    folder: Path
    run_folder: Path
    state_folder: Path
    ready: int | None = None

    @property
    def config(self) -> Config:
        return self.loaded.config

    @property
    def where(self) -> tuple[str, ...]:
        """What another command has to be told to come to the same runtime folder."""
        pinned = self.config.run_dir
        return ("--run-dir", pinned.value) if pinned and pinned.source is Source.FLAG else ()


def open_session(output: Output, app: str | None, flags: Mapping[str, object]) -> Session:
    """Raises ConfigError and AppError."""
    current = _current()
    target, folder = locate(app, current)
    chdir = flags.get("chdir")
    if chdir:
        folder = (current / str(chdir)).resolve()
    loaded = configure({**flags, "app": app}, os.environ, folder=str(folder), current=str(current))
    config = loaded.config
    if config.chdir:
        folder = Path(config.chdir.value)
    if target is None and app is None and config.app:
        target, folder = locate(config.app.value, Path(loaded.folder or folder))
        folder = Path(config.chdir.value) if config.chdir else folder
    if target is None:  # a folder was named at most: which app it holds is found
        loaded = replace(loaded, config=replace(config, app=None))
    if not files.is_folder(folder):
        raise AppError(
            f"the folder `{folder}` does not exist",
            where=config.chdir.where if config.chdir else "",
            saw="no such folder",
            hint="name the app's folder, for example `seawall up path/to/app`",
        )
    run_folder = _run_folder(config, folder)
    state_folder = runfolder.state_folder(folder, env=os.environ, uid=os.geteuid(), run_folder=run_folder)
    return Session(output, loaded, target, folder, run_folder, state_folder)


def _current() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise AppError(
            "the current folder is not there any more",
            where="this shell",
            saw=error.strerror or str(error),
            hint="`cd`",
        ) from None


def _run_folder(config: Config, folder: Path) -> Path:
    if config.run_dir:
        runfolder.check(Path(config.run_dir.value))
        return Path(config.run_dir.value)
    detached = bool(config.detach and config.detach.value)
    return runfolder.choose(folder, env=os.environ, uid=os.geteuid(), outlives_session=detached)


def locate(app: str | None, base: Path) -> tuple[str | None, Path]:
    """The target and the folder it runs in: a folder holds its app, a file runs in the folder of its package."""
    if app is None:
        return None, base.resolve()
    path = (base / app).expanduser()
    if files.is_folder(path):
        return None, path.resolve()
    match = _FILE.fullmatch(app)
    file = (base / match["path"]).expanduser() if match else None
    if match and file and files.is_file(file):
        # The path as given, links kept: `current/app.py` means whatever `current` points to.
        return f"{file.absolute()}{match['rest'] or ''}", _package_root(file.absolute().parent)
    if "/" in app.partition(":")[0] or (match and not _MODULE_NAMED_WSGI.fullmatch(match["path"])):
        raise AppError(
            f"`{app}` does not exist",
            where=str(base),
            saw="no such file or folder",
            hint="name a file, a folder, or an import target such as `package.module:app`",
        )
    return app, base.resolve()


def _package_root(folder: Path) -> Path:
    while files.exists(folder / "__init__.py") and folder != folder.parent:
        folder = folder.parent
    return folder
