"""Where an app's runtime folder and state folder lie: found again from the app's folder by every command."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from seawall.doing import claim, files, lock
from seawall.doing.sockets import check_length
from seawall.errors import MachineError
from seawall.model.runfolder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHARED_TEMP = Path("/tmp")  # noqa: S108 - short, the same for every environment, and checked before use
_SYSTEM_RUN = Path("/run/seawall")
_SYSTEM_STATE = Path("/var/lib/seawall")

# `$` always begins a variable there, and nothing stands for a control character or for bytes that are no text.
_UNSAYABLE = re.compile("[$\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def identifier(app_folder: str | Path) -> str:
    """Name an app by its folder: something to recognise, and a hash of where it really is."""
    real = os.path.realpath(app_folder)
    slug = re.sub(r"[^a-z0-9]+", "-", Path(real).name.lower())[:20].strip("-")
    digest = hashlib.sha256(os.fsencode(real)).hexdigest()[:8]
    return f"{slug or 'app'}-{digest}"


def candidates(
    app_folder: str | Path, *, env: Mapping[str, str], uid: int, outlives_session: bool = False
) -> tuple[Path, ...]:
    """List every place where the runtime folder may be, best first. Nothing is made.

    A session's folder is named by XDG_RUNTIME_DIR, which cron or a service does not have: the place where it usually
    is counts as well, so that `status` finds from there what a login shell started. It is removed at logout, which
    makes it the last choice for what shall go on serving then.
    """
    name = identifier(app_folder)
    shared = _SHARED_TEMP / f"seawall-{uid}" / name
    if uid == 0:
        return (_SYSTEM_RUN / name, shared) if _may_make(_SYSTEM_RUN) else (shared,)
    session = [base / "seawall" / name for base in _session_folders(env, uid) if _may_make(base)]
    ordered = [shared, *session] if outlives_session else [*session, shared]
    return tuple(dict.fromkeys(ordered))


def choose(app_folder: str | Path, *, env: Mapping[str, str], uid: int, outlives_session: bool = False) -> Path:
    """Choose the runtime folder: where somebody serves the app, else the best place. Nothing is made; see `make`."""
    places = candidates(app_folder, env=env, uid=uid, outlives_session=outlives_session)
    chosen = next((place for place in places if _is_in_use(place)), places[0])
    check(chosen)
    return chosen


def check(path: Path) -> None:
    """Refuse a path below which no socket would fit, or that the edge's configuration cannot name."""
    if found := _UNSAYABLE.search(str(path)):
        raise MachineError(
            "the runtime folder's path cannot be written into an Nginx configuration",
            where=str(path),
            saw=f"the character {found[0]!r}, for which Nginx has no way of writing",
            hint="`seawall up … --run-dir /tmp/seawall-run`",
        )
    check_length(str(RunFolder(_pure(path)).longest_socket))


def make(path: Path, *, owner: tuple[int, int] | None = None, sockets: bool = True) -> Path:
    """Make a runtime folder, or with `sockets=False` a state folder, whose path may be long: private and checked.

    owner: user and group id that will serve, when root starts it. A runtime folder may be named by the user: one that
    holds anything else is refused.
    """
    if not sockets:
        return files.private_folder(path, owner=owner)
    check(path)
    claim.check(path)
    files.private_folder(path, owner=owner)
    claim.mark(path)
    return path


def state_folder(app_folder: str | Path, run_folder: Path, *, env: Mapping[str, str], uid: int) -> Path:
    """Choose where things lie that outlive a reboot. Without a usable home they lie in the runtime folder."""
    name = identifier(app_folder)
    if uid == 0:
        return _SYSTEM_STATE / name if _may_make(_SYSTEM_STATE) else run_folder / "state"
    base = env.get("XDG_STATE_HOME", "")
    home = env.get("HOME", "")
    if base.startswith("/"):
        place = Path(base) / "seawall"
    elif home.startswith("/") and home != "/":
        place = Path(home) / ".local/state/seawall"
    else:
        return run_folder / "state"
    return place / name if _may_make(place) else run_folder / "state"


def _session_folders(env: Mapping[str, str], uid: int) -> list[Path]:
    named = env.get("XDG_RUNTIME_DIR", "")
    usual = [Path(f"/run/user/{uid}")]
    return [base for base in ([Path(named)] if named.startswith("/") else []) + usual if _is_private(base, uid)]


def _is_private(folder: Path, uid: int) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == uid and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _may_make(folder: Path) -> bool:
    """Whether the folder can be written to, or made under the nearest parent that exists."""
    for step in (folder, *folder.parents):
        if os.path.lexists(step):
            return files.is_folder(step) and os.access(step, os.W_OK | os.X_OK)
    return False


def _is_in_use(place: Path) -> bool:
    try:
        return lock.holder(RunFolder(_pure(place)).lock) is not None
    except MachineError:
        return False


def _pure(path: Path) -> PurePosixPath:
    return PurePosixPath(os.path.abspath(path))  # noqa: PTH100 - `resolve` would follow links
