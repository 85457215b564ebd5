"""Signs in the source of the app's module that it keeps state in the process."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING, Dict, Iterator, List, Optional, Set

if TYPE_CHECKING:
    from types import ModuleType

_STORES = ("dict", "list", "set", "defaultdict", "OrderedDict", "deque", "Counter")
_CHANGING = (
    "append", "appendleft", "add", "update", "pop", "popleft", "popitem", "extend", "insert", "remove", "discard",
    "clear", "setdefault",
)  # fmt: skip
_MOST = 3


def read(module: Optional[ModuleType]) -> List[str]:
    """Name the module-level stores that functions of the same module change."""
    file = getattr(module, "__file__", None)
    if not file or not file.endswith((".py", ".wsgi")):
        return []
    try:
        with open(file, "rb") as source:
            tree = ast.parse(source.read())
    except (OSError, SyntaxError, ValueError):
        return []
    changed = _changes(tree, set(_stores(tree)))
    name = os.path.basename(file)
    return ["`{}` in {} is changed by `{}`".format(store, name, function) for store, function in changed.items()][
        :_MOST
    ]


def _stores(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and _is_store(node.value):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield from [node.target.id] if _is_store(node.value) else []


def _is_store(value: ast.expr) -> bool:
    if isinstance(value, (ast.Dict, ast.List, ast.Set)):
        return True
    called = value.func if isinstance(value, ast.Call) else None
    name = getattr(called, "id", getattr(called, "attr", ""))
    return name in _STORES


def _changes(tree: ast.Module, stores: Set[str]) -> Dict[str, str]:
    found: Dict[str, str] = {}
    for function in ast.walk(tree):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            own = _local_names(function)
            for name in _changed_names(function):
                if name in _globals(function) or (name in stores and name not in own):
                    found.setdefault(name, function.name)
    return found


def _changed_names(function: ast.AST) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, (ast.Assign, ast.Delete)):
            yield from (_subject(target) for target in node.targets)
        elif isinstance(node, ast.AugAssign):
            yield _subject(node.target)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
            yield _root(node.func.value)


def _subject(target: ast.expr) -> str:
    """Return the name whose content an assignment to `target` changes."""
    return target.id if isinstance(target, ast.Name) else _root(target) if isinstance(target, ast.Subscript) else ""


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _local_names(function: ast.AST) -> Set[str]:
    names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    arguments = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    return (names | arguments) - _globals(function)


def _globals(function: ast.AST) -> Set[str]:
    return {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}
