"""From the text of a target to the callable that a server calls.

    load("shop.wsgi:application", "/srv/shop", ["/srv/shop/src"]) -> the WSGI or ASGI callable, or TargetError

`start.py` says how this package is entered; serving needs nothing else from here. What `resolve` found in addition
(the canonical target, by which rule) is for the probe.
"""

from __future__ import annotations

import difflib
import os
import sys
from dataclasses import dataclass
from types import ModuleType
from typing import Any, List, Optional, Sequence, Tuple

from . import importing, paste, place
from .callables import ASGI, FACTORY, FACTORY_NAMES, WSGI, accepts, missing_arguments, required_arguments, role_of
from .failure import Details, Frame, TargetError
from .reference import Call, Reference, parse

__all__ = ["Frame", "Loaded", "TargetError", "enter_folder", "load", "resolve"]

NAMES = ("app", "application", "server", "wsgi_app", "wsgi", "api")
INNER_NAMES = ("server", "wsgi_app", "app")


@dataclass(frozen=True)
class Loaded:
    """The callable, its canonical target, the paths it needs, and why it was this one ("" when it was named)."""

    app: object
    target: str
    paths: Tuple[str, ...]
    because: str = ""
    module: Optional[ModuleType] = None


def load(target: str, folder: str, paths: Sequence[str]) -> object:
    """Enter `folder`, put `paths` in front of `sys.path`, import `target` and return its callable."""
    return resolve(target, folder, paths).app


def resolve(target: str, folder: str, paths: Sequence[str]) -> Loaded:
    reference = parse(target, folder)
    if reference.file:
        reference, more = place.by_name(reference, folder)
        paths = [*paths, *(path for path in more if path not in paths)]
    enter_folder(folder, paths)
    if reference.ini:
        app = paste.load(reference, folder)
        return Loaded(_checked(app, reference), reference.canonical(), tuple(paths))
    module = _import(reference, folder)
    named = reference if reference.attribute else find_in(module, reference)
    app, target, because = _build(named, module, folder)
    if not reference.attribute:
        because = because or "`{}` is the callable in `{}`".format(named.attribute, reference.module or reference.file)
    return Loaded(app, target, tuple(paths), because, module)


def enter_folder(folder: str, paths: Sequence[str]) -> None:
    """Make `folder` the working directory and `paths`, then `folder`, the front of `sys.path`."""
    os.chdir(folder)
    front = [*paths, *([] if folder in paths else [folder])]
    sys.path[:] = front + [entry for entry in sys.path if entry not in front]


def find_in(module: ModuleType, reference: Reference) -> Reference:
    """The callable of a module that was named alone: by the usual names, then the only one, then a factory."""
    for name in NAMES:
        value = getattr(module, name, None)
        if role_of(value) in (WSGI, ASGI) and not isinstance(value, type):
            return reference.naming(name)
        inner = _inner(value)
        if inner and not any(role_of(getattr(module, other, None)) == WSGI for other in NAMES):
            return reference.naming(name + "." + inner)
    apps = _distinct_apps(module)
    if len(apps) > 1:
        raise _ambiguous(reference, apps)
    found = apps or [name for name in FACTORY_NAMES if callable(getattr(module, name, None))]
    if not found:
        raise _holds_nothing(reference, module)
    return reference.naming(found[0])


def callables_in(module: ModuleType) -> List[str]:
    """Names in a module that a target could name."""
    factories = [name for name in FACTORY_NAMES if callable(getattr(module, name, None))]
    return _distinct_apps(module) + [name + "()" for name in factories]


def _import(reference: Reference, folder: str) -> ModuleType:
    if reference.module:
        return importing.import_module(reference.module, reference.text, folder)
    if not os.path.isfile(reference.file):
        details = Details(saw="no such file", where=reference.file, hint="name a module, a file or a folder")
        raise TargetError("no_module", reference.text, "`{}` cannot be found".format(reference.text), details)
    return importing.execute_file(reference.file, reference.text, folder)


def _build(reference: Reference, module: ModuleType, folder: str) -> Tuple[object, str, str]:
    value = _attribute(reference, module)
    if reference.call is not None:
        return _checked(_called(value, reference, reference.call, folder), reference), reference.canonical(), ""
    role = role_of(value)
    if role == FACTORY or (role is None and _is_named_as_factory(reference)):
        app = _called(value, reference, Call((), {}), folder)
        because = "`{}` is a factory, so it is called".format(reference.attribute)
        return _checked(app, reference), reference.canonical(called=True), because
    return _checked(value, reference), reference.canonical(), ""


def _attribute(reference: Reference, module: ModuleType) -> Any:
    value: Any = module
    for name in reference.attribute.split("."):
        try:
            value = getattr(value, name)
        except AttributeError:
            raise _no_attribute(reference, name, module) from None
    return value


def _called(factory: Any, reference: Reference, call: Call, folder: str) -> object:
    if not callable(factory):
        raise _not_callable(reference, factory)
    missing = missing_arguments(factory, len(call.arguments), list(call.named))
    if missing or not accepts(factory, *call.arguments, **call.named):
        raise _arguments(reference, factory, missing)
    build = importing.guarded(
        lambda: factory(*call.arguments, **call.named), "factory_failed", reference.text, folder
    )
    return build  # type: ignore[no-any-return]


def _checked(app: object, reference: Reference) -> object:
    if role_of(app) not in (WSGI, ASGI):
        raise _not_callable(reference, app)
    return app


def _inner(value: object) -> str:
    """The attribute of an object that is no callable itself and holds one, as a Dash app holds its `server`."""
    if value is None or isinstance(value, (type, ModuleType)) or role_of(value) is not None:
        return ""
    return next((name for name in INNER_NAMES if role_of(getattr(value, name, None)) in (WSGI, ASGI)), "")


def _distinct_apps(module: ModuleType) -> List[str]:
    """Names of the app objects of a module, one for each object: instances, and functions written in it."""
    found: List[str] = []
    seen: List[int] = []
    for name, value in list(vars(module).items()):
        if name.startswith("_") or isinstance(value, type) or id(value) in seen:
            continue
        if role_of(value) in (WSGI, ASGI) and _belongs(value, module):
            found.append(name)
            seen.append(id(value))
    return found


def _belongs(value: Any, module: ModuleType) -> bool:
    """Functions are apps by signature alone, so imported ones and those of two odd arguments do not count."""
    if not hasattr(value, "__code__"):
        return not hasattr(value, "__wrapped__") and "environ" in str(_call_names(value))
    return value.__module__ == module.__name__ and required_arguments(value)[:1] in (["environ"], ["env"], ["scope"])


def _call_names(value: Any) -> List[str]:
    names = required_arguments(value.__call__)
    return ["environ"] if names[:1] in (["environ"], ["env"], ["scope"], ["request"]) else names


def _is_named_as_factory(reference: Reference) -> bool:
    return reference.attribute.rpartition(".")[2] in FACTORY_NAMES


def _ambiguous(reference: Reference, names: List[str]) -> TargetError:
    targets = [reference.naming(name).canonical() for name in names]
    details = Details(
        saw="several apps: " + ", ".join("`{}`".format(name) for name in names),
        hint="name one: " + " or ".join("`seawall up {}`".format(target) for target in targets),
        candidates=targets,
    )
    return TargetError("ambiguous", reference.text, "`{}` holds more than one app".format(reference.text), details)


def _holds_nothing(reference: Reference, module: ModuleType) -> TargetError:
    saw = "no WSGI or ASGI callable in `{}`".format(getattr(module, "__file__", None) or module.__name__)
    details = Details(saw=saw, hint="name it: `{}:NAME`".format(reference.text))
    return TargetError("no_attribute", reference.text, "`{}` holds no app".format(reference.text), details)


def _no_attribute(reference: Reference, name: str, module: ModuleType) -> TargetError:
    there = callables_in(module)
    near = difflib.get_close_matches(name, there or [n for n in vars(module) if not n.startswith("_")], n=3)
    place_text = reference.module or reference.file
    targets = [place_text + ":" + found for found in there]
    hint = "did you mean `{}:{}`?".format(place_text, near[0]) if near else ""
    if not near and targets:
        hint = "it has " + ", ".join("`{}`".format(target) for target in targets)
    details = Details(
        saw="no attribute `{}`".format(name), where=getattr(module, "__file__", "") or "", hint=hint, candidates=targets
    )
    return TargetError("no_attribute", reference.text, "`{}` has no `{}`".format(place_text, name), details)


def _arguments(reference: Reference, factory: object, missing: List[str]) -> TargetError:
    names = missing or required_arguments(factory)
    call = "{}({})".format(reference.attribute, ", ".join("{}=…".format(name) for name in names))
    details = Details(
        saw="the factory needs " + ", ".join("`{}`".format(name) for name in names) if missing else "the arguments do not fit",
        hint="write them into the target: `seawall up '{}:{}'`".format(reference.module or reference.file, call),
    )
    return TargetError("factory_arguments", reference.text, "`{}` needs arguments".format(reference.attribute), details)


def _not_callable(reference: Reference, value: object) -> TargetError:
    kind = type(value)
    saw = "an object of type `{}.{}`".format(kind.__module__, kind.__qualname__) if value is not None else "None"
    details = Details(saw=saw, hint="name a WSGI or ASGI callable: a function or object that takes (environ, start_response)")
    return TargetError("not_callable", reference.text, "`{}` is not an app".format(reference.text), details)
