"""Every question asked once, in the order in which the answers need each other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from seawall.config.pinned import Config
from seawall.model.decisions import Decision, Remark
from seawall.model.facts import Facts
from seawall.model.stack import Capacity, Health, SizeBudget, StaticMap, TimeBudget, Trust
from seawall.model.values import Address, Duration, HostName, Size, UrlPrefix
from seawall.planning import budgets, capacity, health, listening, server, site, sizing, spool, static, trust
from seawall.planning.choice import Choice
from seawall.servers._server import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What was chosen with its decision, and what follows from it without one."""

    kind: Kind
    workers: Choice[int]
    threads: Choice[int]
    deadline: Choice[Duration]
    body: Choice[Size]
    spool: Choice[PurePosixPath]
    prefix: Choice[UrlPrefix]
    hosts: Choice[tuple[HostName, ...]]
    trust: Choice[Trust]
    health: Choice[Health]
    address: tuple[Address, tuple[Decision, ...]]
    static: tuple[tuple[StaticMap, ...], tuple[Decision, ...], tuple[Remark, ...]]
    time: TimeBudget
    size: SizeBudget
    room: Capacity


def choose(facts: Facts, config: Config) -> Choices:
    """Raises RefusalError, MachineError or AppError when a question has no sound answer."""
    app = facts.app
    kind = server.choose_kind(config, facts)
    workers = sizing.choose_workers(config, app, facts.machine)
    threads = sizing.choose_threads(config, kind.worker, workers.value)
    deadline = budgets.choose_deadline(config)
    body = budgets.choose_body(config, app)
    prefix = site.choose_prefix(config, app)
    hosts = site.choose_hosts(config)
    collected = str(PurePosixPath(facts.state_folder) / "static")
    return Choices(
        kind=kind,
        workers=workers,
        threads=threads,
        deadline=deadline,
        body=body,
        spool=spool.choose_spool(facts.run_folder, facts.state_folder, facts.space),
        prefix=prefix,
        hosts=hosts,
        trust=trust.choose_trust(config, facts.nginx),
        health=health.choose_health(config, app, prefix.value, hosts.value, deadline.value),
        address=listening.choose_address(config),
        static=static.choose_static(config, app, facts.folders, prefix.value, collected),
        time=budgets.derive_times(deadline.value),
        size=budgets.derive_sizes(body.value, spool.largest_answer(max(facts.space.values(), default=None))),
        room=capacity.derive_capacity(facts.machine, workers.value * threads.value),
    )
