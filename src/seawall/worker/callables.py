"""What an object is to a server: a WSGI app, an ASGI app, a factory of one, or nothing."""

from __future__ import annotations

import inspect
from typing import Any, List, Optional

WSGI = "wsgi"
ASGI = "asgi"
FACTORY = "factory"

FACTORY_NAMES = (
    "create_app",
    "make_app",
    "build_app",
    "get_app",
    "app_factory",
    "create_application",
    "make_application",
    "build_application",
    "get_application",
    "application_factory",
    "create_wsgi_app",
    "make_wsgi_app",
)
_ENVIRON_NAMES = ("environ", "env", "e", "_environ", "_env", "req", "request")


def role_of(value: object) -> Optional[str]:
    """Tell `WSGI`, `ASGI`, `FACTORY` (callable without arguments), or None. Nothing is called."""
    target: Any = value
    if not callable(target):
        return None
    if inspect.isclass(target):
        return _role_of_class(target)
    return _role_of_function(target) if inspect.isroutine(target) else _role_of_instance(target)


def peek(value: Any, name: str) -> Any:
    """Read an attribute of a stranger's object; None when it has none or answers with any exception."""
    try:
        return getattr(value, name, None)
    except Exception:
        return None


def required_arguments(value: Any) -> List[str]:
    """Names of the arguments that a caller must give."""
    signature = _signature(value)
    return [p.name for p in signature.parameters.values() if _is_required(p)] if signature else []


def missing_arguments(value: Any, given: int, named: List[str]) -> List[str]:
    """Names of required arguments that a call with these would leave out."""
    signature = _signature(value)
    if signature is None:
        return []
    names = [name for name, p in signature.parameters.items() if p.kind is not p.VAR_KEYWORD]
    filled = set(names[:given]) | set(named)
    return [name for name in names if _is_required(signature.parameters[name]) and name not in filled]


def accepts(value: Any, *arguments: object, **named: object) -> bool:
    """Whether a call with these arguments fits the signature; unknown signatures fit."""
    signature = _signature(value)
    if signature is None:
        return True
    try:
        signature.bind(*arguments, **named)
    except TypeError:
        return False
    return True


def _role_of_class(value: Any) -> Optional[str]:
    required = required_arguments(value)
    if not required:
        return FACTORY
    if len(required) == 1 and required[0] == "scope":
        return ASGI
    if len(required) == 2 and _looks_like_environ(required[0]) and hasattr(value, "__iter__"):
        return WSGI
    return None


def _role_of_function(value: Any) -> Optional[str]:
    required = required_arguments(value)
    if getattr(value, "__name__", "") in FACTORY_NAMES and not _looks_like_environ(*required[:1]):
        return None if required else FACTORY
    if _is_asgi(value, required):
        return ASGI
    if inspect.iscoroutinefunction(value):
        return None
    if required:
        return WSGI if _takes_environ(value, required) else None
    return WSGI if _takes_anything(value) else FACTORY


def _role_of_instance(value: Any) -> Optional[str]:
    call = peek(value, "__call__")
    if call is None:  # a proxy to something that exists during a request only
        return None
    if _is_asgi(call, required_arguments(call)):
        return ASGI
    if inspect.iscoroutinefunction(call) or not accepts(call, {}, print):
        return None
    return WSGI


def _is_asgi(call: Any, required: List[str]) -> bool:
    if inspect.iscoroutinefunction(call):
        return accepts(call, {}, print, print)
    return required[:1] == ["scope"] or (len(required) == 3 and required[1:] == ["receive", "send"])


def _takes_environ(call: Any, required: List[str]) -> bool:
    return accepts(call, {}, print) and (len(required) == 2 or _looks_like_environ(required[0]))


def _takes_anything(call: Any) -> bool:
    signature = _signature(call)
    return signature is None or any(p.kind is p.VAR_POSITIONAL for p in signature.parameters.values())


def _looks_like_environ(*names: str) -> bool:
    return any(name in _ENVIRON_NAMES for name in names)


def _is_required(parameter: inspect.Parameter) -> bool:
    variable = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    return parameter.default is parameter.empty and not variable


def _signature(value: Any) -> Optional[inspect.Signature]:
    try:
        return inspect.signature(value)
    except (TypeError, ValueError):
        return None
