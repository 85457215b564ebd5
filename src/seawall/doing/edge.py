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
from seawall.doing.orphans import orphans_of
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
    process: Process | None = None
    started: float = 0.0
    _former: list[Process] = field(default_factory=list)

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

    async def start(self) -> None:
        """Open the public port: Nginx takes over the sockets and starts to listen on them."""
        socket = Path(self.site.stack.run.edge_socket)
        socket.unlink(missing_ok=True)  # of an Nginx that was killed; the living keep theirs open
        if self.process is not None:
            self._former.append(self.process)
        self.process = await self._spawn(self.site.edge, sockets=True)
        self.started = time.monotonic()
        await self._until_it_answers(self.process, socket, Path(self.site.stack.run.edge_log))
        socket.chmod(0o660)  # Nginx opens its Unix sockets to everybody (S40)

    async def replace(self) -> None:
        """After the death of the master: a new one on the same sockets, then its orphaned workers finish (R6)."""
        await self.start()
        for orphan in self._orphans():
            identity.kill(orphan, signal.SIGQUIT)

    async def stop(self, patience: float) -> None:
        """Accept nothing new, finish what runs, at most for `patience` seconds."""
        if self.process is None:
            return
        self.process.send(signal.SIGQUIT)
        try:
            async with asyncio.timeout(patience):
                await self.process.wait()
        except TimeoutError:
            self.process.send(signal.SIGTERM)
        try:
            async with asyncio.timeout(2):
                await self.process.wait()
        except TimeoutError:
            self.end()
        await self.process.wait()

    def end(self) -> None:
        """Kill whatever is left of this Nginx and of those that died before it."""
        for orphan in self._orphans():
            identity.kill(orphan, signal.SIGKILL)
        if self.process is not None:
            self.process.send_group(signal.SIGKILL)

    def reopen_logs(self) -> None:
        if self.process is not None:
            self.process.send(signal.SIGUSR1)

    def _orphans(self) -> tuple[identity.Identity, ...]:
        """Workers of masters that died; they were handed to us and still serve what they had."""
        return orphans_of(self._former)

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
