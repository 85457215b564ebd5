"""From a session to a served site: reserve the place, look at the app, then start (`starting`)."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import socket
import sys
import time
from pathlib import Path, PurePosixPath

from seawall.cli.account import Standing, become, choose_standing
from seawall.cli.planned import decide, outlook
from seawall.cli.session import Session
from seawall.doing import leftovers, lock, runfolder, sockets
from seawall.looking.look import look
from seawall.model.runfolder import RunFolder
from seawall.planning.listening import choose_address


def serve(session: Session) -> int:
    """The exit code: 0, or that of the part that died for good. Raises SeawallError when it cannot be started."""
    began = time.monotonic()
    standing = choose_standing(session)
    runfolder.make(session.run_folder, owner=standing.owner)
    if standing.account:  # whoever serves could not make it below a folder of root's
        runfolder.make(session.state_folder, owner=standing.owner, sockets=False)
    place = RunFolder(PurePosixPath(session.run_folder))
    held = lock.acquire(place.lock, command=shlex.join(("seawall", *sys.argv[1:])), where=session.where)
    try:
        leftovers.end(Path(place.state), session.output.say)
        public = sockets.reserve(choose_address(session.config)[0])
        try:
            env = become(standing, dict(os.environ))
            return asyncio.run(_look_and_serve(session, standing, public, env, began))
        finally:
            public.close()
    finally:
        held.release()


async def _look_and_serve(
    session: Session, standing: Standing, public: socket.socket, env: dict[str, str], began: float
) -> int:
    told = _listen_to_signals()
    ahead = outlook(session, env)
    looking = asyncio.create_task(look(ahead.place, session.output.progress))
    try:
        # The app's interpreter is at work now; what comes after it is loaded meanwhile.
        await asyncio.sleep(0.001)
        from seawall.cli import starting
        from seawall.planning import plan  # noqa: F401

        planned = decide(session, ahead, await looking)
    except asyncio.CancelledError:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        return 128 + told[0] if told else 1
    return await starting.start(session, standing, public, planned, began)


def _listen_to_signals() -> list[int]:
    """Until the supervisor does: the first signal ends the look. Its number comes to stand in the list.

    No exception is raised into whatever runs: one that hits an `exec` in a module that is being loaded would have
    Python end itself by SIGINT, however well it was caught.
    """
    loop, look_and_serve, told = asyncio.get_running_loop(), asyncio.current_task(), []

    def note(number: int) -> None:
        told.append(number)
        if look_and_serve:
            look_and_serve.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, note, number)
    return told
