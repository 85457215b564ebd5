"""Whether a Django project answers for its media itself, as one does that shows files to some visitors only."""

from __future__ import annotations

import importlib
import os
from itertools import islice
from typing import Any, Iterator

# Files that could be there, for the project that has none yet; then so many that are.
_SAMPLES = ("sample", "sample.jpg", "sample/sample.jpg")
_MOST = 200


def own_view(url: str, folder: str) -> str:
    """Name what answers for a file below `url`; "" when nothing does, or Django's own view, which asks nobody.

    Django's documentation leaves media to the web server, so a URL that leads nowhere is no refusal.
    """
    return next(filter(None, (_view(url + name, folder) for name in _names(folder))), "")


def _view(path: str, folder: str) -> str:
    urls: Any = importlib.import_module("django.urls")
    serve = importlib.import_module("django.views.static").serve
    try:
        match = urls.get_resolver().resolve(path)
    except urls.Resolver404:
        return ""
    except Exception:  # the URLconf is the user's code
        return "a URLconf that cannot be loaded"
    if match.func is serve and os.path.abspath(match.kwargs.get("document_root") or "") == folder:
        return ""
    return "`{}`".format(getattr(match.func, "__name__", type(match.func).__name__))


def _names(folder: str) -> Iterator[str]:
    yield from _SAMPLES
    files = (os.path.join(here, name) for here, _folders, names in os.walk(folder) for name in sorted(names))
    for file in islice(files, _MOST):
        yield os.path.relpath(file, folder).replace(os.sep, "/")
