"""The settings as options of a command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from seawall.config.schema import SETTINGS, Setting

Command = Callable[..., Any]

WHERE = frozenset({"run_dir", "chdir"})


def app_argument(command: Command) -> Command:
    return click.argument("app", required=False, metavar="[APP]")(command)


def setting_options(command: Command) -> Command:
    """Every setting that has a flag; what they mean is checked by the configuration, all at once."""
    for setting in reversed([setting for setting in SETTINGS if setting.flag.startswith("--")]):
        command = _option(setting)(command)
    return command


def where_options(command: Command) -> Command:
    """What a command needs to find a running site."""
    for setting in reversed([setting for setting in SETTINGS if setting.key in WHERE]):
        command = _option(setting)(command)
    return command


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")(command)


def _option(setting: Setting) -> Callable[[Command], Command]:
    text = f"{setting.help}. [{setting.default.replace('`', '')}]"
    if setting.kind.arity == "switch":
        return click.option(*setting.declarations, default=None, help=text)
    many = setting.kind.arity in {"many", "table"}
    return click.option(*setting.declarations, default=None, multiple=many, metavar=setting.kind.metavar, help=text)
