"""Facts and configuration become the stack, with a decision for each choice."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from seawall.config.pinned import Config
from seawall.model.decisions import Level, Remark
from seawall.model.facts import AppFacts, Facts
from seawall.model.runfolder import RunFolder
from seawall.model.stack import App, Edge, Plan, Stack
from seawall.planning import (
    budgets,
    capacity,
    health,
    listening,
    nginx,
    ours,
    server,
    site,
    sizing,
    spool,
    static,
    subject,
    trust,
)


def plan(facts: Facts, config: Config) -> Plan:
    """Decide everything. Touches nothing; the same facts and configuration give the same plan.

    Raises RefusalError, MachineError or AppError when there is no sound stack for them.
    """
    app, machine = facts.app, facts.machine
    kind = server.choose_kind(config, facts)
    workers = sizing.choose_workers(config, app, machine)
    threads = sizing.choose_threads(config, kind.worker, workers.value)
    deadline = budgets.choose_deadline(config)
    time = budgets.derive_times(deadline.value)
    body = budgets.choose_body(config, app)
    spooled = spool.choose_spool(facts.run_folder, facts.state_folder, facts.space)
    size = budgets.derive_sizes(body.value, spool.largest_answer(max(facts.space.values(), default=None)))
    room = capacity.derive_capacity(machine, workers.value * threads.value)
    address, address_decisions = listening.choose_address(config)
    prefix = site.choose_prefix(config, app)
    hosts = site.choose_hosts(config)
    believed = trust.choose_trust(config, facts.nginx)
    collected = str(PurePosixPath(facts.state_folder) / "static")
    maps, map_decisions, map_remarks = static.choose_static(config, app, facts.folders, prefix.value, collected)
    probe = health.choose_health(config, app, prefix.value, hosts.value, deadline.value)

    stack = Stack(
        name=_name(app.folder),
        app=App(
            target=app.target,
            framework=app.framework,
            interpreter=app.interpreter,
            folder=app.folder,
            paths=app.paths,
            server_folder=kind.server_folder,
            env=config.env.value.pairs if config.env else (),
        ),
        server=kind.adapter.build(kind, workers.value, threads.value, time, size, room),
        edge=Edge(
            binary=facts.nginx.binary,
            version=facts.nginx.version_text,
            abilities=facts.nginx.directives,
            listen=(address,),
            hosts=hosts.value,
            prefix=prefix.value,
            static=maps,
            trust=believed.value,
            # Root serves only what nobody else can reach; workers of another account could not reach it either.
            user=machine.user if machine.uid == 0 else "",
        ),
        time=time,
        size=size,
        capacity=room,
        health=probe.value,
        run=RunFolder(PurePosixPath(facts.run_folder), spool=spooled.value),
        detached=bool(config.detach and config.detach.value),
    )
    decisions = (
        subject.explain_app(config, app),
        subject.explain_python(config, app),
        kind.decision,
        workers.decision,
        threads.decision,
        deadline.decision,
        body.decision,
        *map_decisions,
        prefix.decision,
        hosts.decision,
        believed.decision,
        probe.decision,
        *address_decisions,
        nginx.explain_nginx(config, facts.nginx),
        capacity.explain_capacity(room),
        spooled.decision,
        *ours.explain_ours(config),
    )
    remarks = (
        *(Remark(Level.NOTE, text) for text in app.remarks),
        *_warn_about_debug(app),
        *sizing.warn_about_workers(app, workers.value),
        *kind.remarks,
        *map_remarks,
        *capacity.warn_about_capacity(room, machine),
        *nginx.warn_about_flaws(facts.nginx, address.host, config),
    )
    return Plan(stack=stack, decisions=decisions, remarks=remarks)


_DEBUG_OFF = {
    "Django": "set `DEBUG = False`, and the site's names in `ALLOWED_HOSTS`",
    "Flask": "unset `FLASK_DEBUG`, or set `DEBUG = False`",
}


def _name(folder: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", PurePosixPath(folder).name.lower()).strip("-")[:20] or "app"


def _warn_about_debug(app: AppFacts) -> list[Remark]:
    if not app.debug:
        return []
    return [
        Remark(
            Level.WARNING,
            "the app is in debug mode: errors show its source and settings to visitors",
            _DEBUG_OFF.get(app.framework, "switch its debug mode off before others visit it"),
        )
    ]
