"""A static folder as the serving user finds it."""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING

from seawall.doing.files import is_folder
from seawall.doing.privileges import Account, can_read, closed_parent, current
from seawall.edge.hidden import is_hidden
from seawall.model.facts import FolderFact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ENTRIES = 2_000
_LARGEST = 1024 * 1024


def look_at_folder(path: Path, account: Account | None = None) -> FolderFact:
    """Look with the eyes of `account`, by default our own. Visits at most 2,000 entries and follows no links."""
    account = account or current()
    closed = closed_parent(path, account)
    if closed:
        return FolderFact(str(path), exists=is_folder(path), closed_by=closed)
    if not is_folder(path):
        return FolderFact(str(path), exists=False)
    found = list(_entries_below(path))
    return FolderFact(
        str(path),
        exists=True,
        sample=_sample(found, account),
        hidden=next((relative for relative, _ in found if is_hidden(f"/{relative}")), ""),
    )


def _sample(found: list[tuple[str, os.DirEntry[str]]], account: Account) -> str:
    """Take the file nearest to the top, by name among those; a plain name where there is one."""
    fallback = ""
    for relative, entry in found:
        if not is_hidden(f"/{relative}") and _is_servable(entry, account):
            if relative.isascii() and " " not in relative:
                return relative
            fallback = fallback or relative
    return fallback


def _entries_below(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Walk level by level, files before folders, links and names with a dot left out.

    A folder that is never served is named itself, with a slash, and not entered.
    """
    visited = 0
    waiting = deque([("", str(folder))])
    while waiting and visited < _ENTRIES:
        prefix, here = waiting.popleft()
        entries = _entries(here, _ENTRIES - visited)
        visited += len(entries)
        for entry in entries:
            if entry.name.startswith(".") or not _is_sayable(entry.name):
                continue
            if entry.is_file(follow_symlinks=False):
                yield prefix + entry.name, entry
            elif entry.is_dir(follow_symlinks=False) and entry.name != "__pycache__":
                below = f"{prefix}{entry.name}/"
                if is_hidden(f"/{below}"):
                    yield below, entry
                else:
                    waiting.append((below, entry.path))


def _entries(folder: str, most: int) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            taken = [entry for _, entry in zip(range(most), found, strict=False)]
    except OSError:
        return []
    return sorted(taken, key=lambda entry: entry.name)


def _is_servable(entry: os.DirEntry[str], account: Account) -> bool:
    try:
        size = entry.stat(follow_symlinks=False).st_size
    except OSError:
        return False
    return 0 < size <= _LARGEST and can_read(account, entry.path)


def _is_sayable(name: str) -> bool:
    """Whether the name is text, and nothing that would have to be escaped twice in a URL."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return name.isprintable() and not set(name) & set('%?#\\"')
