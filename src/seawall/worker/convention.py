"""Where apps usually are, ranked by what the files' syntax trees show."""

from __future__ import annotations

import os
from typing import List, Tuple

from .candidates import Candidate, Found, first_existing, is_environment, is_package, list_folder
from .failure import Details, TargetError
from .scan import Evidence, scan

FILES = (
    "wsgi.py", "app.py", "application.py", "main.py", "server.py", "run.py", "run_app.py", "web.py", "webapp.py",
    "api.py", "index.py", "manage.py", "asgi.py",
)  # fmt: skip
IN_PACKAGE = ("wsgi.py", "__init__.py", "app.py", "factory.py", "application.py", "main.py", "server.py", "asgi.py")
_NEVER_FILES = ("setup.py", "conftest.py", "noxfile.py", "tasks.py", "fabfile.py", "gunicorn.conf.py")
_NEVER_FOLDERS = ("tests", "test", "node_modules", "docs", "doc", "build", "dist", "migrations", "site-packages")


def add(found: Found) -> None:
    """Add the candidates of the first level that has any: the folder, its packages, its subfolders."""
    usual = first_existing(found.folder, FILES)
    _add_files(found, usual, "")
    _add_files(found, [name for name in list_folder(found.folder) if name.endswith(".wsgi")], "")
    _note_both(found)
    if found.candidates:
        return
    _add_packages(found, "src")
    _add_packages(found, "")
    if not found.candidates:
        others = [n for n in list_folder(found.folder) if n.endswith(".py") and n not in usual and _is_source(n)]
        _add_files(found, others, "", only_sure=True)
        _refuse_several(found, [candidate.target for candidate in found.candidates])
    if not found.candidates:
        _add_subfolders(found)


def add_package(found: Found, package: str) -> None:
    """Add the usual modules of one package; `package` is relative to the folder."""
    _add_files(found, first_existing(os.path.join(found.folder, package), IN_PACKAGE), package)


def _add_files(found: Found, names: List[str], below: str, *, only_sure: bool = False) -> None:
    for name in names:
        path = os.path.join(below, name)
        found.tree.append(path)
        evidence = scan(os.path.join(found.folder, path))
        if (evidence.apps or evidence.factories) if only_sure else evidence:
            found.candidates.append(Candidate(path, "found in `{}`: {}".format(path, _words(evidence))))


def _add_packages(found: Found, below: str) -> None:
    root = os.path.join(found.folder, below)
    holding: List[str] = []
    for name in list_folder(root):
        path = os.path.join(below, name)
        if _is_open(name) and is_package(os.path.join(root, name)):
            before = len(found.candidates)
            add_package(found, path)
            holding += [found.candidates[before].target] if len(found.candidates) > before else []
    if below and not holding:
        _add_files(found, first_existing(root, FILES), below)
    _refuse_several(found, holding)


def _add_subfolders(found: Found) -> None:
    """Look one folder down, where a repository of several services keeps them."""
    holding = []
    for name in list_folder(found.folder):
        folder = os.path.join(found.folder, name)
        if name != "src" and _is_open(name) and os.path.isdir(folder) and not is_environment(folder):
            before = len(found.candidates)
            _add_files(found, first_existing(folder, FILES), name)
            holding += [found.candidates[before].target] if len(found.candidates) > before else []
    _refuse_several(found, holding)


def _refuse_several(found: Found, holding: List[str]) -> None:
    if len(holding) < 2:
        return
    targets = [_pin(found, target) for target in holding]
    details = Details(
        saw="apps in " + ", ".join("`{}`".format(target) for target in holding),
        where=found.folder,
        hint="name one: " + " or ".join("`seawall up {}`".format(target) for target in targets),
        candidates=targets,
        tree=found.tree,
    )
    raise TargetError("ambiguous", found.folder, "`{}` holds more than one app".format(found.folder), details)


def _pin(found: Found, target: str) -> str:
    evidence = scan(os.path.join(found.folder, target))
    names = evidence.apps or evidence.maybe or [name + "()" for name in evidence.factories]
    return target + ":" + names[0] if names else target


def _note_both(found: Found) -> None:
    if "wsgi.py" in found.tree and "asgi.py" in found.tree:
        found.remarks.append("`wsgi.py` and `asgi.py` are both here; WSGI is served.")


def _words(evidence: Evidence) -> str:
    kinds: List[Tuple[str, List[str]]] = [("", evidence.apps), ("factory ", evidence.factories), ("", evidence.maybe)]
    return next(prefix + "`{}`".format(names[0]) for prefix, names in kinds if names)


def _is_open(name: str) -> bool:
    return name[0] not in "._" and name not in _NEVER_FOLDERS and not name.endswith(".egg-info")


def _is_source(name: str) -> bool:
    return name not in _NEVER_FILES and not name.startswith("test_") and not name.endswith("_test.py")
