"""From a plan to a running site."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import replace
from pathlib import Path

from seawall.cli.account import Standing
from seawall.cli.planned import Planned, import_timeout
from seawall.cli.session import Session
from seawall.doing import background, collecting, files
from seawall.doing.site import Site, Voice
from seawall.doing.supervisor import Supervisor
from seawall.looking.look import look_at_folders
from seawall.model.decisions import Source
from seawall.model.stack import Plan
from seawall.planning.plan import plan
from seawall.targets import local


async def start(session: Session, standing: Standing, public: socket.socket, planned: Planned, began: float) -> int:
    """Say what was decided, then serve until stopped; the exit code. `public` is bound and does not listen yet."""
    planned = _collect(session, planned)
    shown = standing.shown_in(planned.plan)
    session.output.show_plan(_short(shown), aside=True)
    stack = shown.stack
    files.prepare(Path(stack.run.path), stack.run)

    def on_ready() -> None:
        _say_ready(session, stack.edge.listen[0].url, time.monotonic() - began)
        if session.ready is not None:
            background.report_ready(session.ready, Path(stack.run.supervisor_log))

    site = Site(
        plan=shown,
        files=local.files(shown),
        server=local.server_command(stack),
        edge=local.edge_command(stack),
        rehearsal=local.rehearsal_command(stack),
        server_env=planned.env,
        edge_env={"PATH": os.defpath, **{name: planned.env[name] for name in ("TZ",) if name in planned.env}},
        import_timeout=import_timeout(planned.config),
        public=[public],
    )
    voice = Voice(
        tell=session.output.warning,
        progress=session.output.progress,
        app_line=lambda name, line: _pass_on(session, name, line),
    )
    return await Supervisor(site, voice, on_ready).run()


def _say_ready(session: Session, url: str, seconds: float) -> None:
    detach = session.config.detach
    how_to_stop = "`seawall down` stops it" if detach and detach.value else "Ctrl-C stops it"
    session.output.progress_done()
    session.output.success(f"serving {url} after {seconds:.2f} s; {how_to_stop}")


def _pass_on(session: Session, stream: str, line: bytes) -> None:
    session.output.app_line("stdout" if stream == "stdout" else "stderr", "app", line)


def _collect(session: Session, planned: Planned) -> Planned:
    """Have the framework fill our folder where it has no usable one, and plan again with what is there now."""
    if not any(each.collect for each in planned.plan.stack.edge.static):
        return planned
    session.output.progress("collecting static files")
    destination = session.state_folder / "static"
    files.private_folder(destination)
    collecting.collect(planned.plan.stack.app, destination, planned.env)
    folders = {**planned.facts.folders, **look_at_folders([str(destination)])}
    facts = replace(planned.facts, folders=folders)
    decided = plan(facts, planned.config)
    return replace(planned, facts=facts, plan=replace(decided, remarks=planned.plan.remarks))


def _short(decided: Plan) -> Plan:
    """What was found or pinned; the defaults are in `seawall plan`."""
    told = tuple(each for each in decided.decisions if each.source is not Source.DEFAULT or each.key == "server")
    return replace(decided, decisions=told)
