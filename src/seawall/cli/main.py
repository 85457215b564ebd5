"""The command line: a thin shell around the commands, and the one place that turns errors into exit codes."""

from __future__ import annotations

import importlib
import signal
import sys
from typing import TextIO

import click

from seawall import __version__

# Name, module and the line for `--help`: nothing is imported before its command is called.
COMMANDS = {
    "up": "Run the app behind Nginx and a production server",
    "plan": "Show every decision with its reason; start nothing",
    "render": "Write the files of a target into a folder",
    "status": "Tell what runs, and how it is",
    "logs": "Show what the app and the edge wrote",
    "down": "Stop what `up` started; finish what runs first",
    "doctor": "Look at this machine: Nginx, limits, known flaws",
}
# Whose reader may have enough before the end.
READING = frozenset({"plan", "render", "status", "logs", "doctor"})


class Commands(click.Group):
    """Loads a command's module when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"seawall.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS:
            from seawall.config.kinds import did_you_mean
            from seawall.errors import UsageError

            raise UsageError(
                f"`{args[0]}` is not a command",
                where="`seawall`",
                saw="the commands are " + ", ".join(f"`{name}`" for name in COMMANDS),
                hint=did_you_mean(args[0], COMMANDS) or "`seawall --help`",
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="seawall", message="%(prog)s %(version)s")
def cli() -> None:
    """Any Python web app behind Nginx and a production server, with one command.

    APP is `module:attribute`, `module:factory()`, a file or a folder; without it, the app is found.
    """


def main() -> None:
    code = run(sys.argv[1:])
    _let_go(sys.stdout)
    _let_go(sys.stderr)
    sys.exit(code)


def run(arguments: list[str]) -> int:  # noqa: PLR0911 - one return per way to end
    """The exit code for these arguments; every error is shown before."""
    if sys.platform == "win32":
        return _refuse_windows()
    try:
        code = cli.main(arguments, prog_name="seawall", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        return 128 + signal.SIGINT
    except click.ClickException as wrong:
        return _show_usage(wrong)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError as error:
        return 0 if arguments[:1] and arguments[0] in READING else _show(error)
    except Exception as error:  # noqa: BLE001 - the border: what is ours is shown, the rest is a bug and says so
        return _show(error)
    return code if isinstance(code, int) else 0


def _show_usage(wrong: click.ClickException) -> int:
    """What was typed is no option of ours: said in the shape of every other error. Without a command, the help."""
    from seawall.cli.output import Output
    from seawall.errors import UsageError

    context = getattr(wrong, "ctx", None)
    if isinstance(wrong, getattr(click.exceptions, "NoArgsIsHelpError", ())):
        wrong.show()
        return wrong.exit_code
    typed = context.command_path if context else "seawall"
    message = wrong.format_message().rstrip(".")
    saw, hint = message[:1].lower() + message[1:], f"`{typed} --help`"
    if isinstance(wrong, click.NoSuchOption):
        saw = f"`{wrong.option_name}` is not an option of it"
        hint = f"did you mean `{wrong.possibilities[0]}`?" if wrong.possibilities else hint
    error = UsageError("this command cannot be understood", where=f"`{typed}`", saw=saw, hint=hint)
    Output.standard().show_error(error)
    return error.exit_code


def _show(error: Exception) -> int:
    from seawall.cli.output import Output
    from seawall.errors import SeawallError, StartError

    if isinstance(error, SeawallError):
        Output.standard().show_error(error)
        return error.code if isinstance(error, StartError) and error.code else error.exit_code
    import traceback

    traceback.print_exc()
    bug = SeawallError(
        "this is a bug in Seawall",
        where=f"seawall {__version__}, Python {sys.version.split()[0]}",
        saw=f"{type(error).__name__}: {error}",
        hint="report it with the lines above and the output of `seawall plan --json`, which holds no secrets",
    )
    Output.standard().show_error(bug)
    return 70


def _refuse_windows() -> int:
    from seawall.cli.output import Output
    from seawall.errors import MachineError

    refusal = MachineError(
        "Seawall does not run on Windows itself",
        where="this machine",
        saw="no Unix sockets for Nginx and Gunicorn to meet on",
        hint="run it inside WSL (`wsl --install`, then `pip install seawall` there), or in a Linux container",
    )
    Output.standard().show_error(refusal)
    return refusal.exit_code


def _let_go(stream: TextIO) -> None:
    """Flush what is left; a reader that has gone must not change the exit code when Python does it for us."""
    import os

    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
