"""Writing so that a reader finds the old or the new, whole, and that nobody else can make us write elsewhere."""

from __future__ import annotations

import contextlib
import errno
import os
import pwd
import secrets
import shlex
import shutil
import stat
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from seawall.errors import MachineError
from seawall.model.files import File, FileSet
from seawall.model.runfolder import is_ours

if TYPE_CHECKING:
    from seawall.model.runfolder import RunFolder

_OWN_FOLDER = "`seawall up … --run-dir DIR` with a folder of your own"
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def is_folder(path: str | Path) -> bool:
    """Whether a folder is there, as far as we may look: a closed parent or an impossible name is a no, not a crash."""
    return os.path.isdir(path)  # noqa: PTH112 - pathlib raises for both


def is_file(path: str | Path) -> bool:
    """Whether a file is there, as far as we may look."""
    return os.path.isfile(path)  # noqa: PTH113 - as above


def exists(path: str | Path) -> bool:
    """Whether anything is there, as far as we may look."""
    return os.path.exists(path)  # noqa: PTH110 - as above


def write(files: FileSet, folder: str | Path, *, durable: bool = True) -> None:
    """Write a set of files; each is replaced as a whole. `durable` waits for the disk."""
    folder = Path(folder)
    touched: dict[Path, None] = {}
    for entry in files:
        path = folder / _inside(entry.path)
        _make_parents(path.parent, folder)
        if isinstance(entry, File):
            _replace(path, entry.text.encode(), entry.mode, durable=durable)
        else:
            _relink(path, entry.target)
        touched[path.parent] = None
    if durable:
        for parent in touched:
            _settle(parent)


def write_text(path: str | Path, text: str, mode: int = 0o640, *, durable: bool = True) -> None:
    """Write one file: temp beside it, fsync, rename, fsync of the folder."""
    path = Path(path)
    _replace(path, text.encode(), mode, durable=durable)
    if durable:
        _settle(path.parent)


def replace_link(path: str | Path, target: str | Path) -> None:
    """Point a symbolic link elsewhere in one step: whoever follows it finds the old target or the new one."""
    path = Path(path)
    _relink(path, os.fspath(target))
    _settle(path.parent)


def private_folder(path: str | Path, mode: int = 0o750, *, owner: tuple[int, int] | None = None) -> Path:
    """Make sure of a folder that only we can change, or fail (S43).

    A folder that is there must be a real one, ours (or `owner`'s, a user and group id that root names) and not
    writable by others; so must its parent be when that carries our name, as in the shared `/tmp`. It gets `mode` and
    `owner`.
    """
    path = Path(path)
    parent_mode = 0o755 if os.geteuid() == 0 else 0o700  # whom root starts must be able to pass
    if path.parent.name.startswith("seawall"):
        private_folder(path.parent, parent_mode)
    _make_with_parents(path, parent_mode)
    try:
        descriptor = os.open(path, _DIRECTORY)
    except OSError as error:
        raise _not_private(path, _what_is_there(path, error), _OWN_FOLDER) from error
    try:
        _secure(descriptor, path, mode, owner)
    finally:
        os.close(descriptor)
    return path


def prepare(folder: str | Path, run: RunFolder) -> None:
    """Make the folders that a runtime folder has from the start, in `folder`; links of an earlier plan go."""
    web = Path(folder) / run.web.relative_to(run.path)
    if not web.is_symlink():
        shutil.rmtree(web, ignore_errors=True)
    for inner in (run.conf, run.web, run.logs, run.rehearsal):
        private_folder(Path(folder) / inner.relative_to(run.path))
    spool = Path(run.temp)
    inside = spool.is_relative_to(run.path)
    private_folder(Path(folder) / spool.relative_to(run.path) if inside else spool)


def _secure(descriptor: int, path: Path, mode: int, owner: tuple[int, int] | None) -> None:
    """Check and set through a descriptor, so that nobody swaps the folder in between."""
    found = os.fstat(descriptor)
    if found.st_uid not in {os.geteuid(), *(owner or ())[:1]}:
        raise _belongs_to_another(path, found.st_uid, owner[0] if owner else os.geteuid())
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        saw = f"others may write to it (mode {stat.S_IMODE(found.st_mode):04o})"
        raise _not_private(path, saw, f"`{shlex.join(('chmod', 'go-w', str(path)))}`")
    if owner and found.st_uid != owner[0]:
        _hand_over(descriptor, owner)
    elif owner and found.st_gid != owner[1]:
        os.fchown(descriptor, *owner)  # it is the account's already, and so is what lies in it
    if stat.S_IMODE(found.st_mode) != mode:
        os.fchmod(descriptor, mode)


def _make_with_parents(path: Path, parent_mode: int) -> None:
    try:
        path.mkdir(0o700)
    except FileExistsError:
        return
    except FileNotFoundError:
        _make_with_parents(path.parent, parent_mode)
        path.parent.chmod(parent_mode)
        _make_with_parents(path, parent_mode)
    except OSError as error:
        raise MachineError(
            "cannot make a folder",
            where=str(path),
            saw=error.strerror or str(error),
            hint="`seawall up … --run-dir DIR`",
        ) from error


def _hand_over(descriptor: int, owner: tuple[int, int]) -> None:
    """Give the account that will serve the folder and what an earlier start of ours left in it, and nothing else.

    The folder was root's alone until now, so nobody else can have put a link there; none is followed all the same.
    """
    for name in filter(is_ours, os.listdir(descriptor)):
        with contextlib.suppress(NotADirectoryError):
            _hand_over_below(name, descriptor, owner)
        os.chown(name, *owner, dir_fd=descriptor, follow_symlinks=False)
    os.fchown(descriptor, *owner)


def _hand_over_below(name: str, parent: int, owner: tuple[int, int]) -> None:
    for _, folders, names, inner in os.fwalk(name, dir_fd=parent):
        for each in (*names, *folders):
            os.chown(each, *owner, dir_fd=inner, follow_symlinks=False)


def _belongs_to_another(path: Path, uid: int, wanted: int) -> MachineError:
    if os.geteuid() == 0:  # an earlier start by root gave it to the account that served then
        hint = f"`seawall up … --user {_name_of(uid)}` as before, or `{shlex.join(('rm', '-r', str(path)))}`"
    else:
        hint = _OWN_FOLDER
    return _not_private(path, f"it belongs to user `{_name_of(uid)}`, and should to `{_name_of(wanted)}`", hint)


def _not_private(path: Path, saw: str, hint: str) -> MachineError:
    return MachineError("a folder for the site's own files is not private", where=str(path), saw=saw, hint=hint)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _what_is_there(path: Path, error: OSError) -> str:
    if path.is_symlink():
        return "it is a symbolic link"
    return "it is not a folder" if error.errno == errno.ENOTDIR else error.strerror or str(error)


def _inside(path: PurePosixPath) -> PurePosixPath:
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(f"a file set stays in its folder, and `{path}` does not")
    return path


def _make_parents(parent: Path, folder: Path) -> None:
    """Make what is missing between `folder` and `parent`, and refuse links on the way."""
    folder.mkdir(parents=True, exist_ok=True)
    step = folder
    for part in parent.relative_to(folder).parts:
        step = step / part
        with contextlib.suppress(FileExistsError):
            step.mkdir(0o750)
        if step.is_symlink() or not step.is_dir():
            raise MachineError(f"`{step}` is in the way", saw="it should be a folder", hint=f"`rm {step}`")


def _replace(path: Path, content: bytes, mode: int, *, durable: bool) -> None:
    beside = _beside(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(beside, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            if durable:
                os.fsync(file.fileno())
        beside.rename(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _relink(path: Path, target: str) -> None:
    beside = _beside(path)
    beside.symlink_to(target)
    try:
        beside.rename(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _beside(path: Path) -> Path:
    return path.with_name(f".{secrets.token_hex(6)}.new")


def _settle(folder: Path) -> None:
    """Wait until the names in a folder are on disk; a file system that cannot be asked does not stop us."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
