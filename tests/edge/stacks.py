"""Whole stacks for tests of the edge, with one thing changed at a time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from seawall.edge.abilities import ABILITIES
from seawall.model.facts import Interpreter
from seawall.model.runfolder import RunFolder
from seawall.model.stack import (
    App,
    Capacity,
    Edge,
    Health,
    Link,
    Server,
    SizeBudget,
    Stack,
    StaticMap,
    TimeBudget,
    Trust,
)
from seawall.model.values import Address, Duration, Host, HostName, Network, Port, Size, UrlPrefix

ALL_ABILITIES = frozenset(ability.name for ability in ABILITIES)


def a_stack(
    run="/run/shop",
    *,
    listen=("127.0.0.1:8080",),
    hosts=(),
    prefix="/",
    static=(),
    proxies=(),
    abilities=ALL_ABILITIES,
    time=None,
    size=None,
    capacity=None,
) -> Stack:
    """Build a stack; `static` is pairs of URL and folder, `time`, `size` and `capacity` are changed fields."""
    return Stack(
        name="shop",
        app=App(
            target="shop.wsgi:application",
            framework="flask",
            interpreter=Interpreter(executable="/srv/shop/.venv/bin/python", version=(3, 12, 0), prefix="/srv/shop"),
            folder="/srv/shop",
            paths=(),
            server_folder="",
            env=(),
        ),
        server=Server(
            name="gunicorn", version="26.1.0", worker="gthread", workers=2, threads=4, link=Link.HTTP, settings=()
        ),
        edge=Edge(
            binary="/usr/sbin/nginx",
            version="1.22.1",
            abilities=abilities,
            listen=tuple(_address(text) for text in listen),
            hosts=tuple(HostName.parse(name) for name in hosts),
            prefix=UrlPrefix.parse(prefix),
            static=tuple(
                StaticMap(url=UrlPrefix.parse(url), folder=str(folder), origin="Flask `static_folder`")
                for url, folder in static
            ),
            trust=Trust(proxies=tuple(Network.parse(text) for text in proxies)),
        ),
        time=replace(_TIME, **(time or {})),
        size=replace(_SIZE, **(size or {})),
        capacity=replace(_CAPACITY, **(capacity or {})),
        health=Health(path="/", host="localhost", timeout=Duration(5), pinned=False),
        run=RunFolder(PurePosixPath(run)),
    )


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    return Address(Host.parse(host), Port.parse(port))


_TIME = TimeBudget(
    deadline=Duration(30),
    connect=Duration(2),
    header=Duration(20),
    body=Duration(20),
    send=Duration(30),
    keepalive=Duration(75),
    kill=Duration(35),
    drain=Duration(40),
    grace=Duration(45),
)
_SIZE = SizeBudget(
    body=Size.parse("25MB"),
    header_line=Size.parse("16k"),
    header_lines=4,
    header_count=100,
    response_header=Size.parse("16k"),
    spool=Size.parse("1g"),
)
_CAPACITY = Capacity(edge_workers=2, connections=4096, descriptors=8448, backlog=4096, queue=2048, admitted=520)
