"""The supervisor: app first, public port last; whatever dies is started again; stopping loses nothing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from seawall.doing import control, files, identity, linux, process, sockets, state, waiting
from seawall.doing.applog import AppLog, turn_over
from seawall.doing.ask import Answer, NoAnswerError, ask
from seawall.doing.backoff import Backoff
from seawall.doing.edge import EdgeProcess
from seawall.doing.generation import Generation
from seawall.doing.part import Part
from seawall.doing.site import Site, Voice

HOUSEKEEPING = 30.0


class Supervisor:
    """Runs one site from start to stop. `on_ready` is called once, when the public can come in."""

    def __init__(self, site: Site, voice: Voice, on_ready: Callable[[], None]) -> None:
        self.site = site
        self.voice = voice
        self.on_ready = on_ready
        self.log = AppLog(Path(site.stack.run.app_log), voice.app_line)
        self.generation = Generation(1, site, self.log)
        self.edge = EdgeProcess(site)
        self.since = ""
        self.health = "starting"
        self.exit_code = 0
        self._stop = asyncio.Event()
        self._told_by: int = signal.SIGTERM
        self._now = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> int:
        """Serve until told to stop, or until a part is dead for good; the exit code is that part's then.

        Raises SeawallError when the site cannot be started; nothing is left running then.
        """
        linux.adopt_orphans(True)
        self._listen_to_signals()
        telephone = await control.serve(Path(self.site.stack.run.control_socket), self._answer)
        try:
            if await self._interruptible(self.start()):
                with contextlib.suppress(OSError):  # as in `_tell`
                    self.on_ready()
                await self._stop.wait()
            else:
                self.exit_code = 128 + self._told_by
        finally:
            if not self.since:
                self._now.set()  # nobody was served yet, so there is nothing to finish
            self.health = "stopping"
            await self.stop()
            telephone.close()
            self._forget()
        return self.exit_code

    async def start(self) -> None:
        files.write(self.site.files, Path(self.site.stack.run.path), durable=False)
        await self.generation.start()
        answer = await self._prove()
        if answer.status >= 500:
            self._tell(
                f"the app answers `GET {self.site.stack.health.path}` with {answer.status}; it is served all the same"
            )
        files.replace_link(Path(self.site.stack.run.link), str(self.generation.path))
        for each in self.site.public:
            sockets.open_for_all(each, self.site.stack.capacity.backlog)
        await self.edge.start()
        self.since = datetime.now(UTC).isoformat(timespec="seconds")
        self.health = "ok"
        self._save()
        self._watch(self._keep_server())
        self._watch(self._keep_edge())
        self._watch(self._keep_house())

    async def stop(self) -> None:
        """Nothing new comes in; what runs is finished, within the grace; a second signal ends it at once."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for each in self.site.public:
            each.close()
        end = time.monotonic() + self.site.stack.time.grace.seconds
        try:
            await self._unless_now(self.edge.stop(self.site.stack.time.drain.seconds))
            await self._unless_now(self.generation.stop(max(1.0, end - time.monotonic())))
        finally:
            await self._end_all()

    # Private

    async def _prove(self) -> Answer:
        """The app answers and the edge serves its files, both at once. Raises the first failure of either."""
        try:
            async with waiting.told(lambda: "starting the app", self.voice.progress), asyncio.TaskGroup() as both:
                both.create_task(self.edge.rehearse())
                gate = both.create_task(self.generation.gate())
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return gate.result()

    async def _keep_server(self) -> None:
        backoff = Backoff()
        while True:
            code = await self.generation.died()
            self.health = "degraded"
            if not await self._wait_to_restart(self.site.stack.server.name, code, self.generation.part, backoff):
                return
            if await self._try(self.site.stack.server.name, self.generation.start()):
                self.health = "ok"
            self._save()

    async def _keep_edge(self) -> None:
        backoff = Backoff()
        while True:
            assert self.edge.part.process is not None
            code = await self.edge.part.process.wait()
            if not await self._wait_to_restart("nginx", code, self.edge.part, backoff):
                return
            await self._try("nginx", self.edge.replace())
            self._save()

    async def _try(self, name: str, start: Awaitable[None]) -> bool:
        """Whether it started; a start that fails is one more death, never the end of us."""
        try:
            await start
        except Exception as error:  # noqa: BLE001
            self._tell(f"{name} could not be started again: {error}")
            return False
        return True

    async def _wait_to_restart(self, name: str, code: int, part: Part, backoff: Backoff) -> bool:
        backoff.note_death(part.lived)
        if backoff.exhausted:
            self._tell(f"{name} died {backoff.failures} times in a row ({process.describe_code(code)})")
            self.exit_code = process.shell_code(code)
            self._stop.set()
            return False
        pause = f" in {backoff.wait:g} s" if backoff.wait else ""
        self._tell(f"{name} ended ({process.describe_code(code)}); starting it again{pause}")
        await asyncio.sleep(backoff.wait)
        return True

    async def _keep_house(self) -> None:
        while True:
            await asyncio.sleep(HOUSEKEEPING)
            self._reap()
            await asyncio.to_thread(self.log.turn_over)
            run = self.site.stack.run
            turned = [turn_over(Path(log)) for log in (run.access_log, run.edge_log)]
            if any(turned):
                self.edge.reopen_logs()

    def _reap(self) -> None:
        """Collect the dead whose parents died before them; they were handed to us."""
        for pid in process.strays():
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)

    async def _answer(self, word: str) -> control.Reply:
        if word == "stop":
            self._stop.set()
            return {"stopping": True, "pid": os.getpid()}
        return await self._status()

    async def _status(self) -> control.Reply:
        server, edge = self.generation.part.process, self.edge.part.process
        return {
            "url": self.site.stack.edge.listen[0].url,
            "health": await self._measure_health(),
            "since": self.since,
            "generation": self.generation.number,
            "supervisor": {"pid": os.getpid()},
            "edge": {
                "pid": edge.pid if edge else None,
                "workers": list(identity.children(edge.pid)) if edge else [],
                "binary": self.site.stack.edge.binary,
                "version": self.site.stack.edge.version,
            },
            "server": {
                "name": self.site.stack.server.name,
                "pid": server.pid if server else None,
                "workers": list(identity.children(server.pid)) if server else [],
            },
        }

    async def _measure_health(self) -> str:
        """`ok` means: this very moment a request went through the edge to the app and came back with its answer."""
        if self.health != "ok":
            return self.health
        health = self.site.stack.health
        try:
            answer = await ask(self.site.stack.run.edge_socket, health.path, host=health.host, timeout=3)
        except NoAnswerError:
            return "degraded"
        return "degraded" if answer.status in {502, 503, 504} else "ok"

    def _tell(self, text: str) -> None:
        with contextlib.suppress(OSError):  # whoever read it may have gone; the site has not
            self.voice.tell(text)

    def _save(self) -> None:
        server, edge = self.generation.part.process, self.edge.part.process
        me = identity.identify(os.getpid())
        assert me is not None
        now = state.State(
            url=self.site.stack.edge.listen[0].url,
            since=self.since,
            generation=self.generation.number,
            supervisor=me,
            edge=edge.identity if edge else None,
            server=server.identity if server else None,
            server_name=self.site.stack.server.name,
            edge_binary=self.site.stack.edge.binary,
            edge_version=self.site.stack.edge.version,
            detached=self.site.stack.detached,
        )
        try:
            state.save(Path(self.site.stack.run.state), now)
        except OSError as error:
            self._tell(f"the state could not be written: {error.strerror}")

    def _forget(self) -> None:
        run = self.site.stack.run
        for path in (run.control_socket, run.state, run.link, self.generation.path):
            Path(path).unlink(missing_ok=True)

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if number == signal.SIGHUP and self.site.stack.detached:
                loop.add_signal_handler(number, lambda: None)
            else:
                loop.add_signal_handler(number, self._told_to_stop, number)

    def _told_to_stop(self, number: int) -> None:
        if self._stop.is_set():
            self._now.set()
        else:
            self._told_by = number
        self._stop.set()

    async def _interruptible(self, start: Awaitable[None]) -> bool:
        """Whether `start` came to its end before we were told to stop."""
        return await _first(start, self._stop)

    async def _unless_now(self, step: Awaitable[None]) -> None:
        await _first(step, self._now)

    async def _end_all(self) -> None:
        for part in (self.edge.part, self.generation.part):
            part.end()
            if part.process is not None:
                await part.process.wait()
        await self._end_strays()

    async def _end_strays(self) -> None:
        """End what the app sent into the background: it was handed to us, and nothing of a site outlives it."""
        for number, seconds in ((signal.SIGTERM, 1.0), (signal.SIGKILL, 3.0)):
            end = time.monotonic() + seconds
            told: set[identity.Identity] = set()  # a second TERM often means: drop everything
            self._reap()
            while (strays := process.strays()) and time.monotonic() < end:
                for each in identity.identities(pid for one in strays for pid in (one, *identity.descendants(one))):
                    if each not in told:
                        told.add(each)
                        with contextlib.suppress(PermissionError):
                            identity.kill(each, number)
                await asyncio.sleep(0.005)
                self._reap()

    def _watch(self, work: Awaitable[None]) -> None:
        async def guarded() -> None:
            try:
                await work
            except Exception as error:  # noqa: BLE001 - a watch that ends unseen would leave the site unwatched
                self._tell(f"this is a bug in Seawall, and the end of this site: {type(error).__name__}: {error}")
                self.exit_code = 70
                self._stop.set()

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _first(step: Awaitable[None], event: asyncio.Event) -> bool:
    """Do `step` until it ends (True) or `event` happens (False); its errors are raised here."""
    work = asyncio.ensure_future(step)
    happening = asyncio.create_task(event.wait())
    await asyncio.wait((work, happening), return_when=asyncio.FIRST_COMPLETED)
    happening.cancel()
    if not work.done():
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        return False
    work.result()
    return True
