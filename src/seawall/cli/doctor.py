"""`seawall doctor`: this machine, as a site would find it."""

from __future__ import annotations

import click

from seawall.cli.options import app_argument, json_option, where_options


@click.command("doctor")
@app_argument
@click.option("--nginx", default=None, metavar="FILE", help="Nginx to look at. [the one that `up` would take]")
@where_options
@json_option
def command(app: str | None, *, as_json: bool, **flags: object) -> int:
    """Look at this machine: Nginx and its known flaws, limits, kernel caps. Exit code 1 when one of them fails."""
    from pathlib import Path

    from seawall.cli.output import Output
    from seawall.cli.session import open_session
    from seawall.errors import MachineError
    from seawall.looking.host import look_at_machine
    from seawall.looking.look import look_at_own_server
    from seawall.looking.nginx import look_at_nginx
    from seawall.model.facts import NginxFacts
    from seawall.planning.diagnosis import State, diagnose

    output = Output.standard()
    config = open_session(output, app, flags).config
    nginx: NginxFacts | MachineError
    try:
        nginx = look_at_nginx(Path(config.nginx.value) if config.nginx else None)
    except MachineError as error:
        nginx = error
    accepted = config.accept_nginx_flaws.value if config.accept_nginx_flaws else ()
    checks = diagnose(look_at_machine(), nginx, look_at_own_server(), accepted)
    if as_json:
        output.show_json({"checks": checks})
    else:
        output.show_table([(check.state.value, check.name, check.text) for check in checks])
        for check in checks:
            if check.hint:
                output.say(f"hint: {check.name}: {check.hint}")
    return 1 if any(check.state is State.FAILURE for check in checks) else 0
