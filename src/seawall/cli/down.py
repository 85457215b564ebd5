"""`seawall down`: finish what runs, then stop."""

from __future__ import annotations

import asyncio

import click

from seawall.cli.options import app_argument, where_options


@click.command("down")
@app_argument
@where_options
def command(app: str | None, **flags: object) -> None:
    """Stop what `up` started for APP; requests that run are finished first."""
    from seawall.cli.output import Output
    from seawall.cli.session import open_session
    from seawall.doing.running import stop

    output = Output.standard()
    session = open_session(output, app, flags)
    pid = asyncio.run(stop(session.run_folder, output.progress, session.where))
    output.progress_done()
    output.say(f"stopped (pid {pid})")
