"""Middleware around an app, unwrapped for reading; what is served stays the outermost callable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Iterator, List, Tuple

from .detectors import DETECTORS
from .detectors._detector import Description, Detector, Mount
from .detectors.wsgi import DETECTOR as PLAIN
from .wrappers import describe_wrapper, is_from

ATTRIBUTES = ("wsgi_app", "app", "application", "_app", "wrap_app", "wrapped")
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
            continue
        described = detector.describe(layer.app)
        if reading.detector is PLAIN:
            reading = _named(reading, detector, layer, described)
        else:
            reading.description.static += _below(described.static, layer.below)
            reading.description.state += described.state
    _drop_repeated(reading.description)
    return reading


def unwrap(app: object) -> Iterator[Layer]:
    """Yield the app and what it wraps, five deep, with what dispatchers mount beside it."""
    queue: List[Tuple[Any, str, int]] = [(app, "", 0)]
    seen = set()
    while queue:
        value, below, depth = queue.pop(0)
        value = getattr(value, "__self__", value)  # `flask_app.wsgi_app` is a method of the app
        if id(value) in seen or depth > DEEPEST or not callable(value) or isinstance(value, type):
            continue
        seen.add(id(value))
        yield Layer(value, below)
        queue += [(getattr(value, name, None), below, depth + 1) for name in ATTRIBUTES]
        queue += [(mounted, below + prefix.rstrip("/"), depth + 1) for prefix, mounted in _mounts(value)]


def mounted_prefixes(app: object) -> List[str]:
    """Return the paths below which dispatchers put other apps."""
    return [layer.below for layer in unwrap(app) if layer.below]


def _named(reading: Reading, detector: Detector, layer: Layer, described: Description) -> Reading:
    """Let a framework's description lead, keeping the files that wrappers around it serve."""
    around = reading.description
    described.static = around.static + _below(described.static, layer.below)
    described.remarks = around.remarks + described.remarks
    described.routes = [layer.below + route for route in described.routes]
    if described.prefix.rstrip("/") in mounted_prefixes(reading.app):
        # A dispatcher inside the app takes the prefix off itself, so the edge must leave it on.
        described.prefix = "/"
    return Reading(detector, layer.app, described)


def _below(mounts: List[Mount], prefix: str) -> List[Mount]:
    return [Mount(prefix + mount.url, mount.folder, mount.origin) for mount in mounts]


def _mounts(value: Any) -> List[Tuple[str, Any]]:
    mounts = getattr(value, "mounts", None)
    if not isinstance(mounts, dict) or not is_from(value, "werkzeug.middleware.dispatcher", "DispatcherMiddleware"):
        return []
    return sorted(mounts.items())


def _drop_repeated(description: Description) -> None:
    """Keep the first mount of each prefix: the outer layer answers before the inner one is asked."""
    first: Dict[str, Mount] = {}
    for mount in description.static:
        first.setdefault(mount.url, mount)
    description.static = list(first.values())
