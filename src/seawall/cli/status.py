"""`seawall status`: what runs, and how it is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import click

from seawall.cli.options import app_argument, json_option, where_options


@click.command("status")
@app_argument
@where_options
@json_option
def command(app: str | None, *, as_json: bool, **flags: object) -> int:
    """Tell what runs for APP, and how it is. The exit code is 0 when it is well."""
    from seawall.cli.output import Output
    from seawall.cli.session import open_session
    from seawall.doing.running import ask_for_status

    output = Output.standard()
    session = open_session(output, app, flags)
    status = asyncio.run(ask_for_status(session.run_folder, session.where))
    if as_json:
        output.show_json(status)
    else:
        output.show_table(_rows(status, str(session.run_folder)))
    return 0 if status["health"] == "ok" else 1


def _rows(status: Mapping[str, Any], run_folder: str) -> list[tuple[str, str]]:
    edge, server = status["edge"], status["server"]
    return [
        ("url", status["url"]),
        ("health", status["health"]),
        ("since", status["since"]),
        ("generation", str(status["generation"])),
        ("supervisor", _pid(status["supervisor"])),
        ("edge", f"Nginx {edge['version']}, {_pid(edge)}, {len(edge['workers'])} workers"),
        ("server", f"{server['name']}, {_pid(server)}, {len(server['workers'])} workers"),
        ("run folder", run_folder),
    ]


def _pid(part: Mapping[str, Any]) -> str:
    return f"pid {part['pid']}" if part["pid"] else "not running"
