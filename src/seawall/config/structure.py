"""Raw values to a `Config`, with every problem at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cattrs import Converter
from cattrs.errors import AttributeValidationNote, ClassValidationError, ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn, override

from seawall.config.kinds import Misfit, MisfitError, Path, Place, did_you_mean, shorten
from seawall.config.pinned import Config, Pinned
from seawall.config.schema import BY_KEY, SETTINGS, Setting
from seawall.errors import Problem
from seawall.model.decisions import Source

Where = Callable[[Path], str]
Reading = tuple[Config, tuple[Problem, ...]]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A raw value on its way through cattrs, with all that its reader must know."""

    raw: object
    place: Place
    source: Source
    where: str


def structure(raw: Mapping[str, object], place: Place, source: Source, *, pinned: Where, wrong: Where) -> Reading:
    """Turn every value that fits into a field of the `Config`, and every one that does not into a problem.

    `pinned` and `wrong` say where a path of the raw values stands: for a value, and for a problem.
    """
    entries = {key: _Entry(value, place, source, pinned((key,))) for key, value in raw.items()}
    try:
        return _builder()(entries, Config), ()
    except ClassValidationError as error:
        written = list(raw)
        misfits = sorted(_misfits(error), key=lambda found: written.index(str(found[0][0])))
    failed = {path[0] for path, _ in misfits}
    config = _builder()({key: entry for key, entry in entries.items() if key not in failed}, Config)
    return config, tuple(Problem(wrong(path), misfit.text, misfit.hint) for path, misfit in misfits)


def from_flags(params: Mapping[str, object], *, folder: str, home: str) -> Reading:
    """Read what click parsed, by key; None and empty tuples were not given. Relative paths start at `folder`."""
    given = {
        key: BY_KEY[key].kind.from_flag(value) for key, value in params.items() if value is not None and value != ()
    }

    def spelling(path: Path) -> str:
        return f"`{BY_KEY[str(path[0])].flag}`"

    place = Place(folder, home, toml=False)
    return structure(given, place, Source.FLAG, pinned=spelling, wrong=spelling)


def spelled(path: Path) -> str:
    """Write a path into the file as people do: `static."/a"`, `hosts[1]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
            continue
        name = shorten(part, 60)
        bare = re.fullmatch(r"[A-Za-z0-9_-]+", name)
        text += ("." if text else "") + (name if bare else json.dumps(name, ensure_ascii=False))
    return text


@cache
def _builder() -> Callable[[Mapping[str, Any], Any], Config]:
    """Let cattrs walk the fields, refuse unknown keys and gather what the readers of the schema raise."""

    def hook(setting: Setting) -> Callable[[Any, Any], object]:
        def read(entry: _Entry, _: object) -> object:
            return Pinned(setting.kind.read(entry.raw, entry.place), entry.source, entry.where)

        return read

    overrides = {setting.key: override(struct_hook=hook(setting)) for setting in SETTINGS}
    converter = Converter(detailed_validation=True, forbid_extra_keys=True)
    return make_dict_structure_fn(Config, converter, **overrides)  # type: ignore[arg-type]


def _misfits(error: ClassValidationError) -> list[tuple[Path, Misfit]]:
    found: list[tuple[Path, Misfit]] = []
    noted, bare = error.group_exceptions()
    for exception, note in noted:
        if not isinstance(exception, MisfitError) or not isinstance(note, AttributeValidationNote):
            raise exception
        found += [((note.name, *misfit.path), misfit) for misfit in exception.misfits]
    for exception in bare:
        if not isinstance(exception, ForbiddenExtraKeysError):
            raise exception
        found += [((key,), _unknown(key)) for key in sorted(exception.extra_fields)]
    return found


def _unknown(key: str) -> Misfit:
    hint = did_you_mean(key.lower().replace("-", "_"), BY_KEY)
    return Misfit("is not a setting", hint or "`seawall up --help` lists the settings")
