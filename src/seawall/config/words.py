"""The kinds that only one setting has: servers by name, proxies, static folders, variables, health paths, flaws."""

from __future__ import annotations

import re

from seawall.config.kinds import (
    Kind,
    Misfit,
    MisfitError,
    Path,
    Place,
    absolute,
    did_you_mean,
    parse_text,
    parsed,
    several,
    shown,
    text_of,
)
from seawall.config.pinned import StaticPin, Variables
from seawall.config.proxies import WELL_KNOWN
from seawall.model.stack import Trust
from seawall.model.values import InvalidValueError, Network, UrlPrefix

SERVERS = ("gunicorn",)
LATER_SERVERS = ("uvicorn", "granian", "uwsgi", "waitress", "hypercorn", "cheroot", "cherrypy", "mod_wsgi", "daphne")
LONGEST_VARIABLE = 128 * 1024 - 2  # MAX_ARG_STRLEN on Linux, less `=` and the closing NUL
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# RFC 3986: what a path and a query may hold
_REQUEST_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*")


def pattern(expression: str, words: str, metavar: str, *, upper: bool = False) -> Kind:
    def parse(text: str) -> str:
        text = text.strip()
        text = text.upper() if upper else text
        if not re.fullmatch(expression, text):
            raise InvalidValueError(f"should be {words}, not `{text}`")
        return text

    return parsed(parse, words, metavar)


def server() -> Kind:
    words = "a server: `gunicorn`"

    def read(raw: object, place: Place) -> str:
        name = text_of(raw, place, words).strip().lower()
        if name in SERVERS:
            return name
        if name in LATER_SERVERS:
            text = f"should be `gunicorn`: {shown(name, place)} is not supported yet, it arrives in a later release"
            raise MisfitError(Misfit(text, "leave it out, or write `gunicorn`"))
        raise MisfitError(Misfit(f"should be {words}, not {shown(raw, place)}", did_you_mean(name, SERVERS)))

    return Kind(words=words, metavar="NAME", read=read)


def behind() -> Kind:
    """Networks and well-known words; the value is what the edge trusts."""
    words = "an address, a network, or " + ", ".join(f"`{word}`" for word in WELL_KNOWN)

    def read(raw: object, place: Place) -> object:
        text = text_of(raw, place, words).strip()
        if text.lower() in WELL_KNOWN:
            return text.lower()
        try:
            return _network(text)
        except InvalidValueError:
            hint = did_you_mean(text.lower(), WELL_KNOWN)
            raise MisfitError(Misfit(f"should be {words}, not {shown(raw, place)}", hint)) from None

    one = Kind(words=words, metavar="PROXY", read=read)
    return several(one, f"a list, each {words}", _trust)


def _network(text: str) -> Network:
    if "%" in text:  # a zone may hold any text, and no network has one
        raise InvalidValueError(text)
    return Network.parse(text)


def _trust(items: tuple[object, ...]) -> Trust:
    if "nothing" in items and len(items) > 1:
        raise MisfitError(Misfit("should be `nothing` alone, or without `nothing`"))
    proxies: list[Network] = []
    for item in items:
        proxies += [item] if isinstance(item, Network) else [Network(cidr) for cidr in WELL_KNOWN[str(item)]]
    return Trust(proxies=tuple(dict.fromkeys(proxies)), words=tuple(str(item) for item in items))


def static() -> Kind:
    """URL = folder, several of them; on the command line `--static URL=DIR` repeated."""
    words = 'a table of URL prefixes and folders, such as `{ "/static/" = "public" }`'

    def read(raw: object, place: Place) -> tuple[StaticPin, ...]:
        pins: dict[UrlPrefix, StaticPin] = {}
        misfits: list[Misfit] = []
        for url, folder, path in _mappings(raw, place, words):
            try:
                prefix = parse_text(UrlPrefix.parse, text_of(url, place, "a URL prefix"))
                pin = StaticPin(prefix, absolute(text_of(folder, place, "a folder", longest=4_000), place))  # type: ignore[arg-type]
                if pins.setdefault(pin.url, pin) != pin:
                    misfits.append(Misfit(f"should be given once: `{pin.url}` has two folders", path=path))
            except MisfitError as error:
                misfits += [Misfit(misfit.text, misfit.hint, path) for misfit in error.misfits]
        if misfits:
            raise MisfitError(*misfits)
        return tuple(pins.values())

    return Kind(words=words, metavar="URL=DIR", read=read, arity="table", from_flag=_as_list)


def _as_list(raw: object) -> object:
    return list(raw) if isinstance(raw, tuple) else raw


def _mappings(raw: object, place: Place, words: str) -> list[tuple[object, object, Path]]:
    if isinstance(raw, dict):
        return [(url, folder, (str(url),)) for url, folder in raw.items()]
    if place.toml or not isinstance(raw, list):
        raise MisfitError(Misfit(f"should be {words}, not {shown(raw, place)}"))
    texts = [str(text) for text in raw]
    wrong = [text for text in texts if "=" not in text]
    if wrong:
        misfits = (Misfit(f"should be `URL=DIR` such as `/static/=public`, not {shown(text, place)}") for text in wrong)
        raise MisfitError(*misfits)
    return [(*text.split("=", 1), ()) for text in texts]  # type: ignore[misc]


def variables() -> Kind:
    """Environment variables. A value may be a secret, so no message holds one."""
    words = 'a table of texts, such as `{ DJANGO_SETTINGS_MODULE = "shop.settings" }`'

    def read(raw: object, _: Place) -> Variables:
        if not isinstance(raw, dict):
            raise MisfitError(Misfit(f"should be {words}"))
        misfits = [Misfit(text, path=(str(name),)) for name, value in raw.items() if (text := variable(name, value))]
        if misfits:
            raise MisfitError(*misfits)
        return Variables(tuple(raw.items()))

    return Kind(words=words, metavar="", read=read, arity="table")


def variable(name: object, value: object) -> str:
    """Say what is wrong with an environment variable, or nothing; never the value."""
    if not isinstance(name, str) or not _VARIABLE.fullmatch(name):
        return "should have a name of letters, digits and `_` that does not start with a digit"
    if type(value) is not str:
        return "should be a text in quotes"
    if "\0" in value:
        return "should be without a NUL character, which no environment variable can hold"
    if len(name) + len(value.encode(errors="replace")) > LONGEST_VARIABLE:
        return "should be smaller than 128 KB, the most that one environment variable can hold"
    if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
        return "should be valid UTF-8"
    return ""


def request_path() -> Kind:
    words = "a URL path such as `/health` or `/health?deep=1`, percent-encoded where needed"
    return pattern(_REQUEST_PATH.pattern, words, "PATH")
