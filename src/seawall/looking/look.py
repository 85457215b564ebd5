"""Look at everything that planning needs: the app, the machine, Nginx, the static folders."""

from __future__ import annotations

import asyncio
import importlib.metadata
import importlib.util
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from seawall.looking.app import Progress, Question, look_at_app
from seawall.looking.folders import look_at_folder
from seawall.looking.host import look_at_machine
from seawall.looking.nginx import look_at_nginx
from seawall.model.facts import Facts, FolderFact, ServerFacts


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look. `nginx` is None to take what is there, else what `nginx_where` named; `extra_folders` come from
    the configuration.
    """

    question: Question
    nginx: Path | None
    run_folder: Path
    state_folder: Path
    extra_folders: tuple[str, ...] = ()
    nginx_where: str = ""


async def look(place: Place, progress: Progress) -> Facts:
    """All at once, since the app's import takes longest. Raises AppError and MachineError."""
    nginx = asyncio.create_task(asyncio.to_thread(look_at_nginx, place.nginx, where=place.nginx_where))
    try:
        app = await look_at_app(place.question, progress)
    except BaseException:
        await asyncio.gather(nginx, return_exceptions=True)
        raise
    wanted = {mount.folder for mount in app.static if mount.folder} | set(place.extra_folders)
    wanted.add(str(place.state_folder / "static"))
    return Facts(
        app=app,
        machine=look_at_machine(),
        nginx=await nginx,
        server=look_at_own_server(),
        run_folder=str(place.run_folder),
        state_folder=str(place.state_folder),
        folders=look_at_folders(wanted),
        space={str(path): look_at_space(path) for path in (place.run_folder, place.state_folder)},
    )


def look_at_folders(paths: Iterable[str]) -> dict[str, FolderFact]:
    return {path: look_at_folder(Path(path)) for path in sorted(paths)}


def look_at_space(path: Path) -> int:
    """Free bytes where `path` is, or will be."""
    existing = next(step for step in (path, *path.parents) if step.exists())
    return shutil.disk_usage(existing).free


def look_at_own_server() -> ServerFacts:
    """The Gunicorn that was installed with Seawall."""
    found = importlib.metadata.distribution("gunicorn")
    spec = importlib.util.find_spec("gunicorn")
    needs = re.search(r">=\s*(\d+)\.(\d+)", found.metadata["Requires-Python"] or "")
    return ServerFacts(
        gunicorn=found.version,
        requires_python=(int(needs[1]), int(needs[2])) if needs else (3, 10),
        folder=str(Path(spec.origin).parent.parent) if spec and spec.origin else "",
    )
