"""Which URLs the edge answers from which folder (P14-P16, S22)."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from seawall.config.pinned import Config, StaticPin
from seawall.edge.hidden import is_hidden, is_refused
from seawall.errors import MachineError, RefusalError
from seawall.model.decisions import Decision, Level, Remark, Source
from seawall.model.facts import AppFacts, FolderFact, StaticMount
from seawall.model.stack import StaticMap
from seawall.model.values import InvalidValueError, UrlPrefix

CONFIGURED = "configured"
# What a folder's name may have, and what leaves room for the folder of links in front of it.
LONGEST_NAME = 255
LONGEST_URL = 1024


def choose_static(
    config: Config,
    app: AppFacts,
    folders: Mapping[str, FolderFact],
    prefix: UrlPrefix,
    collected: str,
) -> tuple[tuple[StaticMap, ...], tuple[Decision, ...], tuple[Remark, ...]]:
    """Everything that was configured, and whatever else the app maps itself.

    `collected` is the folder that a framework fills when it has no usable one. Raises RefusalError and MachineError
    for configured folders that cannot be served; folders that the app names are merely remarked on, since the app
    still answers for them.
    """
    maps: dict[str, StaticMap] = {}
    remarks: list[Remark] = []
    for mount in app.static:
        found, remark = _from_app(mount, app, folders, prefix, collected)
        remarks += [remark] if remark else []
        if found:
            maps[found.url.path] = found
    if config.static:
        for pin in config.static.value:
            maps[pin.url.path] = _from_config(pin, config.static.where, app, folders)
    chosen = tuple(_with_own_sample(each, maps) for each in maps.values())
    remarks += filter(None, (_never_served(each, folders, at_root=each.url == prefix) for each in chosen))
    decisions = tuple(_explain(each, config) for each in chosen)
    return chosen, decisions, tuple(remarks)


def _from_app(
    mount: StaticMount, app: AppFacts, folders: Mapping[str, FolderFact], prefix: UrlPrefix, collected: str
) -> tuple[StaticMap | None, Remark | None]:
    try:
        url = _below(prefix, UrlPrefix.parse(mount.url))
    except InvalidValueError as error:
        return None, Remark(Level.NOTE, f"the app serves {mount.url!r} itself: {error}")
    if because := _unservable(url):
        return None, Remark(Level.NOTE, f"the app serves `{url}` itself: {because}")
    if mount.folder is None:
        sample = folders[collected].sample if collected in folders else ""
        return StaticMap(url=url, folder=collected, origin=mount.origin, sample=sample, collect=True), None
    if holds_the_app(mount.folder, app.folder):
        return None, Remark(
            Level.WARNING,
            f"`{url}` stays with the app: its folder `{mount.folder}` holds the app's own code",
            "keep static files in a folder of their own",
        )
    fact = folders.get(mount.folder, FolderFact(mount.folder, exists=False))
    found = StaticMap(url=url, folder=mount.folder, origin=mount.origin, sample=fact.sample)
    return found, _remark_on(url, fact)


def _remark_on(url: UrlPrefix, fact: FolderFact) -> Remark | None:
    if fact.closed_by:
        return Remark(
            Level.WARNING,
            f"`{url}` stays with the app: `{fact.closed_by}` may not be entered",
            shlex.join(("chmod", "o+x", fact.closed_by)),
        )
    if not fact.exists:
        return Remark(Level.NOTE, f"`{url}` is served by the app until `{fact.path}` exists")
    return None


def _never_served(found: StaticMap, folders: Mapping[str, FolderFact], *, at_root: bool) -> Remark | None:
    """Name the first file that is there and yet answered with 404, which would be looked for in vain."""
    fact = folders.get(found.folder)
    if not fact or not fact.hidden or fact.closed_by:
        return None
    url = found.url.path + fact.hidden
    if at_root and not is_refused(url):
        return None
    return Remark(Level.NOTE, f"`{url}` is not served: files of such a name are private or left behind by tools")


def _from_config(pin: StaticPin, pinned_at: str, app: AppFacts, folders: Mapping[str, FolderFact]) -> StaticMap:
    folder = pin.folder
    where = f"{pinned_at} (`{pin.url}={folder}`)"
    if because := _unservable(pin.url):
        raise RefusalError(
            f"the edge cannot serve files at `{pin.url}`",
            where=where,
            saw=because,
            hint=f"`--static /static={shlex.quote(folder)}`, or another plain URL",
        )
    fact = folders.get(folder, FolderFact(folder, exists=False))
    if fact.closed_by:
        raise MachineError(
            f"the static folder `{folder}` cannot be read",
            where=where,
            saw=f"`{fact.closed_by}` may not be entered by the user who serves",
            hint=shlex.join(("chmod", "o+x", fact.closed_by)),
        )
    if not fact.exists:
        raise MachineError(
            f"the static folder `{folder}` does not exist",
            where=where,
            saw="no such folder",
            hint=shlex.join(("mkdir", "-p", folder)),
        )
    if holds_the_app(folder, app.folder):
        raise RefusalError(
            f"`{folder}` holds the app's own code and will not be published",
            where=where,
            saw=f"the app's folder is `{app.folder}`",
            hint="put static files into a folder of their own, and name that one",
        )
    return StaticMap(url=pin.url, folder=folder, origin=CONFIGURED, sample=fact.sample)


def _unservable(url: UrlPrefix) -> str:
    """Why Nginx could not serve files at this URL from its tree of links, or ""."""
    if "$" in url.path:
        return "Nginx has no way to write a `$` that is not a variable"
    if len(url.path.encode()) > LONGEST_URL or any(len(part.encode()) > LONGEST_NAME for part in url.path.split("/")):
        return "it is longer than a path may be"
    if is_hidden(url.path):
        return "files of such a name (hidden, private, left behind by tools) are never published"
    return ""


def holds_the_app(folder: str, app_folder: str) -> bool:
    """Whether publishing `folder` would publish the app's sources, keys and databases."""
    return PurePosixPath(app_folder).is_relative_to(PurePosixPath(folder))


def _with_own_sample(found: StaticMap, maps: Mapping[str, StaticMap]) -> StaticMap:
    """Forget a sample that another map, further inside, answers from a folder of its own."""
    address = found.url.path + found.sample
    others = (url for url in maps if url.startswith(found.url.path) and url != found.url.path)
    return replace(found, sample="") if any(address.startswith(url) for url in others) else found


def _below(prefix: UrlPrefix, url: UrlPrefix) -> UrlPrefix:
    if url.path.startswith(prefix.path):
        return url
    return UrlPrefix(prefix.bare + url.path)


def _explain(found: StaticMap, config: Config) -> Decision:
    pinned = config.static
    if found.origin == CONFIGURED and pinned:
        return Decision(f"static {found.url}", found.folder, "as configured", pinned.source, pinned.where)
    because = f"{found.origin}, collected there" if found.collect else found.origin
    return Decision(f"static {found.url}", found.folder, because, Source.DETECTED)
