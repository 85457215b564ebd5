"""`seawall logs`: what the app and the edge wrote."""

from __future__ import annotations

import asyncio

import click

from seawall.cli.options import app_argument, where_options

KINDS = {"app": "app_log", "access": "access_log", "edge": "edge_log", "seawall": "supervisor_log"}


@click.command("logs")
@app_argument
@click.option(
    "-n",
    "--lines",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    metavar="N",
    help="How many of the last lines to show.",
)
@click.option("-f", "--follow", is_flag=True, help="Go on showing what is written.")
@click.option("--only", type=click.Choice(list(KINDS)), multiple=True, help="Only this log; may be repeated.")
@where_options
def command(app: str | None, *, lines: int, follow: bool, only: tuple[str, ...], **flags: object) -> None:
    """Show what APP, the edge and Seawall wrote, oldest first."""
    import shlex
    from pathlib import Path, PurePosixPath

    from seawall.cli.journal import read, watch
    from seawall.cli.output import Output
    from seawall.cli.session import open_session
    from seawall.doing.files import exists as is_there
    from seawall.errors import NotRunningError
    from seawall.model.runfolder import RunFolder

    output = Output.standard()
    session = open_session(output, app, flags)
    run = RunFolder(PurePosixPath(session.run_folder))
    files = {name: Path(getattr(run, KINDS[name])) for name in (only or KINDS)}
    if not any(is_there(path) for path in files.values()):
        raise NotRunningError(
            "there are no logs",
            where=str(session.run_folder),
            saw="nothing was served from this folder yet",
            hint=shlex.join(("seawall", "up", *session.where)),
        )
    for name, line in read(files, lines):
        output.result(f"{name} │ {line}")
    if follow:
        asyncio.run(watch(files, lambda name, line: output.result(f"{name} │ {line}")))
