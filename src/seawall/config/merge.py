"""Who wins: flags, then the environment, then the file. What nobody pinned stays None for planning to decide."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from seawall.config.kinds import MisfitError, Place
from seawall.config.pinned import Config, Pinned
from seawall.config.schema import BY_KEY
from seawall.errors import Problem
from seawall.model.decisions import Source
from seawall.model.values import Host

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seawall.config.structure import Reading


def from_environment(env: Mapping[str, str]) -> Reading:
    """`PORT`, as platforms set it; an empty one counts as not set."""
    text = env.get("PORT", "").strip()
    if not text:
        return Config(), ()
    kind = BY_KEY["port"].kind
    try:
        port = kind.read(kind.from_flag(text), Place("/", "", toml=False))
    except MisfitError as error:
        where = "`PORT` in the environment"
        return Config(), tuple(Problem(where, misfit.text, misfit.hint) for misfit in error.misfits)
    return Config(port=Pinned(port, Source.ENVIRONMENT, "`PORT`")), ()  # type: ignore[arg-type]


def merge(*layers: Config) -> Config:
    """Field by field the first layer that has a value; layers come strongest first.

    A platform that hands out `PORT` connects from outside: it is opened on every interface unless a host is pinned.
    """
    values: dict[str, Any] = {field.name: _first(field.name, layers) for field in fields(Config)}
    merged = Config(**values)
    if merged.port and merged.port.source is Source.ENVIRONMENT and not merged.host:
        everywhere = Host("0.0.0.0")  # noqa: S104 - see above
        return replace(merged, host=Pinned(everywhere, Source.ENVIRONMENT, merged.port.where))
    return merged


def _first(name: str, layers: tuple[Config, ...]) -> object:
    return next((value for layer in layers if (value := getattr(layer, name)) is not None), None)
