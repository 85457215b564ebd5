"""How a setting is written: a kind turns a raw TOML value or a flag's text into the value, or says what it expected."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from seawall.model.values import InvalidValueError

Path = tuple[str | int, ...]
Arity = Literal["one", "many", "switch", "table"]

LONGEST_TEXT = 1_000
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Place:
    """Who wrote the value: relative paths start at `folder` (absolute), `~` means `home` ("" when unknown)."""

    folder: str
    home: str
    toml: bool = True


@dataclass(frozen=True, slots=True)
class Misfit:
    """One part of a value that does not fit; `path` leads to it from the setting's key."""

    text: str
    hint: str = ""
    path: Path = ()


class MisfitError(ValueError):
    def __init__(self, *misfits: Misfit) -> None:
        super().__init__("; ".join(misfit.text for misfit in misfits))
        self.misfits = misfits


Reader = Callable[[object, Place], object]


def _as_given(raw: object) -> object:
    return raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`words` complete the sentence "should be …". `from_flag` makes a flag's text look like the TOML value."""

    words: str
    metavar: str
    read: Reader
    arity: Arity = "one"
    from_flag: Callable[[object], object] = _as_given


def shown(raw: object, place: Place) -> str:
    """Put a raw value into a message, as the person wrote it, shortened."""
    match raw:
        case str() | bool():
            text = json.dumps(raw, ensure_ascii=False) if place.toml else str(raw)
        case int() if abs(raw) >= 10**18:
            return "a huge number"
        case list() | tuple():
            return "a list"
        case dict():
            return "a table"
        case _:
            text = str(raw)
    return f"`{shorten(text, 60)}`"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean `{near[0]}`?" if near else ""


def shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def text_of(raw: object, place: Place, words: str, *, longest: int = LONGEST_TEXT) -> str:
    """Require a text that can be said in one line anywhere."""
    if type(raw) is not str:
        raise MisfitError(Misfit(f"should be {words}, not {shown(raw, place)}", "write the value in quotes"))
    if _SURROGATE.search(raw):
        raise MisfitError(Misfit("should be valid UTF-8"))
    if _UNPRINTABLE.search(raw):
        raise MisfitError(Misfit(f"should be without control characters and line breaks, not {shown(raw, place)}"))
    if len(raw) > longest:
        raise MisfitError(Misfit(f"should be at most {longest:,} characters long, not {len(raw):,}"))
    if not raw.strip():
        raise MisfitError(Misfit(f"should be {words}, not empty"))
    return raw


def parsed(parse: Callable[[str], object], words: str, metavar: str) -> Kind:
    """Read a text that a value class understands."""

    def read(raw: object, place: Place) -> object:
        return parse_text(parse, text_of(raw, place, words))

    return Kind(words=words, metavar=metavar, read=read)


def parse_text(parse: Callable[[str], object], text: str) -> object:
    try:
        return parse(text)
    except (InvalidValueError, OverflowError) as error:
        message = str(error) if isinstance(error, InvalidValueError) else "should be smaller"
        raise MisfitError(Misfit(shorten(message, 200))) from None


def measured(parse: Callable[[str], object], words: str, metavar: str) -> Kind:
    """Read a quantity with a unit in quotes, or a bare number."""

    def read(raw: object, place: Place) -> object:
        if type(raw) in {int, float}:
            if type(raw) is int and abs(raw) >= 10**18:
                raise MisfitError(Misfit(f"should be {words}, not a huge number"))
            return parse_text(parse, str(raw))
        return parse_text(parse, text_of(raw, place, words))

    return Kind(words=words, metavar=metavar, read=read)


def whole(low: int, high: int, *, words: str = "", metavar: str = "N", make: Callable[[int], object] = int) -> Kind:
    """Read a whole number that is written as a number: `"4"` and `true` are not."""
    words = words or f"a whole number between {low:,} and {high:,}"

    def read(raw: object, place: Place) -> object:
        if type(raw) is int and low <= raw <= high:
            return make(raw)
        hint = "leave the quotes out" if isinstance(raw, str) and raw.isdecimal() and place.toml else ""
        raise MisfitError(Misfit(f"should be {words}, not {shown(raw, place)}", hint))

    def from_flag(raw: object) -> object:
        return int(raw) if isinstance(raw, str) and re.fullmatch(r"[0-9]{1,9}", raw.strip()) else raw

    return Kind(words=words, metavar=metavar, read=read, from_flag=from_flag)


def switch() -> Kind:
    def read(raw: object, place: Place) -> object:
        if type(raw) is not bool:
            raise MisfitError(Misfit(f"should be `true` or `false`, not {shown(raw, place)}"))
        return raw

    return Kind(words="`true` or `false`", metavar="", read=read, arity="switch")


def several(one: Kind, words: str, collect: Callable[[tuple[object, ...]], object] = tuple) -> Kind:
    """Read a list; a single value stands for a list of one. Every wrong item is named."""

    def read(raw: object, place: Place) -> object:
        items = raw if isinstance(raw, list) else [raw]
        values: list[object] = []
        misfits: list[Misfit] = []
        for index, item in enumerate(items):
            try:
                values.append(one.read(item, place))
            except MisfitError as error:
                path: Path = (index,) if isinstance(raw, list) and place.toml else ()
                misfits += [Misfit(misfit.text, misfit.hint, (*path, *misfit.path)) for misfit in error.misfits]
        if misfits:
            raise MisfitError(*misfits)
        return collect(tuple(dict.fromkeys(values)))

    return Kind(words=words, metavar=one.metavar, read=read, arity="many", from_flag=_split)


def _split(raw: object) -> object:
    texts = raw if isinstance(raw, list | tuple) else [raw]
    return [part.strip() for text in texts for part in str(text).split(",")]


def path(words: str, metavar: str, *, program: bool = False) -> Kind:
    """Make a path absolute. A program is never a bare name: what `PATH` finds is not a decision to leave open."""

    def read(raw: object, place: Place) -> object:
        text = text_of(raw, place, words, longest=4_000)
        if program and "/" not in text:
            raise MisfitError(
                Misfit(f"should be {words}, not the bare name {shown(text, place)}", "write the whole path, or `./…`")
            )
        return absolute(text, place)

    return Kind(words=words, metavar=metavar, read=read)


def absolute(text: str, place: Place) -> str:
    """`..` stays as it is, because a folder before it may be a symbolic link."""
    if text.startswith("~"):
        user, _, rest = text.partition("/")
        if user != "~" or not place.home:
            raise MisfitError(Misfit(f"should be a path without {shown(user, place)}, which has no meaning here"))
        text = f"{place.home}/{rest}"
    whole_path = text if text.startswith("/") else f"{place.folder}/{text}"
    parts = [part for part in whole_path.split("/") if part not in {"", "."}]
    return "/" + "/".join(parts)
