"""`seawall up`: look, plan, say, do; then stay until stopped."""

from __future__ import annotations

from dataclasses import replace

import click

from seawall.cli.options import app_argument, setting_options


@click.command("up")
@app_argument
@setting_options
def command(app: str | None, **flags: object) -> int:
    """Run APP behind Nginx and a production server. Ctrl-C finishes what runs, then stops."""
    from seawall.cli import serving
    from seawall.cli.output import Output
    from seawall.cli.session import open_session
    from seawall.doing import background

    ready = background.take_ready()
    session = open_session(Output.standard(), app, flags)
    detach = session.config.detach
    if detach and detach.value and ready is None:
        return background.start()
    return serving.serve(replace(session, ready=ready))
