"""Which targets to try, in Seawall's order of proof: told, declared by the project, convention with a static scan."""

from __future__ import annotations

import os
from typing import Optional, Tuple

from . import convention, declared, djangoproject
from .candidates import Candidate, Found, is_package
from .failure import Details, TargetError
from .reference import FORMS, parse
from .scan import scan


def find(target: Optional[str], folder: str) -> Found:
    """Return candidates for `target`; nothing of the app has run yet."""
    path = os.path.normpath(os.path.join(folder, os.path.expanduser(target or ".")))
    if os.path.isdir(path):
        return _in_package(path, folder) if _is_app_package(path, folder) else _in_folder(path)
    if os.path.isfile(path) and os.path.basename(path) == "manage.py" and djangoproject.is_django(path):
        found = Found(os.path.dirname(path), named=True)
        djangoproject.add(found)
        return found
    if target and os.sep in target and os.path.isfile(path + ".py"):
        return _named(target + ".py", folder)
    return _named(target or ".", folder)


def nothing_found(found: Found) -> TargetError:
    """Say that no candidate is left, and what was looked at."""
    details = Details(
        saw="looked at " + ", ".join("`{}`".format(path) for path in found.tree) if found.tree else "no Python files",
        where=found.folder,
        hint="name the app: `seawall up module:attribute`; understood are " + FORMS,
        tree=found.tree,
    )
    return TargetError("nothing_found", found.folder, "no app was found in `{}`".format(found.folder), details)


def _named(target: str, folder: str) -> Found:
    reference = parse(target, folder)
    paths: Tuple[str, ...] = ()
    top = reference.module.partition(".")[0]
    source = os.path.join(folder, "src")
    if top and not _is_module(folder, top) and _is_module(source, top):
        paths = (source,)
    because = "" if not reference.attribute else "named"
    return Found(folder, [Candidate(target, because, paths)], named=True)


def _in_folder(folder: str) -> Found:
    found = Found(folder)
    declared.add(found)
    if not found.candidates:
        convention.add(found)
    return found


def _in_package(path: str, folder: str) -> Found:
    found = Found(folder)
    convention.add_package(found, os.path.relpath(path, folder))
    return found


def _is_app_package(path: str, folder: str) -> bool:
    """Tell a package from a project folder with a stray `__init__.py`."""
    return is_package(path) and (path != folder or bool(scan(os.path.join(path, "__init__.py"))))


def _is_module(folder: str, name: str) -> bool:
    return is_package(os.path.join(folder, name)) or os.path.isfile(os.path.join(folder, name + ".py"))
