"""A traceback cut to what the app's owner wrote and called."""

from __future__ import annotations

import os
import sysconfig
import traceback
from typing import List, Optional

from .failure import Frame

_FROZEN = ("<frozen importlib", "<frozen runpy", "<frozen zipimport")
HERE = os.path.dirname(os.path.abspath(__file__))
LIBRARIES = tuple(
    os.path.join(os.path.realpath(path), "")
    for path in {sysconfig.get_paths()[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
)


def is_users(file: str) -> bool:
    """Whether the app's owner wrote this file: neither Python's, nor an installed library's, nor ours."""
    if file.startswith("<") or is_machinery(file):
        return False
    parts = file.split(os.sep)
    if "site-packages" in parts or "dist-packages" in parts:
        return False
    return not os.path.realpath(file).startswith(LIBRARIES)


def is_machinery(file: str) -> bool:
    """Whether a frame of this file is how we got to the app rather than the app."""
    return file.startswith(_FROZEN) or os.path.dirname(os.path.abspath(file)) == HERE or _is_import_machinery(file)


def cut(error: BaseException) -> List[Frame]:
    """List the frames of `error` without ours, the last one of the user's own code marked."""
    frames = [
        Frame(entry.filename, entry.lineno or 0, entry.name, entry.line or "")
        for entry in traceback.extract_tb(error.__traceback__)
        if not is_machinery(entry.filename)
    ]
    last = users_frame(frames)
    if last is not None:
        last.user = True
    return frames


def shown(frames: List[Frame]) -> Optional[Frame]:
    """Return the frame to point at: the user's last, else the last of an installed app, else the last."""
    outside = [frame for frame in frames if not _is_pythons(frame.file)]
    last = (outside or frames)[-1:]
    return users_frame(frames) or (last[0] if last else None)


def raised_in(error: BaseException) -> str:
    """Name the module whose code raised."""
    link = error.__traceback__
    while link is not None and link.tb_next is not None:
        link = link.tb_next
    return str(link.tb_frame.f_globals.get("__name__", "")) if link is not None else ""


def users_frame(frames: List[Frame]) -> Optional[Frame]:
    """Return the last frame within the user's own code."""
    return next((frame for frame in reversed(frames) if is_users(frame.file)), None)


def text(error: BaseException) -> str:
    """Return the traceback as Python prints it, from the first frame that is not ours."""
    link = error.__traceback__
    while link is not None and is_machinery(link.tb_frame.f_code.co_filename):
        link = link.tb_next
    return "".join(traceback.format_exception(type(error), error, link))


def _is_pythons(file: str) -> bool:
    installed = {"site-packages", "dist-packages"} & set(file.split(os.sep))
    return file.startswith("<") or (not installed and os.path.realpath(file).startswith(LIBRARIES))


def _is_import_machinery(file: str) -> bool:
    folder, name = os.path.split(file)
    return os.path.basename(folder) == "importlib" and name == "__init__.py"
