"""From the text of a target to the callable that a server calls.

    load("shop.wsgi:application", "/srv/shop", ["/srv/shop/src"]) -> the WSGI or ASGI callable, or TargetError

`start.py` says how this package is entered; serving needs nothing else from here. What `resolve` found in addition
(the canonical target, by which rule) is for the probe.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional, Sequence, Tuple

from . import complaints, importing, paste, place
from .callables import ASGI, FACTORY, FACTORY_NAMES, WSGI, accepts, missing_arguments, role_of
from .failure import Details, Frame, TargetError
from .finding import callables_in, find_in
from .reference import Call, Reference, parse

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["Details", "Frame", "Loaded", "TargetError", "enter_folder", "load", "resolve"]


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
    app, canonical, because = _build(named, module, folder)
    if not reference.attribute:
        because = because or "`{}` is its callable".format(named.attribute)
    return Loaded(app, canonical, tuple(paths), because, module)


def enter_folder(folder: str, paths: Sequence[str]) -> None:
    """Make `folder` the working directory and `paths`, then `folder`, the front of `sys.path`."""
    os.chdir(folder)
    front = [*paths, *([] if folder in paths else [folder])]
    sys.path[:] = front + [entry for entry in sys.path if entry not in front]


def _import(reference: Reference, folder: str) -> ModuleType:
    if reference.module:
        return importing.import_module(reference.module, reference.text, folder)
    if not os.path.isfile(reference.file):
        raise complaints.missing_file(reference, reference.file)
    return importing.execute_file(reference.file, reference.text, folder)


def _build(reference: Reference, module: ModuleType, folder: str) -> Tuple[object, str, str]:
    value = _attribute(reference, module)
    if reference.call is not None:
        app = _called(value, reference, reference.call, folder)
        return _checked(app, reference), reference.canonical(), ""
    role = role_of(value)
    if role == FACTORY or (role is None and _is_named_as_factory(reference) and callable(value)):
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
            raise complaints.no_attribute(reference, name, module, callables_in(module)) from None
    return value


def _called(factory: Any, reference: Reference, call: Call, folder: str) -> Any:
    if not callable(factory):
        raise complaints.not_callable(reference, factory)
    missing = missing_arguments(factory, len(call.arguments), list(call.named))
    if missing or not accepts(factory, *call.arguments, **call.named):
        raise complaints.factory_arguments(reference, factory, missing)
    return importing.guarded(lambda: factory(*call.arguments, **call.named), "factory_failed", reference.text, folder)


def _checked(app: object, reference: Reference) -> object:
    if role_of(app) not in (WSGI, ASGI):
        raise complaints.not_callable(reference, app)
    return app


def _is_named_as_factory(reference: Reference) -> bool:
    return reference.attribute.rpartition(".")[2] in FACTORY_NAMES
