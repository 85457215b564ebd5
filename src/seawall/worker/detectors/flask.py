"""Flask: static folders from the URL map, limits and names from the configuration (https://flask.palletsprojects.com)."""

from __future__ import annotations

import inspect
import os
import sys
from typing import Any, List, Optional

from . import _routes
from ._detector import Description, Detector, Mount, prefix_of

_FILE_ARGUMENT = "<path:filename>"


def recognise(app: Any) -> bool:
    flask = sys.modules.get("flask")
    return isinstance(app, getattr(flask, "Flask", ()))


def describe(app: Any) -> Description:
    config = app.config
    limit = config.get("MAX_CONTENT_LENGTH")
    description = Description(
        body_limit=limit if isinstance(limit, int) and limit > 0 else None,
        prefix=config.get("APPLICATION_ROOT") or "/",
        routes=_routes.choose(rule.rule for rule in app.url_map.iter_rules() if _is_plain(rule)),
        hosts=_hosts(config.get("SERVER_NAME")),
        debug=bool(app.debug),
        state=_memory_stores(config) + _clients(app),
        remarks=_own_caches(config),
        guards=["`before_request`"] if app.before_request_funcs.get(None) else [],
        modules=sorted({app.import_name, *(str(view.__module__) for view in app.view_functions.values())}),
    )
    for rule in app.url_map.iter_rules():
        _add_static(app, rule, description)
    return description


def _add_static(app: Any, rule: Any, description: Description) -> None:
    if not (rule.endpoint == "static" or rule.endpoint.endswith(".static")) or not _is_everywhere(rule):
        return
    if not rule.rule.endswith(_FILE_ARGUMENT) or len(rule.arguments) != 1:
        return
    blueprint = rule.endpoint[: -len(".static")] if rule.endpoint != "static" else ""
    owner = app.blueprints.get(blueprint) if blueprint else app
    folder = getattr(owner, "static_folder", None)
    if not folder:
        return
    url = prefix_of(rule.rule[: -len(_FILE_ARGUMENT)])
    if _is_guarded(app, blueprint) or not _is_flasks_own(app.view_functions.get(rule.endpoint), owner):
        description.remarks.append("`{}` is served by code of the app's own, so it stays with the app.".format(url))
        return
    origin = "blueprint `{}`".format(blueprint) if blueprint else "Flask `static_folder`"
    description.static.append(Mount(url, os.path.abspath(folder), origin))


def _is_guarded(app: Any, blueprint: str) -> bool:
    """Tell whether a blueprint, or one around it, looks at requests first, as an area behind a login does."""
    parts = blueprint.split(".")
    around = [".".join(parts[: i + 1]) for i in range(len(parts))]
    return bool(blueprint) and any(app.before_request_funcs.get(name) for name in around)


def _is_flasks_own(view: Any, owner: Any) -> bool:
    """Tell whether nobody put a check of their own (a login, say) in front of the files."""
    sender = inspect.unwrap(type(owner).send_static_file)
    modules = [getattr(view, "__module__", ""), sender.__module__]
    return not hasattr(view, "__wrapped__") and all(str(name).partition(".")[0] == "flask" for name in modules)


def _is_plain(rule: Any) -> bool:
    return "GET" in (rule.methods or ()) and not rule.arguments and _is_everywhere(rule) and not rule.websocket


def _is_everywhere(rule: Any) -> bool:
    return not rule.host and not rule.subdomain and not rule.build_only


def _hosts(server_name: Optional[str]) -> List[str]:
    return [server_name.rsplit(":", 1)[0]] if server_name else []


def _memory_stores(config: Any) -> List[str]:
    uris = {"SQLALCHEMY_DATABASE_URI": config.get("SQLALCHEMY_DATABASE_URI"), "DATABASE": config.get("DATABASE")}
    binds = config.get("SQLALCHEMY_BINDS")
    if isinstance(binds, dict):
        uris.update({"SQLALCHEMY_BINDS[{!r}]".format(name): uri for name, uri in binds.items()})
    return ["`{}` is a database in memory".format(name) for name, uri in uris.items() if is_memory(uri)]


def _clients(app: Any) -> List[str]:
    return ["Socket.IO keeps its clients in the process"] if "socketio" in app.extensions else []


def _own_caches(config: Any) -> List[str]:
    kept = {"CACHE_TYPE": ("simple", "SimpleCache"), "RATELIMIT_STORAGE_URI": ("memory://",)}
    found = [name for name, values in kept.items() if str(config.get(name, "")).endswith(values)]
    return ["Each process has its own store for `{}`; they do not share it.".format(name) for name in found]


def is_memory(uri: object) -> bool:
    """Tell whether a database address means SQLite in this process's memory."""
    text = str(uri or "")
    return text in (":memory:", "sqlite://", "sqlite:///") or (text.startswith("sqlite") and ":memory:" in text)


DETECTOR = Detector("Flask", "flask", recognise, describe)
