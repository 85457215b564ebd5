"""One started copy of server and app, on a listening socket that outlives the process."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from seawall.doing import files, process, sockets
from seawall.doing.applog import AppLog
from seawall.doing.ask import Answer, NoAnswerError, ask
from seawall.doing.part import Part
from seawall.doing.process import Process
from seawall.doing.site import Site
from seawall.errors import StartError


@dataclass(slots=True)
class Generation:
    """The socket belongs to us: when the server dies, connections wait in it for the next one (R4)."""

    number: int
    site: Site
    log: AppLog
    socket: socket.socket | None = None
    part: Part = field(default_factory=Part)
    _following: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def path(self) -> Path:
        return Path(self.site.stack.run.app_socket(self.number))

    async def start(self) -> None:
        """Start the server on its socket; the socket is made once."""
        if self.socket is None:
            files.private_folder(self.path.parent)
            self.socket = sockets.listen_unix(self.path, self.site.stack.capacity.queue)
        self.part.begin()
        started = self.part.process = await self._spawn()
        for stream, name in ((started.stdout, "stdout"), (started.stderr, "stderr")):
            if stream is not None:
                self._following.append(asyncio.create_task(self.log.follow(stream, name)))

    async def gate(self) -> Answer:
        """One real request. Raises StartError when the app gives no answer of its own."""
        health = self.site.stack.health
        patience = self.site.import_timeout + health.timeout.seconds
        request = asyncio.create_task(
            ask(
                self.path,
                quote(health.path, safe="/%?=&+:;,@~!$'()*"),
                host=health.host,
                timeout=patience,
                headers=self._as_edge(),
            )
        )
        death = asyncio.create_task(self.died())
        try:
            await asyncio.wait((request, death), return_when=asyncio.FIRST_COMPLETED)
            if not request.done():
                raise self._dead(death.result())
            answer = self._judge(request)
        finally:
            for task in (request, death):
                task.cancel()
            await asyncio.gather(request, death, return_exceptions=True)
        return answer

    async def died(self) -> int:
        """The exit code, once the process has ended and its last words are read."""
        assert self.part.process is not None
        code = await self.part.process.wait()
        await asyncio.wait([*self._following, asyncio.create_task(asyncio.sleep(0))], timeout=1)
        self._following.clear()
        return code

    async def stop(self, grace: float) -> None:
        """TERM, then KILL what is left of its process group when `grace` seconds are over."""
        master = self.part.process
        if master is None:
            return
        master.send(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await master.wait()
        self.part.end()
        await master.wait()

    def _judge(self, request: asyncio.Task[Answer]) -> Answer:
        health = self.site.stack.health
        try:
            answer = request.result()
        except NoAnswerError as error:
            raise StartError(
                f"the app does not answer `GET {health.path}`",
                where=f"`{self.site.stack.app.target}`",
                saw=str(error),
                hint="name a path that it answers quickly with `--health /PATH`",
                detail=self.log.tail,
            ) from None
        if health.pinned and answer.status >= 500:
            raise StartError(
                f"the app is not healthy: `GET {health.path}` answers {answer.status}",
                where=f"`{self.site.stack.app.target}`",
                saw=answer.body[:300].decode("utf-8", "replace"),
                hint="mend what the log shows, or name another path with `--health /PATH`",
                detail=self.log.tail,
            )
        return answer

    def _dead(self, code: int) -> StartError:
        return StartError(
            f"{self.site.stack.server.name} ended before the app answered",
            where=f"`{self.site.stack.app.target}`",
            saw=process.describe_code(code),
            hint="the lines above are the app's own; mend them and run `seawall up` again",
            detail=self.log.tail,
            code=process.shell_code(code),
        )

    def _as_edge(self) -> tuple[str, ...]:
        """The headers that the edge would set for a visitor on this machine."""
        health = self.site.stack.health
        return (
            "X-Forwarded-For: 127.0.0.1",
            "X-Forwarded-Proto: http",
            f"X-Forwarded-Host: {health.host}",
            f"X-Forwarded-Port: {self.site.stack.edge.listen[0].port}",
            "X-Request-ID: seawall-health",
        )

    async def _spawn(self) -> Process:
        site = self.site
        assert self.socket is not None
        output = self.log.open() if site.stack.detached else asyncio.subprocess.PIPE
        return await process.start(
            site.server,
            env=site.server_env,
            cwd=site.stack.app.folder,
            pass_fds={3: self.socket.fileno()},
            stdout=output,
            stderr=output,
            die_with_parent=None if site.stack.detached else signal.SIGQUIT,
        )
