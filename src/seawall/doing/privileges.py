"""Giving rights up, for good, and knowing what an account may enter."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seawall.doing import files, linux
from seawall.errors import MachineError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Account:
    """A user as the kernel sees it. `groups` are all of them, `gid` included; `home` is "" when unknown."""

    uid: int
    gid: int
    groups: tuple[int, ...]
    name: str
    home: str = ""


def current() -> Account:
    """Tell who we are; a user id without an entry in the user database is fine."""
    uid, gid = os.geteuid(), os.getegid()
    groups = tuple(sorted({gid, *os.getgroups()}))
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(uid, gid, groups, str(uid))
    return Account(uid, gid, groups, entry.pw_name, entry.pw_dir)


def lookup(name: str) -> Account:
    """Find an account by name or number."""
    try:
        entry = pwd.getpwuid(int(name)) if name.isascii() and name.isdigit() else pwd.getpwnam(name)
    except KeyError:
        raise MachineError(f"there is no user `{name}`", saw="no such entry in the user database") from None
    groups = {entry.pw_gid, *os.getgrouplist(entry.pw_name, entry.pw_gid)}
    return Account(entry.pw_uid, entry.pw_gid, tuple(sorted(groups)), entry.pw_name, entry.pw_dir)


def assume(account: Account, env: Mapping[str, str]) -> dict[str, str]:
    """Become `account` for good and return the environment that belongs to it.

    Afterwards no program that we start can gain rights, by setuid or otherwise (S41). Being the account already, only
    that is done, and the environment stays as it is.
    """
    belonging = {}
    if os.geteuid() != account.uid or os.getuid() != account.uid:
        try:
            os.setgroups(list(account.groups))
            _set_ids(account)
        except OSError as error:
            raise MachineError(
                f"cannot become user `{account.name}`",
                saw=error.strerror or str(error),
                hint=f"`sudo -u {account.name} …`",
            ) from error
        _check_gone(account)
        belonging = {"HOME": account.home or "/", "USER": account.name, "LOGNAME": account.name}
    linux.forbid_new_privileges()
    return {**env, **belonging}


def can_enter(account: Account, folder: str | Path) -> bool:
    """Whether the account may search this one folder; its parents are another matter."""
    return _may(account, folder, os.X_OK)


def can_read(account: Account, path: str | Path) -> bool:
    """Whether the account may read this file, once it has got there."""
    return _may(account, path, os.R_OK)


def can_write(account: Account, path: str | Path) -> bool:
    """Whether the account may write to this file or folder, once it has got there."""
    return _may(account, path, os.W_OK)


def closed_parent(path: str | Path, account: Account) -> str:
    """Find the first folder on the way to `path`, itself included, that the account may not enter; "" when open (P15).

    Both ways count: the one that is written and, where it leads through links, the real one.
    """
    written = Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` would skip the way that is written
    real = Path(os.path.realpath(path))
    for way in dict.fromkeys((written, real)):
        for folder in (*reversed(way.parents), way):
            if not os.path.lexists(folder):
                break
            if files.is_folder(folder) and not can_enter(account, folder):
                return str(folder)
    return ""


def _may(account: Account, path: str | Path, right: int) -> bool:
    """Judge by owner, groups and mode; the kernel itself is asked about ourselves."""
    if account.uid == os.geteuid():
        return os.access(path, right, effective_ids=os.access in os.supports_effective_ids)
    try:
        found = Path(path).stat()
    except OSError:
        return False
    if account.uid == 0:
        return True
    shift = 6 if found.st_uid == account.uid else 3 if found.st_gid in account.groups else 0
    return bool(found.st_mode >> shift & right)


def _set_ids(account: Account) -> None:
    if hasattr(os, "setresgid"):
        os.setresgid(account.gid, account.gid, account.gid)
        os.setresuid(account.uid, account.uid, account.uid)
    else:
        os.setgid(account.gid)
        os.setuid(account.uid)


def _check_gone(account: Account) -> None:
    """Try to get the rights back; succeeding would be the failure."""
    if account.uid == 0:
        return
    for take_back in (os.seteuid, os.setegid):
        if take_back is os.setegid and 0 in {account.gid, *account.groups}:
            continue
        try:
            take_back(0)
        except OSError:
            continue
        raise MachineError(f"the rights of root could be taken back after becoming user `{account.name}`")
