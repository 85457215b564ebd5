"""`seawall render TARGET --to DIR`: the files of a target, to read, keep or run by hand."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seawall.cli.options import app_argument, setting_options

if TYPE_CHECKING:
    from seawall.cli.account import Standing
    from seawall.cli.output import Output


@click.command("render")
@click.argument("target", metavar="TARGET", type=click.Choice(["local"]))
@app_argument
@click.option("--to", "to", required=True, metavar="DIR", help="Folder to write to; made when it does not exist.")
@setting_options
def command(target: str, app: str | None, to: str, **flags: object) -> None:
    """Write the files of TARGET into a folder, complete enough to run from there."""
    del target  # the one that there is
    from seawall.cli.account import choose_standing, refuse_closed
    from seawall.cli.output import Output
    from seawall.cli.planned import look_and_plan
    from seawall.cli.session import open_session
    from seawall.doing import claim, files, lock, runfolder
    from seawall.targets import local

    output = Output.standard()
    folder = Path(to).absolute()
    session = open_session(output, app, {**flags, "run_dir": str(folder)})
    claim.check(folder)
    lock.refuse_held(folder / "lock")
    standing = choose_standing(session)
    if standing.account:  # it looks, writes and may run what is written
        runfolder.make(folder, owner=standing.owner)
        refuse_closed(standing.account, folder)
    planned = asyncio.run(look_and_plan(session, standing))
    written = local.files(planned.plan)
    runfolder.make(folder)
    files.prepare(folder, planned.plan.stack.run)
    files.write(written, folder)
    _say_standing(output, standing)
    for each in written:
        output.result(str(folder / each.path))


def _say_standing(output: Output, standing: Standing) -> None:
    if decision := standing.choice.decision:
        output.note(f"{decision.key} {decision.value}: {decision.because}")
    for remark in standing.choice.remarks:
        output.show_remark(remark)
