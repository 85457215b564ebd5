"""`seawall plan`: every decision with its reason; starts nothing."""

from __future__ import annotations

import asyncio

import click

from seawall.cli.options import app_argument, json_option, setting_options


@click.command("plan")
@app_argument
@setting_options
@json_option
def command(app: str | None, *, as_json: bool, **flags: object) -> None:
    """Show every decision for APP with its reason; start nothing."""
    from seawall.cli.account import choose_standing
    from seawall.cli.output import Output
    from seawall.cli.planned import look_and_plan
    from seawall.cli.session import open_session

    output = Output.standard()
    session = open_session(output, app, flags)
    planned = asyncio.run(look_and_plan(session, choose_standing(session)))
    if as_json:
        output.show_json(planned.plan)
    else:
        output.show_plan(planned.plan)
