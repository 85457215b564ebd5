"""Which name in an imported module is the app."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, List

from . import complaints
from .callables import ASGI, FACTORY_NAMES, WSGI, peek, required_arguments, role_of
from .layers import unwrap

if TYPE_CHECKING:
    from types import ModuleType

    from .reference import Reference

NAMES = ("app", "application", "server", "wsgi_app", "wsgi", "api")
INNER_NAMES = ("server", "wsgi_app", "app")
_FIRST_ARGUMENTS = ("environ", "env", "scope")


def find_in(module: ModuleType, reference: Reference) -> Reference:
    """Find the callable of a module named alone: a usual name, the only one, one inside an object, a factory."""
    usual = _outermost(module)
    if usual:
        return reference.naming(usual[0])
    apps = apps_in(module)
    if len(apps) > 1:
        raise complaints.ambiguous(reference, apps)
    found = apps or _inner_apps(module) or factories_in(module)
    if not found:
        raise complaints.holds_nothing(reference, module)
    return reference.naming(found[0])


def apps_in(module: ModuleType) -> List[str]:
    """Name the app objects of a module, one name for each object."""
    found: List[str] = []
    seen: List[int] = []
    for name, value in list(vars(module).items()):
        if not name.startswith("_") and id(value) not in seen and _is_app(value, module):
            found.append(name)
            seen.append(id(value))
    return found


def factories_in(module: ModuleType) -> List[str]:
    return [name for name in FACTORY_NAMES if callable(peek(module, name))]


def callables_in(module: ModuleType) -> List[str]:
    """List what a target could name."""
    return apps_in(module) + [name + "()" for name in factories_in(module)]


def _outermost(module: ModuleType) -> List[str]:
    """Name the apps with a usual name, without those that another one of them wraps."""
    named = {name: peek(module, name) for name in NAMES}
    apps = {name: value for name, value in named.items() if _is_likely(value)}
    wrapped = [layer.app for value in apps.values() for layer in unwrap(value) if layer.app is not value]
    return [name for name, value in apps.items() if not any(value is inner for inner in wrapped)] or list(apps)


def _is_likely(value: Any) -> bool:
    """Tell an app from objects that take anything, as a command-line program named `app` does."""
    if inspect.isclass(value) or role_of(value) not in (WSGI, ASGI):
        return False
    return inspect.isroutine(value) or bool(required_arguments(peek(value, "__call__")))


def _inner_apps(module: ModuleType) -> List[str]:
    """Name attributes of an object that is no callable itself and holds one, as a Dash app holds its `server`."""
    found = []
    for name in NAMES:
        value = peek(module, name)
        if value is None or inspect.ismodule(value) or inspect.isclass(value) or role_of(value) is not None:
            continue
        found += [name + "." + inner for inner in INNER_NAMES if role_of(peek(value, inner)) in (WSGI, ASGI)][:1]
    return found


def _is_app(value: Any, module: ModuleType) -> bool:
    """Tell an app from the many callables of two arguments, by the name of its first argument.

    The type is asked, not the object: a proxy such as Flask's `request` raises when it is touched outside a request.
    """
    if inspect.isclass(value) or inspect.ismodule(value):
        return False
    if inspect.isfunction(value):
        return value.__module__ == module.__name__ and required_arguments(value)[:1] in _firsts()
    call = getattr(type(value), "__call__", None)  # noqa: B004  its signature is wanted
    return required_arguments(call)[1:2] in _firsts() and role_of(value) in (WSGI, ASGI)


def _firsts() -> List[List[str]]:
    return [[name] for name in _FIRST_ARGUMENTS]
