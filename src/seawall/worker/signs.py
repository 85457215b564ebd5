"""Signs in the source of a module that it keeps state in the process."""

from __future__ import annotations

import ast
import os
from typing import Dict, Iterator, List, Set

_STORES = ("dict", "list", "set", "defaultdict", "OrderedDict", "deque", "Counter")
_CHANGING = (
    "append", "appendleft", "add", "update", "pop", "popleft", "popitem", "extend", "insert", "remove", "discard",
    "clear", "setdefault",
)  # fmt: skip
_RANDOM = ("urandom", "token_bytes", "token_hex", "token_urlsafe", "uuid4", "get_random_secret_key")
_MOST = 3


def read(file: str) -> List[str]:
    """Name the module-level stores that functions of the same module change."""
    try:
        with open(file, "rb") as source:
            tree = ast.parse(source.read())
    except (OSError, SyntaxError, ValueError):
        return []
    name = os.path.basename(file)
    changed = _changes(tree, set(_stores(tree)))
    phrases = ["`{}` in {} is changed by `{}`".format(store, name, maker) for store, maker in changed.items()]
    if any(_makes_secret(node) for node in ast.walk(tree)):
        phrases.append("the secret key in {} is made anew by each process".format(name))
    return phrases[:_MOST]


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
    at_import = _called_at_import(tree)
    for function in ast.walk(tree):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) and function.name not in at_import:
            own = _local_names(function)
            for name in _changed_names(function):
                if _is_kept(name) and (name in _globals(function) or (name in stores and name not in own)):
                    found.setdefault(name, function.name)
    return found


def _is_kept(name: str) -> bool:
    """Tell a store from a cache, which each process may have for itself."""
    return bool(name) and not any(word in name.lower() for word in ("cache", "memo"))


def _called_at_import(tree: ast.Module) -> Set[str]:
    """Name the functions that fill a store while the module is loaded, as registries do: every process agrees."""
    calls = [node for statement in tree.body for node in _calls_of(statement)]
    return {call.id for call in calls if isinstance(call, ast.Name)}


def _calls_of(statement: ast.stmt) -> Iterator[ast.expr]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        for decorator in statement.decorator_list:
            yield decorator.func if isinstance(decorator, ast.Call) else decorator
    elif not (isinstance(statement, ast.If) and "__main__" in ast.dump(statement.test)):
        yield from (node.func for node in ast.walk(statement) if isinstance(node, ast.Call))


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


def _makes_secret(node: ast.AST) -> bool:
    """Tell whether a random secret is assigned: sessions signed by one process are foreign to the next."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
        return False
    maker = getattr(node.value.func, "attr", getattr(node.value.func, "id", ""))
    return maker in _RANDOM and any("secret_key" in ast.dump(target).lower() for target in node.targets)
