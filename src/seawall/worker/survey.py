"""The facts about a loaded app, as the fields of `AppFacts`."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

from . import frames, layers, signs
from .callables import ASGI, role_of

if TYPE_CHECKING:
    from .target import Loaded

_ASGI_LIBRARIES = ("fastapi", "starlette", "quart", "litestar", "sanic", "blacksheep")


def describe(loaded: Loaded, folder: str) -> Dict[str, Any]:
    """Read everything from one loaded app; `import_seconds` and the probe's own remarks are added by the caller."""
    threads = thread_names()  # reading may ask the app something, in a thread that waits for ever
    reading = layers.read(loaded.app)
    told = reading.description
    facts: Dict[str, Any] = {
        "target": loaded.target,
        "chosen_because": loaded.because,
        "framework": reading.detector.name,
        "framework_version": _version(reading.detector.distribution) or "",
        "protocol": role_of(loaded.app),
        "interpreter": interpreter(),
        "folder": folder,
        "paths": list(loaded.paths),
        **told.facts(),
        "gevent_patched": _is_patched(),
        "eventlet_patched": _is_patched_by_eventlet(),
        "threads": threads,
        "rss": resident_bytes(),
    }
    if facts["protocol"] == ASGI and facts["framework"] == "WSGI":
        facts["framework"], facts["framework_version"] = _asgi_framework(loaded.app)
    facts["state"] = told.state + _stores(loaded, told.modules)
    return facts


def _stores(loaded: Loaded, modules: List[str]) -> List[str]:
    """Look at the modules of the app and of its views, as far as the user wrote them."""
    candidates = [loaded.module, *(sys.modules.get(name) for name in modules)]
    files = [getattr(module, "__file__", None) for module in candidates]
    own = dict.fromkeys(file for file in files if file and frames.is_users(file))
    return [phrase for file in own for phrase in signs.read(file)]


def interpreter() -> Dict[str, Any]:
    return {
        "executable": sys.executable,
        "version": list(sys.version_info[:3]),
        "prefix": sys.prefix,
        "gunicorn": _version("gunicorn"),
        "gevent": _version("gevent"),
    }


def _asgi_framework(app: object) -> Tuple[str, str]:
    """Name the framework of an ASGI app, for the sentence that refuses it."""
    for kind in type(app).__mro__:
        library = kind.__module__.partition(".")[0]
        if library in _ASGI_LIBRARIES:
            return kind.__name__, _version(library) or ""
    return "ASGI", ""


def resident_bytes() -> int:
    """Return what this process holds in memory, or its peak where the system has no `/proc`."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        # Imported late, as `importlib.metadata` is: the app may have a module of the same name.
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def _version(distribution: str) -> Optional[str]:
    try:
        from importlib import metadata

        return metadata.version(distribution) if distribution else None
    except Exception:  # not installed, or hidden by a module of the app's own
        return None


def _is_patched() -> bool:
    monkey = sys.modules.get("gevent.monkey")
    return bool(monkey and monkey.is_module_patched("socket"))


def _is_patched_by_eventlet() -> bool:
    patcher = sys.modules.get("eventlet.patcher")
    return bool(patcher and patcher.is_monkey_patched("socket"))


def thread_names() -> List[str]:
    """Name the threads that the import started; eventlet's copy of the main one is none."""
    return [t.name for t in threading.enumerate() if t is not threading.main_thread() and t.name != "MainThread"]
