"""The reference page of the settings; `seawall.cli.reference` writes it."""

from __future__ import annotations

from seawall.config.load import OWN_FILE
from seawall.config.schema import SETTINGS, Setting

_INTRODUCTION = f"""\
<!-- Made from `src/seawall/config/schema.py`. Change it there, then run `make gen`. -->

# Settings

Each setting can be typed as an option or stand in `{OWN_FILE}`, or under `[tool.seawall]` in `pyproject.toml`.
The first of these that has a value wins:

1. the option on the command line
2. the environment: `PORT`, as platforms set it; it also opens the port on every interface unless `host` is set
3. `{OWN_FILE}`, else `[tool.seawall]`, in the app's folder or the nearest one above it, up to the root of the
   repository or below your home folder
4. what Seawall finds in your app and on the machine
5. the default

`seawall plan` shows every value with the place that it came from. A relative path in the file starts at the file's
folder, on the command line at the current directory; `~` is your home folder.
"""


def settings_page() -> str:
    """Write the page: a table to find a setting, then a section for each."""
    rows = [f"| [`{setting.key}`](#{setting.key}) | {_option(setting)} | {setting.help} |" for setting in SETTINGS]
    table = "\n".join(["| key | option | |", "|---|---|---|", *rows])
    return "\n".join([_INTRODUCTION, table, "", *map(_section, SETTINGS)])


def _section(setting: Setting) -> str:
    times = {"many": ", several times or with commas", "table": ", several times" if setting.flag else ""}
    return "\n".join(
        [
            f"## {setting.key}",
            "",
            f"{setting.help}. {setting.more}".rstrip(),
            "",
            f"- **Value**: {setting.kind.words}",
            f"- **Default**: {setting.default}",
            f"- **Option**: {_option(setting)}{times.get(setting.kind.arity, '')}",
            "",
            f"```toml\n{setting.example}\n```",
            "",
        ]
    )


def _option(setting: Setting) -> str:
    if setting.kind.arity == "switch":
        return ", ".join(
            f"`{spelling}`" for spelling in (setting.short, *setting.declarations[-2].split("/")) if spelling
        )
    if setting.flag.startswith("--"):
        return f"`{setting.flag} {setting.kind.metavar}`"
    return f"`{setting.flag}`" if setting.flag else "only in the file"
