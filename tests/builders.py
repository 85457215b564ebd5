"""Facts and configurations with everything ordinary, to be changed where a test looks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from seawall.config.pinned import Config, Pinned
from seawall.edge.abilities import ABILITIES
from seawall.model.decisions import Source
from seawall.model.facts import AppFacts, Facts, FolderFact, Interpreter, MachineFacts, NginxFacts, ServerFacts

MB = 1024**2


def an_app(**changes: Any) -> AppFacts:
    ordinary = AppFacts(
        target="shop.wsgi:application",
        chosen_because="told",
        framework="Flask",
        framework_version="3.1.0",
        protocol="wsgi",
        interpreter=Interpreter("/srv/shop/.venv/bin/python", (3, 12, 1), "/srv/shop/.venv"),
        folder="/srv/shop",
        routes=("/healthz", "/"),
        rss=40 * MB,
    )
    return replace(ordinary, **changes)


def a_machine(**changes: Any) -> MachineFacts:
    ordinary = MachineFacts(
        system="Linux",
        cpus=2.0,
        cpus_from="2 cores",
        memory=4096 * MB,
        memory_from="physical memory",
        descriptors=20_000,
        accept_queue=4096,
        uid=1000,
        user="shop",
    )
    return replace(ordinary, **changes)


def an_nginx(**changes: Any) -> NginxFacts:
    ordinary = NginxFacts(
        binary="/usr/sbin/nginx",
        version=(1, 30, 7),
        origin="system",
        directives=frozenset(ability.name for ability in ABILITIES),
    )
    return replace(ordinary, **changes)


def facts(**changes: Any) -> Facts:
    ordinary = Facts(
        app=an_app(),
        machine=a_machine(),
        nginx=an_nginx(),
        server=ServerFacts(gunicorn="27.0.1", requires_python=(3, 10), folder="/opt/seawall/site-packages"),
        run_folder="/run/user/1000/seawall/shop-1a2b3c4d",
        state_folder="/home/shop/.local/state/seawall/shop-1a2b3c4d",
    )
    return replace(ordinary, **changes)


def a_folder(path: str, **changes: Any) -> FolderFact:
    return replace(FolderFact(path, exists=True, sample="app.css"), **changes)


def pinned(value: Any, where: str = "`--flag`") -> Pinned[Any]:
    return Pinned(value, Source.FLAG, where)


def a_config(**values: Any) -> Config:
    return Config(**{key: pinned(value, f"`--{key.replace('_', '-')}`") for key, value in values.items()})
