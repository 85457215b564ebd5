"""What the project itself declares: variables, tool tables, process files, `manage.py`, PasteDeploy settings."""

from __future__ import annotations

import configparser
import os
import re
import shlex
from typing import Dict, Iterator, List, Optional, Tuple

from . import commands, djangoproject
from .candidates import Candidate, Found, list_folder
from .scan import text_of

_ASSIGNMENT = re.compile(r"^\s*(?:export\s+)?FLASK_APP\s*=\s*['\"]?([^'\"\s#]+)")
_TABLE = re.compile(r"^\[tool\.(flask|fastapi|seawall\.app)\]")
_ENTRY = re.compile(r"^\s*(?:app|entrypoint|target)\s*=\s*[\"']([^\"']+)[\"']")


def add(found: Found) -> None:
    """Add the first declaration that there is; a project that declares is not searched."""
    for source in (_flask_app, _pyproject, _process_file, _gunicorn_settings, _uwsgi_settings, _django, _paste):
        source(found)
        if found.candidates:
            return


def _flask_app(found: Found) -> None:
    told = os.environ.get("FLASK_APP")
    if told:
        found.candidates.append(Candidate(told, "`FLASK_APP` says so"))
        return
    for name in (".flaskenv", ".env"):
        for line in _lines(found, name):
            match = _ASSIGNMENT.match(line)
            if match:
                found.candidates.append(Candidate(match.group(1), "`FLASK_APP` in `{}` says so".format(name)))
                return


def _pyproject(found: Found) -> None:
    """Read two keys without a TOML library, which Python has from 3.11 on only."""
    table = None
    for line in _lines(found, "pyproject.toml"):
        if line.startswith("["):
            table = _TABLE.match(line)
        entry = _ENTRY.match(line) if table else None
        if table and entry:
            because = "`[tool.{}]` in `pyproject.toml` says so".format(table.group(1))
            found.candidates.append(Candidate(entry.group(1), because))
            return


def _process_file(found: Found) -> None:
    for name, line in [*_procfile(found), *_dockerfile(found)]:
        command = commands.read(line, found.folder)
        if command is None:
            continue
        paths = tuple(os.path.join(found.folder, path) for path in command.paths)
        found.candidates.append(Candidate(command.target, "the command in `{}` names it".format(name), paths))
        if command.development:
            text = "`{}` starts a development server ({}); a production server runs instead."
            found.remarks.append(text.format(name, command.development))
        return


def _procfile(found: Found) -> List[Tuple[str, str]]:
    web, others = [], []
    for line in _lines(found, "Procfile"):
        kind, _, command = (part.strip() for part in line.partition(":"))
        if kind == "web":
            web.append(("Procfile", command))
        elif command and not kind.startswith("#"):
            others.append("`{}`".format(kind))
    if others:
        found.remarks.append("The Procfile's other processes are not started: {}.".format(", ".join(others)))
    return web


def _dockerfile(found: Found) -> List[Tuple[str, str]]:
    lines = [line.strip() for line in _lines(found, "Dockerfile")]
    told = [line.partition(" ")[2] for line in lines if line.upper().startswith(("CMD ", "ENTRYPOINT "))]
    return [("Dockerfile", command) for command in told]


def _gunicorn_settings(found: Found) -> None:
    told = text_of(os.path.join(found.folder, "gunicorn.conf.py"), "wsgi_app")
    if told:
        found.candidates.append(Candidate(told, "`wsgi_app` in `gunicorn.conf.py` says so"))


def _uwsgi_settings(found: Found) -> None:
    """Read a uWSGI file as if its lines were options."""
    for name in (entry for entry in list_folder(found.folder) if entry.endswith(".ini")):
        options = dict(_sections(found.folder, name).get("uwsgi", {}))
        words = [part for key, value in options.items() for part in ("--" + key, value)]
        command = commands.read(shlex.join(["uwsgi", *words]), found.folder) if words else None
        if command:
            paths = tuple(os.path.join(found.folder, path) for path in command.paths)
            found.candidates.append(Candidate(command.target, "`{}` names it".format(name), paths))
            return


def _django(found: Found) -> None:
    """Take the folder's own `manage.py`, or that of the only subfolder that has Django's."""
    folders = [found.folder] + [os.path.join(found.folder, n) for n in list_folder(found.folder) if n[0] not in "._"]
    projects = [f for f in folders if djangoproject.is_django(os.path.join(f, "manage.py"))]
    if projects and (projects[0] == found.folder or len(projects) == 1):
        found.folder = projects[0]
        djangoproject.add(found)


def _paste(found: Found) -> None:
    names = [name for name in list_folder(found.folder) if name.endswith(".ini") and _has_main(found.folder, name)]
    if names:
        best = min(names, key=lambda name: (name != "production.ini", "prod" not in name, name))
        found.candidates.append(Candidate(best, "`{}` holds PasteDeploy's `main`".format(best)))


def _has_main(folder: str, name: str) -> bool:
    return bool({"app:main", "composite:main", "pipeline:main"} & set(_sections(folder, name)))


def _sections(folder: str, name: str) -> Dict[str, Dict[str, str]]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read(os.path.join(folder, name), encoding="utf-8")
    except (configparser.Error, OSError, ValueError):
        return {}
    return {section: dict(parser.items(section)) for section in parser.sections()}


def _lines(found: Found, name: str) -> Iterator[str]:
    path: Optional[str] = os.path.join(found.folder, name)
    try:
        with open(str(path), encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return
    found.tree.append(name)
    yield from lines
