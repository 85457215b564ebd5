"""What a file's syntax tree says about an app in it, without running a line."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Iterator, List, Optional

from .callables import FACTORY_NAMES

# Classes and functions whose result is an app; compared with the last part of the called name.
MAKERS = frozenset(
    (
        "Flask", "Bottle", "default_app", "FastAPI", "Starlette", "Quart", "Litestar", "Sanic", "Dash", "Application",
        "get_wsgi_application", "get_asgi_application", "make_wsgi_app", "WSGIApplication", "APIFlask", "OpenAPI",
        "Eve", "Router", "Chalice", "Responder", "DispatcherMiddleware", "SharedDataMiddleware", "WhiteNoise",
        "WsgiToAsgi", "ASGIMiddleware", "WSGIMiddleware", "loadapp",
    )
)  # fmt: skip
APP_NAMES = frozenset(("app", "application", "server", "wsgi_app", "wsgi", "api"))


@dataclass
class Evidence:
    """Names in a file: `apps` were made by a known maker, `maybe` carry a usual name and may be anything."""

    apps: List[str] = field(default_factory=list)
    factories: List[str] = field(default_factory=list)
    maybe: List[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.apps or self.factories or self.maybe)


def scan(path: str) -> Evidence:
    """Read one file; one that is not Python any more counts as `maybe`, so that importing it tells the error."""
    evidence = Evidence()
    try:
        with open(path, "rb") as source:
            tree = ast.parse(source.read(), path)
    except SyntaxError:
        evidence.maybe.append("app")
        return evidence
    except (OSError, ValueError):
        return evidence
    makers = MAKERS | {"App", "API"} if _imports(tree, "falcon") else MAKERS
    for node in _top_level(tree.body):
        _weigh(node, makers, evidence)
    return evidence


def text_of(path: str, name: str) -> Optional[str]:
    """Return the string that a file assigns to `name` at its top level."""
    try:
        with open(path, "rb") as source:
            tree = ast.parse(source.read(), path)
    except (OSError, SyntaxError, ValueError):
        return None
    for node in _top_level(tree.body):
        if isinstance(node, ast.Assign) and name in _assigned(node):
            try:
                value = ast.literal_eval(node.value)
            except ValueError:
                return None
            return value if isinstance(value, str) else None
    return None


def _weigh(node: ast.stmt, makers: frozenset[str], evidence: Evidence) -> None:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        if node.name in FACTORY_NAMES:
            evidence.factories.append(node.name)
        elif _takes(node, ("environ", "start_response")) or _takes(node, ("scope", "receive", "send")):
            evidence.apps.append(node.name)
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        kind = evidence.apps if _tail(node.value) in makers or _tail(node.value) in FACTORY_NAMES else None
        for name in _assigned(node):
            if kind is not None:
                kind.append(name)
            elif name in APP_NAMES:
                evidence.maybe.append(name)
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        names = [alias.asname or alias.name for alias in node.names]
        evidence.maybe += [name for name in names if name in APP_NAMES]
        evidence.factories += [name for name in names if name in FACTORY_NAMES]
    elif isinstance(node, ast.ClassDef) and node.name in APP_NAMES:
        evidence.maybe.append(node.name)


def _top_level(body: List[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If) and not _is_main_guard(node):
            yield from _top_level(node.body + node.orelse)
        elif isinstance(node, ast.Try):
            yield from _top_level(node.body + node.orelse + [s for h in node.handlers for s in h.body])
        elif isinstance(node, ast.With):
            yield from _top_level(node.body)
        else:
            yield node


def _is_main_guard(node: ast.If) -> bool:
    return "__main__" in ast.dump(node.test)


def _assigned(node: ast.stmt) -> List[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _tail(value: Optional[ast.expr]) -> str:
    called = value.func if isinstance(value, ast.Call) else None
    return str(getattr(called, "id", getattr(called, "attr", "")))


def _takes(node: ast.stmt, names: tuple[str, ...]) -> bool:
    arguments = [argument.arg for argument in getattr(node, "args").args]  # noqa: B009
    return tuple(arguments) == names


def _imports(tree: ast.Module, package: str) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(alias.name.split(".")[0] == package for alias in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package:
            return True
    return False
