"""The oracle of the promises: an open-loop client that never retries and judges every answer.

report = asyncio.run(run(Mix(), "http://127.0.0.1:8080", rate=200, until=10.0, ledger=Ledger(path)))
assert report.failed == []

with beside(Mix(), url, ledger=ledger) as load:  # in a thread, while the test swaps and kills
    ...
assert load.report.failed == []
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .mix import Mix
from .report import Failure, Ledger, Report
from .wire import Answer, Ask, Connection, Failed, Kind, judge

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

__all__ = ["Failure", "Kind", "Ledger", "Mix", "Report", "beside", "run"]


async def run(
    mix: Mix,
    base_url: str,
    *,
    rate: float = 200.0,
    until: float | asyncio.Event,
    ledger: Ledger | None = None,
    started: Callable[[], object] = lambda: None,
) -> Report:
    """Ask `rate` times a second until the time or the event, wait for the last answer, judge."""
    return await _Run(mix, base_url, ledger, started).play(rate, until)


@dataclass
class Beside:
    """A run in a thread; `report` is there once the block has ended."""

    report: Report = field(default_factory=Report)


@contextlib.contextmanager
def beside(mix: Mix, base_url: str, *, rate: float = 200.0, ledger: Ledger | None = None) -> Iterator[Beside]:
    """Run the mix while the block runs; the block begins when the first answer is in."""
    load, answered, ends = Beside(), threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []
    broken: list[BaseException] = []

    async def play() -> None:
        loops.append(asyncio.get_running_loop())
        load.report = await run(mix, base_url, rate=rate, until=ends, ledger=ledger, started=answered.set)

    def thread() -> None:
        try:
            asyncio.run(play())
        except BaseException as error:  # noqa: BLE001 - raised again in the test's own thread
            broken.append(error)
        finally:
            answered.set()

    player = threading.Thread(target=thread, name="promise client")
    player.start()
    try:
        answered.wait(mix.timeout * 2)
        yield load
    finally:
        if player.is_alive():
            loops[0].call_soon_threadsafe(ends.set)
        player.join()
    if broken:
        raise broken[0]


class _Run:
    """One run: the pool of kept-alive connections, the posts, the report."""

    def __init__(self, mix: Mix, base_url: str, ledger: Ledger | None, started: Callable[[], object]) -> None:
        parts = urlsplit(base_url)
        if parts.scheme != "http" or parts.hostname is None:
            raise ValueError(f"want http://HOST:PORT, got {base_url!r}")
        self._address = (parts.hostname, parts.port or 80)
        self._mix, self._ledger, self._started = mix, ledger, started
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._id, self._count = uuid.uuid4().hex[:8], 0
        self._idle: deque[Connection] = deque()
        self._posts: dict[str, tuple[float, bool]] = {}
        self._etag: str | None = None
        self._report = Report()

    async def play(self, rate: float, until: float | asyncio.Event) -> Report:
        ends = asyncio.Event() if isinstance(until, float | int) else until
        if isinstance(until, float | int):
            self._loop.call_later(until, ends.set)
        sides = [
            (self._upload, self._mix.uploads),
            (self._download, self._mix.downloads),
            (self._sse, self._mix.streams),
        ]
        async with asyncio.TaskGroup() as tasks:
            for side, times in sides:
                for _ in range(times):
                    tasks.create_task(self._again(side, ends))
            tasks.create_task(self._beat(rate, ends, tasks))
        for connection in self._idle:
            connection.close()
        if self._ledger is not None:
            self._report.failed += self._ledger.verdicts(self._posts)
        return self._report

    async def _beat(self, rate: float, ends: asyncio.Event, tasks: asyncio.TaskGroup) -> None:
        """Open loop: a request begins at its time, whether or not earlier ones were answered."""
        for number, name in enumerate(self._mix.names()):
            due = self._began + number / rate
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ends.wait(), max(0.0, due - self._loop.time()))
            if ends.is_set():
                return
            tasks.create_task(self._judged(self._mix.ask(name, self._tag()), due, self._plain))

    async def _again(self, side: Callable[[], Awaitable[None]], ends: asyncio.Event) -> None:
        while not ends.is_set():
            await side()

    async def _judged(self, ask: Ask, due: float, talk: Callable[[Ask], Awaitable[Answer]]) -> None:
        """One request from its intended time to its verdict."""
        self._report.counts[ask.name] += 1
        if ask.name == "post":
            self._posts[ask.tag] = (due - self._began, False)
        try:
            async with asyncio.timeout_at(due + self._mix.timeout):
                answer = await talk(ask)
            if ask.name == "post" and answer.status // 100 == 2:
                self._posts[ask.tag] = (due - self._began, True)
            judge(ask, answer)
            self._same_etag(ask, answer)
            self._report.latencies.append(self._loop.time() - due)
        except Failed as failed:
            self._report.fail(failed, ask.name, ask.tag, due - self._began)
        except TimeoutError:
            late = Failed(Kind.TIMED_OUT, f"after {self._mix.timeout:g} s")
            self._report.latencies.append(self._mix.timeout)
            self._report.fail(late, ask.name, ask.tag, due - self._began)
        self._started()

    async def _plain(self, ask: Ask) -> Answer:
        connection = await self._connection(fresh=ask.close)
        return await self._use(connection, connection.exchange(ask), keep=not ask.close)

    async def _connection(self, *, fresh: bool) -> Connection:
        """Take an idle one that has not been closed, or a new one. Nothing was written yet, so this repeats nothing."""
        while self._idle and not fresh:
            connection = self._idle.popleft()
            try:
                if not connection.ended():
                    return connection
            except Failed:
                connection.close()
                raise
            connection.close()
            self._report.reopened += 1
        return await Connection.open(self._address)

    async def _use(self, connection: Connection, talk: Awaitable[Answer], *, keep: bool) -> Answer:
        try:
            answer = await talk
        except BaseException:
            connection.close()
            raise
        if keep and answer.keeps_alive:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    def _same_etag(self, ask: Ask, answer: Answer) -> None:
        if ask.name != "static":
            return
        etag, before = answer.headers.get("etag"), self._etag
        self._etag = etag
        if before is not None and etag != before:
            raise Failed(Kind.WRONG_BODY, f"ETag changed from {before} to {etag}")

    def _tag(self) -> str:
        self._count += 1
        return f"{self._id}-{self._count}"

    async def _upload(self) -> None:
        ask = self._mix.upload(self._tag())
        await self._aside(ask, lambda c: c.ask_slowly(ask, pieces=10, pause=0.1))

    async def _download(self) -> None:
        ask = self._mix.download(self._tag())
        await self._aside(ask, lambda c: c.exchange(ask, pause=0.02))

    async def _sse(self) -> None:
        ask = self._mix.stream(self._tag())
        await self._aside(ask, lambda c: c.exchange(ask))

    async def _aside(self, ask: Ask, talk: Callable[[Connection], Awaitable[Answer]]) -> None:
        async def once(_: Ask) -> Answer:
            connection = await Connection.open(self._address)
            return await self._use(connection, talk(connection), keep=False)

        failed = len(self._report.failed)
        await self._judged(ask, self._loop.time(), once)
        if len(self._report.failed) > failed:
            await asyncio.sleep(0.1)  # a server that is away must not be hammered by its slowest clients
