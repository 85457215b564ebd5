"""Nginx as a process: tried out in private, started on inherited sockets, replaced when it dies."""

from __future__ import annotations

import asyncio
import shlex
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from seawall.doing import identity, process
from seawall.doing.ask import NoAnswerError, ask
from seawall.doing.part import Part
from seawall.doing.process import Process
from seawall.doing.site import Site
from seawall.errors import MachineError, ToolError
from seawall.model.stack import StaticMap

PATIENCE = 10.0
TICK = 0.005


@dataclass(slots=True)
class EdgeProcess:
    """The master that serves the public."""

    site: Site
    part: Part = field(default_factory=Part)

    async def rehearse(self) -> None:
        """Start the very configuration without a public port, and fetch one file of each static map through it.

        Raises ToolError when Nginx refuses it, MachineError when a file does not come back as it lies on disk.
        """
        run = self.site.stack.run
        # Nginx listens before it handles signals: one that was told to stop in between has left its socket behind.
        Path(run.rehearsal_socket).unlink(missing_ok=True)
        trial = await self._spawn(self.site.rehearsal, sockets=False)
        try:
            await self._until_it_answers(trial, Path(run.rehearsal_socket), Path(run.rehearsal_log))
            for each in self.site.stack.edge.static:
                if each.sample:
                    await self._check(each)
        finally:
            trial.send(signal.SIGTERM)
            await trial.wait()
            Path(run.rehearsal_socket).unlink(missing_ok=True)

    async def start(self) -> None:
        """Open the public port: Nginx takes over the sockets and starts to listen on them."""
        socket = Path(self.site.stack.run.edge_socket)
        socket.unlink(missing_ok=True)  # of an Nginx that was killed; the living keep theirs open
        self.part.begin()
        started = self.part.process = await self._spawn(self.site.edge, sockets=True)
        try:
            await self._until_it_answers(started, socket, Path(self.site.stack.run.edge_log))
        except BaseException:
            self.part.end()  # one that does not answer would be waited for
            raise
        socket.chmod(0o660)  # Nginx opens its Unix sockets to everybody (S40)

    async def replace(self) -> None:
        """After the death of the master: a new one on the same sockets, then its orphaned workers finish (R6)."""
        await self.start()
        for orphan in self.part.orphans():
            identity.kill(orphan, signal.SIGQUIT)

    async def stop(self, patience: float) -> None:
        """Accept nothing new, finish what runs, at most for `patience` seconds."""
        master = self.part.process
        if master is None:
            return
        master.send(signal.SIGQUIT)
        try:
            async with asyncio.timeout(patience):
                await master.wait()
        except TimeoutError:
            master.send(signal.SIGTERM)
        try:
            async with asyncio.timeout(2):
                await master.wait()
        except TimeoutError:
            self.part.end()
        await master.wait()

    def reopen_logs(self) -> None:
        if self.part.process is not None:
            self.part.process.send(signal.SIGUSR1)

    async def _spawn(self, argv: tuple[str, ...], *, sockets: bool) -> Process:
        public = [each.fileno() for each in self.site.public] if sockets else []
        env = dict(self.site.edge_env)
        if public:
            # The variable by which an Nginx hands its sockets to its successor (ngx_add_inherited_sockets).
            env["NGINX"] = "".join(f"{number};" for number in public)
        return await process.start(
            argv,
            env=env,
            cwd=str(self.site.stack.run.path),
            pass_fds=tuple(public),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            umask=0o027,
            die_with_parent=None if self.site.stack.detached and sockets else signal.SIGTERM,
        )

    async def _until_it_answers(self, started: Process, socket: Path, log: Path) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if started.code is not None:
                raise _refused(started, log)
            try:
                _, writer = await asyncio.open_unix_connection(str(socket))
            except OSError:
                await asyncio.sleep(TICK)
            else:
                writer.close()
                return
        raise ToolError("Nginx does not answer", where=" ".join(started.argv), saw=f"nothing within {PATIENCE:g} s")

    async def _check(self, each: StaticMap) -> None:
        run = self.site.stack.run
        url = each.url.path + each.sample
        expected = await asyncio.to_thread((Path(each.folder) / each.sample).read_bytes)
        try:
            answer = await ask(
                run.rehearsal_socket, quote(url, safe="/"), host=self.site.stack.health.host, timeout=PATIENCE
            )
        except NoAnswerError as error:
            raise self._not_served(each, url, str(error)) from None
        if answer.status != 200 or answer.body != expected:
            raise self._not_served(
                each, url, f"status {answer.status}, {len(answer.body)} bytes instead of {len(expected)}"
            )

    def _not_served(self, each: StaticMap, url: str, saw: str) -> MachineError:
        return MachineError(
            f"the edge cannot serve `{url}`",
            where=f"`{each.folder}` ({each.origin})",
            saw=saw,
            hint=shlex.join(("tail", str(self.site.stack.run.edge_log))),
            detail=_last_lines(Path(self.site.stack.run.edge_log)),
        )


def _refused(started: Process, log: Path) -> ToolError:
    return ToolError(
        "Nginx refuses to start",
        where=" ".join(started.argv),
        saw=process.describe_code(started.code or 0),
        hint="`seawall doctor` looks at Nginx and this machine",
        detail=_last_lines(log),
    )


def _last_lines(path: Path) -> str:
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-8:])
