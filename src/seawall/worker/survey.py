"""The facts about a loaded app, as the fields of `AppFacts`."""

from __future__ import annotations

import os
import resource
import sys
import threading
from importlib import metadata
from typing import TYPE_CHECKING, Any, Dict, List, Optional

from . import layers, signs
from .callables import ASGI, role_of

if TYPE_CHECKING:
    from .target import Loaded


def describe(loaded: Loaded, folder: str) -> Dict[str, Any]:
    """Read everything from one loaded app; `import_seconds` and the probe's own remarks are added by the caller."""
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
        **told.as_json(),
        "gevent_patched": _is_patched(),
        "threads": thread_names(),
        "rss": resident_bytes(),
    }
    if facts["protocol"] == ASGI and facts["framework"] == "WSGI":
        facts["framework"] = "ASGI"
    facts["state"] = told.state + signs.read(loaded.module)
    return facts


def interpreter() -> Dict[str, Any]:
    return {
        "executable": sys.executable,
        "version": list(sys.version_info[:3]),
        "prefix": sys.prefix,
        "gunicorn": _version("gunicorn"),
        "gevent": _version("gevent"),
    }


def resident_bytes() -> int:
    """Return what this process holds in memory, or its peak where the system has no `/proc`."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def _version(distribution: str) -> Optional[str]:
    try:
        return metadata.version(distribution) if distribution else None
    except metadata.PackageNotFoundError:
        return None


def _is_patched() -> bool:
    monkey = sys.modules.get("gevent.monkey")
    return bool(monkey and monkey.is_module_patched("socket"))


def thread_names() -> List[str]:
    return [t.name for t in threading.enumerate() if t is not threading.main_thread()]
