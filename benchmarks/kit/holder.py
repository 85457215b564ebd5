"""A process that holds its share of the slow clients: `ready` when all are in their slow phase, `report` after `stop`.

It must cost next to nothing while the fast client is measured, so nobody has a task or a timer of their own: every
`TICK` a small batch gives its sign of life, and a descriptor wakes the loop only when the server cuts its client.
"""

from __future__ import annotations

import asyncio
import errno
import json
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count

from kit import talk
from kit.scenario import Mode, Slow, Target, slow_from_json

TICK = 0.05
CONNECTING_AT_ONCE = 64
PATIENCE = 5.0  # a connect that takes longer starts anew; readers wait for an app that makes their answer


@dataclass
class Cuts:
    """Clients that the server ended, by when and how."""

    early: int = 0
    due: int = 0
    late: int = 0
    how: Counter[str] = field(default_factory=Counter)
    lifetimes: list[float] = field(default_factory=list)

    def add(self, client: talk.SlowClient, slow: Slow, now: float) -> None:
        """Before the header deadline is early, after it is late; without a known deadline only bodies can be early."""
        age = now - client.born
        self.how[talk.status_of(client)] += 1
        self.lifetimes.append(round(age, 2))
        due = slow.header_deadline if slow.mode is Mode.HEADERS else float("inf")
        if due is None or abs(age - due) <= slow.deadline_slack:
            self.due += 1
        elif age < due:
            self.early += 1
        else:
            self.late += 1


class Holder:
    """Keeps `slow.clients` connections in their slow phase, whatever the server does."""

    def __init__(self, target: Target, slow: Slow, sources: list[str]) -> None:
        self._target, self._slow, self._sources = target, slow, sources
        self._address = (target.host, target.port)
        self._opening = talk.opening(slow, target)
        self._numbers = count()
        self._held: dict[int, talk.SlowClient] = {}
        self.cuts = Cuts()
        self.refused: Counter[str] = Counter()

    @property
    def held(self) -> int:
        return len(self._held)

    async def fill(self, limit: float) -> None:
        """Connect everybody that is missing; a crowd that cannot get in by the limit stays outside and is counted."""
        ends = time.monotonic() + limit
        gate = asyncio.Semaphore(CONNECTING_AT_ONCE)

        async def one() -> None:
            async with gate:
                while time.monotonic() < ends and not await self._enter():  # noqa: ASYNC110 - the event is the server's
                    await asyncio.sleep(0.1)  # refused or no port left: the next try must not be a busy loop

        while (missing := self._slow.clients - self.held) > 0 and time.monotonic() < ends:
            await asyncio.gather(*(one() for _ in range(missing)))

    async def refill(self) -> None:
        """Newcomers for those who were cut, so that the number held stays what the scenario says."""
        while True:
            await asyncio.sleep(TICK)
            await self.fill(1.0)

    async def live(self) -> None:
        """Signs of life in small batches."""
        due: list[int] = []
        carry = 0.0
        while True:
            await asyncio.sleep(TICK)
            if not due:
                due = list(self._held)
            carry += self.held * TICK / self._slow.interval
            batch, carry = int(carry), carry % 1
            for number in due[:batch]:
                client = self._held.get(number)
                if client is not None and not talk.nudge(client, self._slow):
                    self._lost(number)
            del due[:batch]

    def report(self) -> dict[str, object]:
        """Tell the parent what happened."""
        clients = list(self._held.values())
        lives = sorted(self.cuts.lifetimes)
        return {
            "held": self.held,
            "cut_early": self.cuts.early,
            "cut_due": self.cuts.due,
            "cut_late": self.cuts.late + self._overdue(),
            "cut_how": dict(self.cuts.how),
            "cut_lifetimes": [lives[0], lives[len(lives) // 2], lives[-1]] if lives else [],
            "refused": dict(self.refused),
            "answers_begun": sum(1 for c in clients if c.received),
            "bytes_sent": sum(c.sent for c in clients),
            "bytes_received": sum(c.received for c in clients),
            "cpu_seconds": round(time.process_time(), 3),
        }

    def close(self) -> None:
        loop = asyncio.get_running_loop()
        for client in self._held.values():
            loop.remove_reader(client.sock.fileno())
            client.sock.close()

    async def _enter(self) -> bool:
        loop = asyncio.get_running_loop()
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        talk.prepare(sock, self._slow)
        try:
            self._bind(sock)
            async with asyncio.timeout(self._slow.ramp_limit if self._slow.mode is Mode.READERS else PATIENCE):
                await loop.sock_connect(sock, self._address)
                await loop.sock_sendall(sock, self._opening)
                client = talk.SlowClient(sock, time.monotonic())
                if self._slow.mode is Mode.READERS:
                    await self._first_bytes(client)
        except (OSError, TimeoutError) as error:
            self.refused[
                "timeout" if isinstance(error, TimeoutError) else errno.errorcode.get(error.errno or 0, "?")
            ] += 1
            sock.close()
            return False
        number = next(self._numbers)
        self._held[number] = client
        if self._slow.mode is not Mode.READERS:
            loop.add_reader(sock.fileno(), self._heard, number)
        return True

    def _bind(self, sock: socket.socket) -> None:
        if not self._sources:
            return
        if (late_port := getattr(socket, "IP_BIND_ADDRESS_NO_PORT", None)) is not None:
            sock.setsockopt(socket.IPPROTO_IP, late_port, 1)  # the port is chosen at connect, per pair of addresses
        sock.bind((self._sources[next(self._numbers) % len(self._sources)], 0))

    async def _first_bytes(self, client: talk.SlowClient) -> None:
        data = await asyncio.get_running_loop().sock_recv(client.sock, 512)
        client.received, client.head = len(data), bytearray(data[:200])
        if b" 200 " not in bytes(data[:32]):
            raise ConnectionAbortedError(errno.ECONNABORTED, "no 200")

    def _heard(self, number: int) -> None:
        client = self._held.get(number)
        if client is not None and not talk.peek(client):
            self._lost(number)

    def _lost(self, number: int) -> None:
        client = self._held.pop(number)
        self.cuts.add(client, self._slow, time.monotonic())
        asyncio.get_running_loop().remove_reader(client.sock.fileno())
        client.sock.close()

    def _overdue(self) -> int:
        """Clients that outlive the header deadline and are still held: no less late than those cut late."""
        deadline = self._slow.header_deadline
        if deadline is None or self._slow.mode is not Mode.HEADERS:
            return 0
        limit = time.monotonic() - deadline - self._slow.deadline_slack
        return sum(1 for client in self._held.values() if client.born < limit)


def say(event: str, **facts: object) -> None:
    """One line for the parent."""
    print(json.dumps({"event": event, **facts}), flush=True)


async def play(target: Target, slow: Slow, sources: list[str]) -> None:
    """Fill, say so, live until the parent says `stop` or goes away."""
    holder = Holder(target, slow, sources)
    stopped = asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    tasks = [asyncio.create_task(holder.live()), asyncio.create_task(holder.fill(slow.ramp_limit))]
    await asyncio.wait((tasks[1], stopped), return_when=asyncio.FIRST_COMPLETED)
    say("ready", held=holder.held, refused=dict(holder.refused))
    tasks.append(asyncio.create_task(holder.refill()))
    await stopped
    for task in tasks:
        task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    broken = [repr(e) for e in ended if isinstance(e, Exception)]
    say("report", **holder.report(), broken=broken)
    holder.close()


if __name__ == "__main__":
    asyncio.run(play(*slow_from_json(sys.argv[1])))
