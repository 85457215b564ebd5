"""The reference pages that are made from code: `python -m seawall.cli.reference docs/reference` writes them."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from seawall import errors
from seawall.cli.main import COMMANDS, cli
from seawall.config.reference import settings_page
from seawall.config.schema import BY_KEY, SETTINGS

EVERY_SETTING = frozenset(setting.key for setting in SETTINGS if setting.flag.startswith("--"))

_MADE = "<!-- Made from `{}`. Change it there, then run `make gen`. -->"

_COMMANDS = """\
# Commands

Results go to stdout, everything else to stderr; colour and live lines only to a terminal. `APP` is
`module:attribute`, `module:factory()`, a file or a folder; without it, the app of the current folder is found.
Exit codes are listed under [errors](errors.md).
"""

_ERRORS = """\
# Errors and exit codes

Every error has four parts: what is wrong, where, what was seen, and what to type next. The exit code tells the kind,
for scripts; codes are never given another meaning.

| code | meaning |
|---:|---|
| 0 | done; for `up`: stopped as it was told to |
"""

# Codes beside those of the classes.
_OTHER = (
    (1, "`status`: it runs, but is not well. `doctor`: something on this machine fails."),
    (70, "A bug in Seawall; the message says what to report."),
    (130, "Interrupted with Ctrl-C before it served."),
    (143, "Told to stop (TERM) before it served."),
)
_LAST = """\
| other | `up`: a part died for good while it served; its own exit code, 128 + signal when it was killed. |
"""


def pages() -> dict[str, str]:
    """Every generated page by its file name."""
    return {"commands.md": commands_page(), "errors.md": errors_page(), "settings.md": settings_page()}


def commands_page() -> str:
    """Write the page: the list, then each command as its help shows it."""
    context = click.Context(cli, info_name="seawall")
    rows = [f"| [`seawall {name}`](#seawall-{name}) | {text} |" for name, text in COMMANDS.items()]
    head = [_MADE.format("src/seawall/cli/"), "", _COMMANDS, "| command | |", "|---|---|", *rows, ""]
    found = [(name, cli.get_command(context, name)) for name in COMMANDS]
    return "\n".join([*head, *(_command(context, name, command) for name, command in found if command)])


def errors_page() -> str:
    """Write the page: the codes, then each class with its cause and its cure."""
    kinds = list(error_kinds())
    coded = [(kind.exit_code, f"[`{kind.__name__}`](#{kind.__name__.lower()}): {_said(kind)[0]}") for kind in kinds]
    rows = [f"| {code} | {text} |\n" for code, text in sorted((*coded, *_OTHER), key=lambda row: row[0])]
    head = "\n".join([_MADE.format("src/seawall/errors.py"), "", _ERRORS])
    return "\n".join(["".join([head, *rows, _LAST]), *map(_error, kinds)])


def error_kinds() -> Iterator[type[errors.SeawallError]]:
    """Every class of error, by its exit code."""
    kinds = [kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, errors.SeawallError)]
    return iter(sorted(kinds, key=lambda kind: kind.exit_code))


def _command(parent: click.Context, name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name, parent=parent)
    usage = " ".join(("seawall", name, *command.collect_usage_pieces(context)))
    text = inspect.cleandoc(command.help or "")
    options = [option for option in command.params if isinstance(option, click.Option)]
    if name != "up" and {option.name for option in options} >= EVERY_SETTING:
        options = [option for option in options if option.name not in EVERY_SETTING]
        text += "\n\nTakes every option of [`seawall up`](#seawall-up)" + (", and:" if options else ".")
    rows = [_option(option) for option in options]
    return "\n".join([f"## seawall {name}", "", f"```text\n{usage}\n```", "", text, "", *rows, ""])


def _option(option: click.Option) -> str:
    spellings = ", ".join(f"`{each}`" for each in (*option.opts, *option.secondary_opts))
    metavar = option.metavar or ("" if option.is_flag else _choices(option))
    value = f" `{metavar}`" if metavar else ""
    if option.name in BY_KEY:
        setting = BY_KEY[str(option.name)]
        return f"- {spellings}{value}: {setting.help} ([`{setting.key}`](settings.md#{setting.key}))"
    return f"- {spellings}{value}: {(option.help or '').rstrip('.')}"


def _choices(option: click.Option) -> str:
    return "|".join(map(str, option.type.choices)) if isinstance(option.type, click.Choice) else "VALUE"


def _error(kind: type[errors.SeawallError]) -> str:
    promise, cause, cure = _said(kind)
    lines = [f"## {kind.__name__}", "", f"Exit code {kind.exit_code}. {promise}", ""]
    return "\n".join([*lines, f"- **Cause**: {cause}", f"- **Cure**: {cure}", ""])


def _said(kind: type[errors.SeawallError]) -> tuple[str, str, str]:
    """The promise, the cause and the cure, as the class says them."""
    text = re.sub(r"\s+", " ", kind.__doc__ or "")
    match = re.fullmatch(r"(.+?) Cause: (.+?) Cure: (.+?) ?", text)
    if match is None:
        raise LookupError(f"{kind.__name__} names no cause and no cure")
    return match[1], match[2], match[3]


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
