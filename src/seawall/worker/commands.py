"""The target in a server's command line: `gunicorn shop:app`, `flask --app shop run`, `uwsgi --module shop`."""

from __future__ import annotations

import json
import os
import re
import shlex
from dataclasses import dataclass, field
from typing import Dict, List, Optional

SERVERS = ("gunicorn", "waitress-serve", "uvicorn", "hypercorn", "granian", "daphne", "uwsgi", "flask", "python")
_TARGET = re.compile(r"^[^\W\d][\w.]*:[^\W\d][\w.]*(?:\(.*\))?$")
_MODULE = re.compile(r"^[^\W\d][\w.]*$")
_ASSIGNMENT = re.compile(r"^[A-Z_]+=")
_FOLDERS = ("--chdir", "--pythonpath", "--app-dir")


@dataclass
class Command:
    """What a command line told. `development`: the words that start a development server, "" for none."""

    target: str
    paths: List[str] = field(default_factory=list)
    development: str = ""


def read(line: str, folder: str) -> Optional[Command]:
    """Read one line of commands; the last that names an app counts, None when there is none."""
    groups: List[List[str]] = [[]]
    for word in _words(line):
        if word in (";", "&&", "exec"):
            groups.append([])
        else:
            groups[-1].append(word)
    told = [command for command in (_read_one(group, folder) for group in groups) if command]
    return told[-1] if told else None


def _read_one(words: List[str], folder: str) -> Optional[Command]:
    assigned = dict(word.partition("=")[::2] for word in words if _ASSIGNMENT.match(word))
    words = _options_apart([word for word in words if not _ASSIGNMENT.match(word)])
    at = next((i for i, word in enumerate(words) if _server(word)), None)
    if at is None:
        return None
    server, rest = _server(words[at]), words[at + 1 :]
    target = _target(server, rest, assigned, folder)
    if not target:
        return None
    paths = [rest[i + 1] for i, word in enumerate(rest[:-1]) if word in _FOLDERS and rest[i + 1] != "."]
    return Command(target, paths, _development(server, rest))


def _words(line: str) -> List[str]:
    if line.lstrip().startswith("["):  # a Dockerfile's JSON form
        try:
            return [str(word) for word in json.loads(line)]
        except ValueError:
            return []
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()


def _options_apart(words: List[str]) -> List[str]:
    return [part for word in words for part in (word.split("=", 1) if word.startswith("--") else [word])]


def _server(word: str) -> str:
    name = os.path.basename(word)
    return next((server for server in SERVERS if name == server or (server == "python" and name == "python3")), "")


def _target(server: str, words: List[str], assigned: Dict[str, str], folder: str) -> str:
    if server == "python" and words[:1] == ["-m"] and len(words) > 1 and _server(words[1]):
        server, words = _server(words[1]), words[2:]
    if server == "flask":
        return _after(words, "--app", "-A") or assigned.get("FLASK_APP", "")
    if server == "python":
        return words[0] if words and words[0].endswith(".py") and words[0] != "manage.py" else ""
    if server == "uwsgi":
        return _uwsgi(words)
    full = [word for word in words if _TARGET.match(word)]
    if full:
        return full[-1]
    modules = [word for word in words if _MODULE.match(word) and _is_module(folder, word)]
    return modules[-1] if modules else ""


def _uwsgi(words: List[str]) -> str:
    place = _after(words, "--wsgi-file", "--file") or _after(words, "--module", "-w", "--wsgi")
    name = _after(words, "--callable")
    return place + (":" + name if name and ":" not in place else "")


def _after(words: List[str], *options: str) -> str:
    return next((words[i + 1] for i, word in enumerate(words[:-1]) if word in options), "")


def _development(server: str, words: List[str]) -> str:
    if server == "flask" and "run" in words:
        return "`flask run`"
    if "--reload" in words:
        return "`--reload`"
    return "`python {}`".format(words[0]) if server == "python" and words[:1] != ["-m"] else ""


def _is_module(folder: str, name: str) -> bool:
    path = os.path.join(folder, *name.split("."))
    return os.path.isfile(path + ".py") or os.path.isdir(path)
