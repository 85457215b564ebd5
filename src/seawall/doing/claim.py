"""Whose a folder is: one that holds anything of the user's is refused, never emptied and never handed over."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from seawall.errors import MachineError
from seawall.model.runfolder import MARKER, is_ours

_TEXT = b"A runtime folder of Seawall: its next start replaces what it wrote in here.\n"


def check(folder: Path) -> None:
    """Refuse a folder with contents that no start of ours has marked.

    Before there was a marker, a start left its lock: such a folder is taken when nothing else than ours is in it.
    """
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - names only
    except (FileNotFoundError, NotADirectoryError):
        return  # to be made, or refused for what it is
    except OSError as error:
        raise _foreign(folder, error.strerror or str(error)) from error
    foreign = [name for name in names if not is_ours(name)]
    if not names or MARKER in names or ("lock" in names and not foreign):
        return
    raise _foreign(folder, f"`{(foreign or names)[0]}` in it, and no `{MARKER}`, which Seawall puts into its folders")


def mark(folder: Path) -> None:
    """Make the folder recognisable as ours; it has been checked."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(folder / MARKER, flags, 0o640)
        try:
            os.write(descriptor, _TEXT)
        finally:
            os.close(descriptor)


def _foreign(folder: Path, saw: str) -> MachineError:
    return MachineError(
        "the folder for the site's own files is not empty, and not Seawall's",
        where=str(folder),
        saw=saw,
        hint=f"name a folder that is empty or not there yet, such as `{folder / 'seawall-run'}`",
    )
