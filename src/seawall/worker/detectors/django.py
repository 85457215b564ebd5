"""Django: settings and the URLconf of the loaded app (https://docs.djangoproject.com)."""

from __future__ import annotations

import importlib
import os
import re
import shlex
import sys
from typing import Any, Iterator, List, Optional
from urllib.parse import urlsplit

from . import _djangomedia, _routes
from ._detector import USUAL_BODY, Description, Detector, Mount, prefix_of

_PLAIN_REGEX = re.compile(r"^\^?([\w./-]*)(?:\$|\\Z)$")

_OPEN = ("django.", "whitenoise.", "corsheaders.", "debug_toolbar.")


def recognise(app: Any) -> bool:
    handlers = [("django.core.handlers.wsgi", "WSGIHandler"), ("django.core.handlers.asgi", "ASGIHandler")]
    return any(isinstance(app, getattr(sys.modules.get(module), name, ())) for module, name in handlers)


def describe(_app: Any) -> Description:
    settings: Any = importlib.import_module("django.conf").settings
    limit = getattr(settings, "DATA_UPLOAD_MAX_MEMORY_SIZE", None)
    description = Description(
        # It bounds forms, not files, so only a value above our default says anything.
        body_limit=limit if limit and limit > USUAL_BODY else None,
        prefix=settings.FORCE_SCRIPT_NAME or "/",
        hosts=_hosts(settings),
        debug=bool(settings.DEBUG),
        state=_memory_stores(settings),
        guards=_guards(settings),
    )
    if not settings.ALLOWED_HOSTS and not settings.DEBUG:
        description.remarks.append("`ALLOWED_HOSTS` is empty, so Django answers 400 to every visitor.")
    _add_static(settings, description)
    _add_media(settings, description)
    _add_routes(description)
    return description


def _add_static(settings: Any, description: Description) -> None:
    if not _is_installed("django.contrib.staticfiles"):
        return
    url = _below_prefix(_written(settings, "STATIC_URL"), description)
    if url and url != "/":
        description.static.append(Mount(url, _usable_root(settings.STATIC_ROOT), "`STATIC_ROOT`"))


def _add_media(settings: Any, description: Description) -> None:
    url = _below_prefix(_written(settings, "MEDIA_URL"), description) if settings.MEDIA_ROOT else ""
    if not url or url == "/":
        return
    folder = os.path.abspath(settings.MEDIA_ROOT)
    view = _djangomedia.own_view(url, folder)
    if view:
        text = "`{}` stays with the app: {} answers there and may choose its visitors; `--static {}={}` publishes it."
        description.remarks.append(text.format(url, view, url, shlex.quote(folder)))
    else:
        description.static.append(Mount(url, folder, "`MEDIA_ROOT`"))


def _written(settings: Any, name: str) -> Optional[str]:
    """Return the setting as it was written; read through Django it depends on the request that reads it first."""
    value = getattr(getattr(settings, "_wrapped", settings), name, None)
    return None if value is None else str(value)


def _below_prefix(url: Optional[str], description: Description) -> str:
    """Return the path as the app routes it; "" for another host's and for one outside `FORCE_SCRIPT_NAME`."""
    if not url or urlsplit(url).netloc or urlsplit(url).scheme:
        return ""
    prefix = description.prefix.rstrip("/")
    if not url.startswith("/"):
        return prefix_of(url)
    if prefix and not url.startswith(prefix + "/"):
        description.remarks.append("`{}` lies outside `FORCE_SCRIPT_NAME`, so the app serves it.".format(url))
        return ""
    return prefix_of(url[len(prefix) :])


def _usable_root(root: Any) -> Optional[str]:
    """Return the folder when `collectstatic` has filled it, admin files included."""
    if not root:
        return None
    folder = os.path.abspath(root)
    needed = os.path.join(folder, "admin") if _is_installed("django.contrib.admin") else folder
    return folder if os.path.isdir(needed) and os.listdir(folder) else None


def _is_installed(name: str) -> bool:
    apps: Any = importlib.import_module("django.apps").apps
    return bool(apps.ready and apps.is_installed(name))


def _hosts(settings: Any) -> List[str]:
    allowed = [str(host) for host in settings.ALLOWED_HOSTS]
    if settings.DEBUG and not allowed:
        return ["localhost"]
    return [] if "*" in allowed else [host.lstrip(".") for host in allowed]


def _guards(settings: Any) -> List[str]:
    """Name the middleware that may keep a visitor from everything; of Django's own only one does."""
    own = [str(path) for path in settings.MIDDLEWARE or ()]
    return [
        "`{}`".format(path) for path in own if not path.startswith(_OPEN) or path.endswith(".LoginRequiredMiddleware")
    ]


def _memory_stores(settings: Any) -> List[str]:
    return [
        "`DATABASES[{!r}]` is a database in memory".format(name)
        for name, database in settings.DATABASES.items()
        if ":memory:" in str(database.get("NAME", "")) or "mode=memory" in str(database.get("NAME", ""))
    ]


def _add_routes(description: Description) -> None:
    urls: Any = importlib.import_module("django.urls")
    try:
        paths = list(_plain(urls.get_resolver().url_patterns, "/"))
    except Exception as error:  # the URLconf is the user's code, and every request will meet the same
        description.remarks.append("The URLconf cannot be loaded: {}: {}.".format(type(error).__name__, error))
        paths = []
    description.routes = _routes.choose(paths) or ["/"]


def _plain(patterns: Any, before: str) -> Iterator[str]:
    for entry in patterns:
        part = _literal(entry.pattern)
        if part is None:
            continue
        if hasattr(entry, "url_patterns"):
            # The admin's hundred pages would crowd out the site's own.
            if getattr(entry, "app_name", None) != "admin":
                yield from _plain(entry.url_patterns, before + part)
        else:
            yield before + part


def _literal(pattern: Any) -> Optional[str]:
    """Return the path a pattern stands for when it stands for exactly one."""
    route = getattr(pattern, "_route", None)
    if route is not None:
        return None if "<" in route else str(route)
    regex = getattr(pattern, "_regex", None)
    match = _PLAIN_REGEX.match(str(regex)) if regex is not None else None
    return match.group(1) if match and "." not in match.group(1) else None


DETECTOR = Detector("Django", "django", recognise, describe)
