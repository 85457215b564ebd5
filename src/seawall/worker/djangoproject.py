"""A Django project, told by its `manage.py`: from the settings module to the WSGI callable."""

from __future__ import annotations

import ast
import os
import re
from typing import Iterator, Optional

from .candidates import Candidate, Found
from .scan import text_of

_SETTINGS = re.compile(r"DJANGO_SETTINGS_MODULE['\"]\s*(?:,|\]\s*=)\s*['\"]([\w.]+)['\"]")


def is_django(manage: str) -> bool:
    """Tell whether this `manage.py` is Django's: it imports Django's management."""
    try:
        with open(manage, "rb") as source:
            tree = ast.parse(source.read(), manage)
    except (OSError, SyntaxError, ValueError):
        return False
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return any((node.module or "").startswith("django.core.management") for node in imports)


def add(found: Found) -> None:
    """Add the callable that the settings name, or the `wsgi.py` beside them."""
    settings = os.environ.get("DJANGO_SETTINGS_MODULE") or _settings_of(os.path.join(found.folder, "manage.py"))
    found.tree.append("manage.py")
    if not settings:
        return
    because = "`manage.py` names `{}`".format(settings)
    told = next(filter(None, (text_of(path, "WSGI_APPLICATION") for path in _settings_files(found, settings))), None)
    if told:
        module, _, name = told.rpartition(".")
        found.candidates.append(Candidate(module + ":" + name, because + ", which name `WSGI_APPLICATION`"))
    else:
        module = _beside(found, settings, "wsgi") or _beside(found, settings, "asgi")
        if module:
            found.candidates.append(Candidate(module + ":application", because))
    if _beside(found, settings, "wsgi") and _beside(found, settings, "asgi"):
        found.remarks.append("`wsgi.py` and `asgi.py` are both here; WSGI is served.")


def _settings_of(manage: str) -> Optional[str]:
    try:
        with open(manage, encoding="utf-8") as source:
            match = _SETTINGS.search(source.read())
    except (OSError, ValueError):
        return None
    return match.group(1) if match else None


def _settings_files(found: Found, settings: str) -> Iterator[str]:
    """Yield the settings file, then its siblings in a package of settings (`base.py` holds what is shared)."""
    path = os.path.join(found.folder, *settings.split("."))
    if os.path.isfile(path + ".py"):
        yield path + ".py"
    package = path if os.path.isdir(path) else os.path.dirname(path)
    if os.path.isdir(path) or os.path.basename(package) in ("settings", "config"):
        yield from sorted(os.path.join(package, name) for name in os.listdir(package) if name.endswith(".py"))


def _beside(found: Found, settings: str, name: str) -> str:
    """Return the dotted name of `wsgi` or `asgi` in the nearest package around the settings."""
    parts = settings.split(".")[:-1]
    while True:
        if os.path.isfile(os.path.join(found.folder, *parts, name + ".py")):
            return ".".join([*parts, name])
        if not parts:
            return ""
        parts.pop()
