"""The probe: import the app once, report what it is, and end at once.

    PYTHON probe_main.py REQUEST_JSON REPORT_FD

The request holds `target` (or null), `folder` and `collect_into`. The report is lines of JSON on the descriptor:
{"event": "importing", "target", "because"} before each import, then one {"event": "report", "ok": …}.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
import traceback
from typing import TYPE_CHECKING, Any, Dict, Optional, Tuple

from . import diagnosis, notices, search, survey
from .failure import TargetError
from .target import Loaded, resolve

if TYPE_CHECKING:
    from .candidates import Found


def main() -> None:
    request, descriptor = json.loads(sys.argv[1]), int(sys.argv[2])
    os.set_inheritable(descriptor, False)
    # The app must not take our arguments for its own.
    del sys.argv[1:]
    report = _report(request, descriptor)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # the app may have closed or replaced them
            stream.flush()
    _say(descriptor, {"event": "report", **report})
    # Threads that the import started would keep an ordinary exit waiting.
    os._exit(0)


def _report(request: Dict[str, Any], descriptor: int) -> Dict[str, Any]:
    try:
        return {"ok": True, "app": look(request, descriptor)}
    except TargetError as failure:
        return {"ok": False, "error": failure.as_json()}
    except KeyboardInterrupt:
        os._exit(130)
    except BaseException as error:  # our own mistake, which must not look like silence
        mistake = diagnosis.explain(error, "probe_failed", request.get("target") or ".", request["folder"])
        mistake.traceback = traceback.format_exc()
        return {"ok": False, "error": mistake.as_json()}


def look(request: Dict[str, Any], descriptor: int) -> Dict[str, Any]:
    target, folder = request.get("target"), os.path.abspath(request["folder"])
    found = search.find(target, folder)
    started = time.monotonic()
    loaded, because = _first(found, descriptor)
    seconds = time.monotonic() - started
    facts = survey.describe(loaded, found.folder)
    facts["chosen_because"] = because
    facts["import_seconds"] = round(seconds, 3)
    facts["remarks"] = found.remarks + facts["remarks"] + notices.read(found.folder)
    return facts


def _first(found: Found, descriptor: int) -> Tuple[Loaded, str]:
    """Import the best candidate; the next one only when a module imports well and holds no app."""
    failure: Optional[TargetError] = None
    for candidate in found.candidates:
        _say(descriptor, {"event": "importing", "target": candidate.target, "because": candidate.because})
        try:
            loaded = resolve(candidate.target, found.folder, candidate.paths)
        except TargetError as error:
            if found.named or error.kind != "no_attribute":
                raise
            failure = failure or error
            continue
        return loaded, _because(candidate.because, loaded.because)
    raise failure or search.nothing_found(found)


def _because(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _say(descriptor: int, line: Dict[str, Any]) -> None:
    data = json.dumps(line).encode() + b"\n"
    while data:
        data = data[os.write(descriptor, data) :]
