"""Middleware around an app, unwrapped for reading; what is served stays the outermost callable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Iterator, List, Optional, Set, Tuple

from . import guards
from .callables import peek
from .detectors import DETECTORS, PLAIN
from .detectors._detector import USUAL_BODY, Description, Detector, Mount, prefix_of
from .wrappers import describe_wrapper, is_from

ATTRIBUTES = ("wsgi_app", "app", "application", "_app", "server")
DEEPEST = 5


@dataclass
class Layer:
    """One callable on the way in, and the path below which a dispatcher put it."""

    app: Any
    below: str = ""


@dataclass
class Reading:
    """The framework found, and all that every layer told."""

    detector: Detector
    app: Any
    description: Description = field(default_factory=Description)


def read(app: object) -> Reading:
    """Describe `app` through its wrappers: the first framework met gives its name, each layer its files."""
    layers = list(unwrap(app))
    reading = Reading(PLAIN, app)
    for layer in layers:
        detector = next(d for d in DETECTORS if d.recognise(layer.app))
        if detector is PLAIN:
            reading.description.static += _below(describe_wrapper(layer.app), layer.below)
            reading.description.guards += guards.name(layer.app)
            continue
        described = _describe(detector, layer.app)
        if reading.detector is PLAIN:
            reading = _named(reading, detector, layer, described)
        else:
            reading.description.static += _below(described.static, layer.below)
            reading.description.state += described.state
            reading.description.modules += described.modules
            reading.description.guards += described.guards
            reading.description.body_limit = _larger(reading.description.body_limit, described.body_limit)
    _drop_repeated(reading.description)
    guards.leave_guarded(app, reading.description)
    return reading


def _describe(detector: Detector, app: Any) -> Description:
    """Describe as far as it goes: a framework whose insides changed is no reason not to serve its app."""
    try:
        return detector.describe(app)
    except Exception as error:
        text = "{} could not be read ({}: {}); name its static folders with `--static`."
        return Description(remarks=[text.format(detector.name, type(error).__name__, error)])


def unwrap(app: object) -> Iterator[Layer]:
    """Yield the app and what it wraps, outermost first, five deep, with what dispatchers mount beside it."""
    return _enter(app, "", 0, set())


def _enter(value: Any, below: str, depth: int, seen: Set[Tuple[str, int]]) -> Iterator[Layer]:
    if not callable(value) or isinstance(value, type) or depth > DEEPEST:
        return
    # Flask calls its `wsgi_app`; middleware put there stands in front of the app that holds it.
    replaced = (peek(value, "__dict__") or {}).get("wsgi_app")
    if replaced is not None and ("door", id(value)) not in seen:
        seen.add(("door", id(value)))
        yield from _enter(replaced, below, depth + 1, seen)
    value = peek(value, "__self__") or value  # `flask_app.wsgi_app` is a method of the app
    if ("app", id(value)) in seen:
        return
    seen.add(("app", id(value)))
    yield Layer(value, below)
    for name in ATTRIBUTES:
        yield from _enter(peek(value, name), below, depth + 1, seen)
    for prefix, mounted in _mounts(value):
        yield from _enter(mounted, below + prefix.rstrip("/"), depth + 1, seen)


def _named(reading: Reading, detector: Detector, layer: Layer, described: Description) -> Reading:
    """Let a framework's description lead, keeping the files that wrappers around it serve."""
    around = reading.description
    described.static = around.static + _below(described.static, layer.below)
    described.remarks = around.remarks + described.remarks
    described.guards = around.guards + described.guards
    described.routes = [layer.below + route for route in described.routes]
    described.prefix = prefix_of(described.prefix).rstrip("/") or "/"
    if layer.below and described.prefix == layer.below:
        # A dispatcher inside the app takes the prefix off itself, so the edge must leave it on.
        described.prefix = "/"
    return Reading(detector, layer.app, described)


def _larger(one: Optional[int], other: Optional[int]) -> Optional[int]:
    """Return a limit under which neither app loses a request; None leaves it to the default."""
    most = max(one or 0, other or 0)
    return most if (one and other) or most > USUAL_BODY else None


def _below(mounts: List[Mount], prefix: str) -> List[Mount]:
    return [Mount(prefix + mount.url, mount.folder, mount.origin) for mount in mounts]


def _mounts(value: Any) -> List[Tuple[str, Any]]:
    mounts = peek(value, "mounts")
    if not isinstance(mounts, dict) or not is_from(value, "werkzeug.middleware.dispatcher", "DispatcherMiddleware"):
        return []
    return sorted(mounts.items())


def _drop_repeated(description: Description) -> None:
    """Keep the first mount of each prefix: the outer layer answers before the inner one is asked."""
    first: Dict[str, Mount] = {}
    for mount in description.static:
        first.setdefault(mount.url, mount)
    description.static = list(first.values())
