"""Whether something in front of the whole app, a login or a firewall, keeps visitors from its files.

What stands there is code that cannot be read, so the app is asked, as a visitor whom it does not know. It is asked only
where there is such code, one file of each folder, in a thread with a deadline: the code may wait for a database.
"""

from __future__ import annotations

import inspect
import io
import os
import sys
import threading
from typing import Any, Dict, Iterable, List, Optional, Tuple
from urllib.parse import urlsplit

from .detectors._detector import Description, Mount

PATIENCE = 2.0
REFUSALS = ("401", "403", "407")
# An address for documentation, RFC 5737; an app may trust this machine's own.
VISITOR = "192.0.2.1"
MOST_ENTRIES = 200
HARMLESS = ("werkzeug.middleware.", "whitenoise.")


def name(wrapper: Any) -> List[str]:
    """Name a callable in front of a framework, unless it is known to let everything pass."""
    kind = wrapper if inspect.isroutine(wrapper) else type(wrapper)
    harmless = str(kind.__module__).startswith(HARMLESS)
    return [] if harmless else ["`{}`".format(kind.__name__)]


def leave_guarded(app: Any, description: Description) -> None:
    """Take away the folders whose files `app` does not give to a stranger, and say so."""
    if not description.guards:
        return
    suspects, kept = " or ".join(dict.fromkeys(description.guards)), []
    for mount in description.static:
        refusal = _refusal(app, mount, description.hosts)
        if refusal is None:
            kept.append(mount)
            continue
        text = "`{}` stays with the app: {} {}; `--static` publishes it nevertheless."
        description.remarks.append(text.format(mount.url, suspects, refusal))
    description.static = kept


def _refusal(app: Any, mount: Mount, hosts: List[str]) -> Optional[str]:
    """Say what a stranger gets instead of a file; None when the file is public, or the app does not serve it at all."""
    url = mount.url + _sample(mount.folder)
    heard: List[Tuple[str, str]] = []
    asking = threading.Thread(target=_ask, args=(app, url, hosts, heard), daemon=True)
    asking.start()
    asking.join(PATIENCE)
    if asking.is_alive():
        return "did not let a visitor in within {:g} s".format(PATIENCE)
    for status, location in heard:
        if status in REFUSALS:
            return "answers {} to a visitor".format(status)
        if status.startswith("3") and location and urlsplit(location).path != url:
            return "sends visitors to `{}`".format(urlsplit(location).path)
    return None


def _ask(app: Any, url: str, hosts: List[str], heard: List[Tuple[str, str]]) -> None:
    def start_response(status: str, headers: Iterable[Tuple[str, str]], _error: Any = None) -> Any:
        location = [value for name, value in headers if name.lower() == "location"]
        heard.append((status[:3], location[0] if location else ""))
        return lambda _data: None

    body: Any = None
    try:
        body = app(_environ(url, hosts), start_response)
        next(iter(body), None)  # a generator answers no earlier
    except Exception:  # what fails gives nothing away, and every request will say so
        heard.clear()
    finally:
        if hasattr(body, "close"):
            body.close()


def _environ(url: str, hosts: List[str]) -> Dict[str, Any]:
    host = hosts[0] if hosts else "localhost"
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": url.encode().decode("latin-1"),
        "QUERY_STRING": "",
        "SERVER_NAME": host,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": host,
        "HTTP_USER_AGENT": "seawall",
        "REMOTE_ADDR": VISITOR,
        "wsgi.version": (1, 0),
        # Redirects to the safe scheme are no refusal.
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def _sample(folder: Optional[str]) -> str:
    """Take a file that is there, near the top; a name that could be there when the folder is empty."""
    visited = 0
    for here, _folders, names in os.walk(folder or ""):
        for name in sorted(names):
            if not name.startswith(".") and name.isascii():
                return os.path.relpath(os.path.join(here, name), str(folder)).replace(os.sep, "/")
        visited += 1 + len(names)
        if visited > MOST_ENTRIES:
            break
    return "index.css"
