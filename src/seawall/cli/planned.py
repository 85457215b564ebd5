"""Look and plan, as `up`, `plan` and `render` need it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from seawall.cli.account import Standing, become
from seawall.cli.session import Session
from seawall.config.load import read_variables
from seawall.config.pinned import Config, Pinned, Variables
from seawall.looking.app import Question
from seawall.looking.interpreter import find_interpreter
from seawall.looking.look import Place, look
from seawall.model.facts import Facts
from seawall.model.stack import Plan

IMPORT_TIMEOUT = 120.0
# Ours or a supervisor's above us; an app that read them would act on what is not meant for it.
NOT_FOR_THE_APP = (
    "NGINX",
    "LISTEN_FDS",
    "LISTEN_PID",
    "LISTEN_FDNAMES",
    "NOTIFY_SOCKET",
    "GUNICORN_CMD_ARGS",
    "WEB_CONCURRENCY",
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where to look, and the configuration with the env file read.

    `env`: the app's whole environment, secrets included; it never leaves this process but by exec.
    """

    place: Place
    config: Config
    env: dict[str, str]


@dataclass(frozen=True, slots=True)
class Planned:
    facts: Facts
    config: Config
    plan: Plan
    env: dict[str, str]


def outlook(session: Session, base_env: Mapping[str, str]) -> Outlook:
    """Raises ConfigError for the env file, AppError for an interpreter that is none."""
    config = _with_variables(session.config)
    env = app_environment(base_env, config)
    interpreter = find_interpreter(Path(config.python.value) if config.python else None, session.folder, os.environ)
    place = Place(
        question=Question(
            target=session.target,
            folder=session.folder,
            interpreter=interpreter.executable,
            interpreter_because=interpreter.because,
            env=env,
            patience=import_timeout(config),
        ),
        nginx=Path(config.nginx.value) if config.nginx else None,
        nginx_where=config.nginx.where if config.nginx else "",
        run_folder=session.run_folder,
        state_folder=session.state_folder,
        extra_folders=tuple(pin.folder for pin in config.static.value) if config.static else (),
    )
    return Outlook(place, config, env)


async def look_and_plan(session: Session, standing: Standing) -> Planned:
    """Become whom `up` would, for good, because looking runs the app; then look and plan.

    Raises ConfigError, AppError, RefusalError and MachineError.
    """
    ahead = outlook(session, become(standing, dict(os.environ)))
    planned = decide(session, ahead, await look(ahead.place, session.output.progress))
    return replace(planned, plan=standing.shown_in(planned.plan))


def decide(session: Session, ahead: Outlook, facts: Facts) -> Planned:
    """Raises AppError, RefusalError and MachineError."""
    from seawall.planning.plan import plan

    session.output.progress_done()
    decided = plan(facts, ahead.config)
    remarks = (*session.loaded.remarks, *decided.remarks)
    return Planned(facts, ahead.config, replace(decided, remarks=remarks), ahead.env)


def import_timeout(config: Config) -> float:
    return config.import_timeout.value.seconds if config.import_timeout else IMPORT_TIMEOUT


def app_environment(base: Mapping[str, str], config: Config) -> dict[str, str]:
    """What the app sees: our own environment, then the env file, then `[env]`; its output is not held back (P35)."""
    env = {name: value for name, value in base.items() if name not in NOT_FOR_THE_APP}
    env.setdefault("PYTHONUNBUFFERED", "1")
    env.setdefault("PYTHONFAULTHANDLER", "1")
    env.update(config.env.value.pairs if config.env else ())
    return env


def _with_variables(config: Config) -> Config:
    """The env file's variables joined to those of the configuration file."""
    pinned = config.env_file or config.env
    if pinned is None:
        return config
    pairs = read_variables(config, current=str(Path.cwd()))
    return replace(config, env=Pinned(Variables(pairs), pinned.source, pinned.where))
