"""The WSGI environ as the client would have it, from the headers that the edge alone writes.

Nginx is the only client of the app's socket and overwrites `Host`, `X-Forwarded-For`, `-Proto`, `-Host` and `-Port` on
each request, so they are facts. They are left consistent with the environ: an app that reads them itself, through
ProxyFix or by hand, sees the same as one that does not.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Tuple

Environ = Dict[str, Any]
Headers = List[Tuple[str, str]]
App = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

DEFAULT_PORTS = {"http": "80", "https": "443"}
# What other proxies would say and ours does not: in here it could only come from a client.
LOOKALIKES = frozenset(
    "HTTP_" + name
    for name in (
        "FORWARDED",
        "PROXY",
        "X_FORWARDED_PREFIX",
        "X_FORWARDED_PROTOCOL",
        "X_FORWARDED_SCHEME",
        "X_FORWARDED_SERVER",
        "X_FORWARDED_SSL",
        "X_ORIGINAL_URL",
        "X_REWRITE_URL",
        "X_SCHEME",
        "X_SCRIPT_NAME",
    )
)
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:\[\]@/]+)(?::([0-9]{1,5}))?")


class Place(NamedTuple):
    """Where the client thinks it is. `authority` names the port only where the client had to."""

    authority: str
    name: str
    port: str
    is_port_named: bool


def behind_edge(app: App, prefix: str, port: int) -> App:
    """`app` with an environ that tells what the client sees, mounted at `prefix`; answers pass through."""
    script = prefix.rstrip("/").encode().decode("latin-1")
    public_port = str(port)

    def wsgi(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        get = environ.get
        if not environ.keys().isdisjoint(LOOKALIKES):
            for name in LOOKALIKES:
                environ.pop(name, None)
        scheme = "https" if get("HTTP_X_FORWARDED_PROTO") == "https" else "http"
        place = locate(
            get("HTTP_HOST", ""),
            get("HTTP_X_FORWARDED_HOST"),
            scheme,
            get("HTTP_X_FORWARDED_PORT") or public_port,
        )
        environ["wsgi.url_scheme"] = scheme
        # A request without the header was not made by the edge, but by the supervisor beside us.
        environ["REMOTE_ADDR"] = get("HTTP_X_FORWARDED_FOR") or "127.0.0.1"
        environ["HTTP_HOST"] = environ["HTTP_X_FORWARDED_HOST"] = place.authority
        environ["SERVER_NAME"] = place.name
        environ["SERVER_PORT"] = place.port
        if place.is_port_named:
            environ["HTTP_X_FORWARDED_PORT"] = place.port
        else:
            # ProxyFix would write it behind the host, where the client has none.
            environ.pop("HTTP_X_FORWARDED_PORT", None)
        if script or environ["SCRIPT_NAME"]:
            mount(environ, script)

        def start(status: str, headers: Headers, exc_info: Any = None) -> Any:
            for name, value in headers:
                if name.lower() == "content-type" and value.startswith("text/event-stream"):
                    headers = unbuffered(headers)
            return start_response(status, headers, exc_info)

        return app(environ, start)

    return wsgi


# Clients choose the key, hence few; a site has few names, hence enough.
@lru_cache(maxsize=128)
def locate(host: str, sent: Any, scheme: str, listener: str) -> Place:
    """Decide on the authority that the app sees.

    host: as the edge has validated it, without port.  sent: as the client wrote it, or None.
    What the client wrote is taken only where it names the same host and a possible port.
    """
    name, port = split(host)
    name = name or "localhost"
    default = DEFAULT_PORTS[scheme]
    if sent:
        sent_name, sent_port = split(sent)
        if sent_name.rstrip(".").lower() == name.lower():
            name, port = sent_name.rstrip("."), sent_port
    elif not port and listener != default:
        port = listener
    return Place(name + ":" + port if port else name, name.lower(), port or default, bool(port))


def split(authority: str) -> Tuple[str, str]:
    """Host and port of `authority`, the port empty where there is none; both empty where it is neither."""
    match = _AUTHORITY.fullmatch(authority)
    if not match or int(match.group(2) or 0) > 65_535:
        return "", ""
    return match.group(1), match.group(2) or ""


def mount(environ: Environ, script: str) -> None:
    """Move `script` from the front of the path to SCRIPT_NAME, whatever was made of the path before."""
    path = environ["SCRIPT_NAME"] + environ["PATH_INFO"]
    environ["SCRIPT_NAME"] = script
    inside = path.startswith(script) and path[len(script) : len(script) + 1] in ("", "/")
    environ["PATH_INFO"] = path[len(script) :] if inside else path


def unbuffered(headers: Headers) -> Headers:
    """`headers` with the mark that makes the edge pass each event on, unless the app has decided itself."""
    if any(name.lower() == "x-accel-buffering" for name, _ in headers):
        return headers
    return [*headers, ("X-Accel-Buffering", "no")]
