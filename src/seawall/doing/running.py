"""Talk to a site that runs: its supervisor where there is one, else what it left serving."""

from __future__ import annotations

import asyncio
import shlex
import signal
import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from seawall.doing import control, identity, leftovers, lock, state
from seawall.doing.identity import Identity
from seawall.errors import MachineError, NotRunningError, StartError
from seawall.model.runfolder import RunFolder

PATIENCE = 600.0
TICK = 0.05


async def ask_for_status(run_folder: Path, where: tuple[str, ...] = ()) -> control.Reply:
    """Raises NotRunningError when nothing serves.

    where: the options that lead a command to this folder, for the message.
    """
    place = _place(run_folder)
    try:
        return await control.ask(Path(place.control_socket), "status")
    except control.UnreachableError:
        known = state.load(Path(place.state))
    holder = lock.holder(place.lock)
    if holder is not None:
        return _without_answer("starting" if known is None else "unreachable", holder.pid, known)
    if known and any(identity.alive(part) for part in known.parts):
        return _without_answer("unsupervised", None, known)
    raise _nothing(run_folder, where)


async def stop(run_folder: Path, progress: Callable[[str], None], where: tuple[str, ...] = ()) -> int:
    """Ask the supervisor to stop and wait until it has; without one, end what it left. The pid that stopped."""
    place = _place(run_folder)
    holder = lock.holder(place.lock)
    if holder is None:
        ended = leftovers.end(Path(place.state), progress)
        if not ended:
            raise _nothing(run_folder, where)
        return ended[0].pid
    supervisor = identity.identify(holder.pid)
    _refuse_stranger(run_folder, supervisor)
    await _tell_to_stop(Path(place.control_socket), supervisor)
    end = time.monotonic() + PATIENCE
    asked = time.monotonic()
    while supervisor and identity.alive(supervisor):
        if time.monotonic() > end:
            raise StartError(
                "it does not stop",
                where=f"pid {holder.pid}",
                saw=f"still there after {PATIENCE:g} s",
                hint=f"kill {holder.pid}",
            )
        if time.monotonic() - asked > 1:
            progress("finishing the requests that run")
        await asyncio.sleep(TICK)
    return holder.pid


def _place(run_folder: Path) -> RunFolder:
    return RunFolder(PurePosixPath(run_folder))


async def _tell_to_stop(socket: Path, supervisor: Identity | None) -> None:
    try:
        await control.ask(socket, "stop")
    except control.UnreachableError:
        # Still starting, or deaf: the holder of the lock is the supervisor, whoever else may have had its number.
        if supervisor:
            identity.kill(supervisor, signal.SIGTERM, of=identity.trusted_user(socket.parent))


def _refuse_stranger(run_folder: Path, holder: Identity | None) -> None:
    """The account that serves can write to the lock: root ends nobody else's process at its word."""
    user = identity.trusted_user(run_folder)
    if holder is None or user in {None, identity.user_of(holder.pid)} or not identity.alive(holder):
        return
    raise MachineError(
        "the lock names a process that is not the site's",
        where=str(run_folder / "lock"),
        saw=f"pid {holder.pid}, which does not run as the owner of the folder",
        hint=f"`ps -fp {holder.pid}` shows it",
    )


def _without_answer(health: str, holder: int | None, known: state.State | None) -> control.Reply:
    def pid_of(part: Identity | None) -> int | None:
        return part.pid if part and identity.alive(part) else None

    def workers_of(pid: int | None) -> list[int]:
        return list(identity.children(pid)) if pid else []

    edge, server = (pid_of(known.edge), pid_of(known.server)) if known else (None, None)
    binary, version, name = (known.edge_binary, known.edge_version, known.server_name) if known else ("", "", "")
    return {
        "url": known.url if known else "",
        "health": health,
        "since": known.since if known else "",
        "generation": known.generation if known else 0,
        "supervisor": {"pid": holder},
        "edge": {"pid": edge, "workers": workers_of(edge), "binary": binary, "version": version},
        "server": {"name": name, "pid": server, "workers": workers_of(server)},
    }


def _nothing(run_folder: Path, where: tuple[str, ...]) -> NotRunningError:
    return NotRunningError(
        "nothing is served from here",
        where=str(run_folder),
        saw="no supervisor holds its lock",
        hint=shlex.join(("seawall", "up", *where)),
    )
