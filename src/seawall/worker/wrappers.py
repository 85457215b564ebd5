"""Middleware that serves files in front of an app: Werkzeug's SharedDataMiddleware, WhiteNoise."""

from __future__ import annotations

import os
import sys
from typing import Any, Dict, List, Tuple

from .detectors._detector import Mount, prefix_of


def describe_wrapper(wrapper: Any) -> List[Mount]:
    """List the folders that a wrapper serves by itself."""
    if is_from(wrapper, "werkzeug.middleware.shared_data", "SharedDataMiddleware"):
        return _shared_data(wrapper)
    if is_from(wrapper, "whitenoise.base", "WhiteNoise"):
        return _white_noise(wrapper)
    return []


def is_from(value: object, module: str, name: str) -> bool:
    """Tell whether `value` is of a class in a module that the app imported."""
    return isinstance(value, getattr(sys.modules.get(module), name, ()))


def _shared_data(wrapper: Any) -> List[Mount]:
    """Read the folders from the closures of the loaders; with `disallow` the app decides file by file."""
    if "is_allowed" in vars(wrapper):
        return []
    mounts = []
    for url, loader in wrapper.exports:
        cells = [cell.cell_contents for cell in getattr(loader, "__closure__", None) or ()]
        folders = [value for value in cells if isinstance(value, str) and os.path.isdir(value)]
        if len(folders) == 1:
            mounts.append(Mount(prefix_of(url), os.path.abspath(folders[0]), "`SharedDataMiddleware`"))
    return mounts


def _white_noise(wrapper: Any) -> List[Mount]:
    """Read the folders where WhiteNoise noted them (autorefresh), else conclude them from the files it knows."""
    found = {prefix_of(prefix): root for root, prefix in wrapper.directories}
    groups: Dict[Tuple[str, str], List[Tuple[str, str]]] = {}
    for url, file in wrapper.files.items():
        alternatives = getattr(file, "alternatives", None)
        if alternatives:
            path = str(alternatives[-1][1])
            groups.setdefault(_without_common_end(url, path), []).append((url, path))
    for files in groups.values():
        # The deepest folder of all its files: never wider than what WhiteNoise itself would serve.
        url = os.path.commonpath([os.path.dirname(url) for url, _ in files])
        folder = os.path.commonpath([os.path.dirname(path) for _, path in files])
        found.setdefault(prefix_of(url), folder)
    return [Mount(url, os.path.abspath(folder), "WhiteNoise") for url, folder in sorted(found.items())]


def _without_common_end(url: str, path: str) -> Tuple[str, str]:
    urls, parts = url.split("/"), path.split(os.sep)
    while urls and parts and urls[-1] == parts[-1]:
        urls.pop()
        parts.pop()
    return "/".join(urls), os.sep.join(parts)
