"""What a person pinned about how Seawall itself works; nothing is said of what they left alone."""

from __future__ import annotations

from collections.abc import Iterator

from seawall.config.pinned import Config, Pinned
from seawall.model.decisions import Decision


def explain_ours(config: Config) -> tuple[Decision, ...]:
    """One line for each. Of variables only how many there are: their values may be secrets."""
    return tuple(
        Decision(key, value, because, pinned.source, pinned.where) for key, pinned, value, because in _pins(config)
    )


def _pins(config: Config) -> Iterator[tuple[str, Pinned[object], str, str]]:
    count = len(config.env.value.names) if config.env else 0
    variables = f"{count} variable{'' if count == 1 else 's'}"
    if config.env_file:
        yield "env file", config.env_file, config.env_file.value, f"as configured; {variables}, `[env]` included"
    elif config.env:
        yield "env", config.env, variables, "as configured"
    if config.chdir:
        yield "folder", config.chdir, config.chdir.value, "as configured; the app runs in it"
    if config.run_dir:
        yield "run folder", config.run_dir, config.run_dir.value, "as configured"
    if config.detach:
        yield "detach", config.detach, "yes" if config.detach.value else "no", "as configured"
    if config.import_timeout:
        yield "import timeout", config.import_timeout, str(config.import_timeout.value), "as configured"
