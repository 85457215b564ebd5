"""Facts and configuration become the stack, with a decision for each choice."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from seawall.config.pinned import Config
from seawall.model.decisions import Decision, Level, Remark
from seawall.model.facts import AppFacts, Facts
from seawall.model.runfolder import RunFolder
from seawall.model.stack import App, Edge, Plan, Stack
from seawall.planning import capacity, nginx, ours, sizing, subject
from seawall.planning.choices import Choices, choose


def plan(facts: Facts, config: Config) -> Plan:
    """Decide everything. Touches nothing; the same facts and configuration give the same plan.

    Raises RefusalError, MachineError or AppError when there is no sound stack for them.
    """
    chosen = choose(facts, config)
    return Plan(
        stack=_stack(facts, config, chosen),
        decisions=_decisions(facts, config, chosen),
        remarks=_remarks(facts, config, chosen),
    )


def _stack(facts: Facts, config: Config, chosen: Choices) -> Stack:
    kind, time, size, room = chosen.kind, chosen.time, chosen.size, chosen.room
    return Stack(
        name=_name(facts.app.folder),
        app=_app(facts.app, config, kind.server_folder),
        server=kind.adapter.build(kind, chosen.workers.value, chosen.threads.value, time, size, room),
        edge=_edge(facts, chosen),
        time=time,
        size=size,
        capacity=room,
        health=chosen.health.value,
        run=RunFolder(PurePosixPath(facts.run_folder), spool=chosen.spool.value),
        detached=bool(config.detach and config.detach.value),
    )


def _app(app: AppFacts, config: Config, server_folder: str) -> App:
    return App(
        target=app.target,
        framework=app.framework,
        interpreter=app.interpreter,
        folder=app.folder,
        paths=app.paths,
        server_folder=server_folder,
        env=config.env.value.pairs if config.env else (),
    )


def _edge(facts: Facts, chosen: Choices) -> Edge:
    return Edge(
        binary=facts.nginx.binary,
        version=facts.nginx.version_text,
        abilities=facts.nginx.directives,
        listen=(chosen.address[0],),
        hosts=chosen.hosts.value,
        prefix=chosen.prefix.value,
        static=chosen.static[0],
        trust=chosen.trust.value,
        # Root serves only what nobody else can reach; workers of another account could not reach it either.
        user=facts.machine.user if facts.machine.uid == 0 else "",
    )


def _decisions(facts: Facts, config: Config, chosen: Choices) -> tuple[Decision, ...]:
    return (
        subject.explain_app(config, facts.app),
        subject.explain_python(config, facts.app),
        chosen.kind.decision,
        chosen.workers.decision,
        chosen.threads.decision,
        chosen.deadline.decision,
        chosen.body.decision,
        *chosen.static[1],
        chosen.prefix.decision,
        chosen.hosts.decision,
        chosen.trust.decision,
        chosen.health.decision,
        *chosen.address[1],
        nginx.explain_nginx(config, facts.nginx),
        capacity.explain_capacity(chosen.room),
        chosen.spool.decision,
        *ours.explain_ours(config),
    )


def _remarks(facts: Facts, config: Config, chosen: Choices) -> tuple[Remark, ...]:
    app = facts.app
    return (
        *(Remark(Level.NOTE, text) for text in app.remarks),
        *_warn_about_debug(app),
        *sizing.warn_about_workers(app, chosen.workers.value),
        *chosen.kind.remarks,
        *chosen.static[2],
        *capacity.warn_about_capacity(chosen.room, facts.machine),
        *nginx.warn_about_flaws(facts.nginx, chosen.address[0].host, config),
    )


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
