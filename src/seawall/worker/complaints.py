"""The sentences for targets that are found and yet are not an app."""

from __future__ import annotations

import difflib
import sys
from typing import TYPE_CHECKING, List

from .callables import required_arguments
from .failure import Details, TargetError

if TYPE_CHECKING:
    from types import ModuleType

    from .reference import Reference


def missing_file(reference: Reference, path: str) -> TargetError:
    details = Details(saw="no such file", where=path, hint="name a module, a file or a folder that exists")
    return TargetError("no_module", reference.text, "`{}` cannot be found".format(reference.text), details)


def ambiguous(reference: Reference, names: List[str]) -> TargetError:
    targets = [reference.naming(name).canonical() for name in names]
    details = Details(
        saw="several apps: " + ", ".join("`{}`".format(name) for name in names),
        hint="name one: " + " or ".join("`seawall up {}`".format(target) for target in targets),
        candidates=targets,
    )
    return TargetError("ambiguous", reference.text, "`{}` holds more than one app".format(reference.text), details)


def holds_nothing(reference: Reference, module: ModuleType) -> TargetError:
    file = getattr(module, "__file__", None)
    details = Details(
        saw="no WSGI or ASGI callable in `{}`".format(file or module.__name__),
        where=file or "",
        hint="name it: `{}:NAME`".format(reference.place()),
    )
    return TargetError("no_attribute", reference.text, "`{}` holds no app".format(reference.text), details)


def no_attribute(reference: Reference, name: str, module: ModuleType, there: List[str]) -> TargetError:
    names = there or [known for known in vars(module) if not known.startswith("_")]
    near = difflib.get_close_matches(name, names, n=1)
    targets = [reference.place() + ":" + found for found in there]
    hint = "did you mean `{}:{}`?".format(reference.place(), near[0]) if near else ""
    if not near and targets:
        hint = "it has " + ", ".join("`{}`".format(target) for target in targets)
    details = Details(
        saw="no attribute `{}`".format(name),
        where=getattr(module, "__file__", None) or "",
        hint=hint,
        candidates=targets,
    )
    return TargetError("no_attribute", reference.text, "`{}` has no `{}`".format(reference.place(), name), details)


def factory_arguments(reference: Reference, factory: object, missing: List[str]) -> TargetError:
    names = missing or required_arguments(factory)
    call = "{}({})".format(reference.attribute, ", ".join("{}=…".format(name) for name in names))
    needed = "the factory needs " + ", ".join("`{}`".format(name) for name in names)
    details = Details(
        saw=needed if missing else "the arguments do not fit the factory's signature",
        where=_definition(factory) or _file(reference),
        hint="write them into the target: `seawall up '{}:{}'`".format(reference.place(), call),
        candidates=[],
    )
    return TargetError("factory_arguments", reference.text, "`{}` needs arguments".format(reference.text), details)


def not_callable(reference: Reference, value: object) -> TargetError:
    kind = type(value)
    saw = "None" if value is None else "an object of type `{}.{}`".format(kind.__module__, kind.__qualname__)
    hint = "name a WSGI or ASGI callable: a function or an object that takes (environ, start_response)"
    details = Details(saw=saw, where=_definition(value) or _file(reference), hint=hint)
    return TargetError("not_callable", reference.text, "`{}` is not an app".format(reference.text), details)


def _definition(value: object) -> str:
    """Where a function is written, as `file:line`; "" for anything else."""
    code = getattr(value, "__code__", None)
    file, line = getattr(code, "co_filename", ""), getattr(code, "co_firstlineno", 0)
    return "{}:{}".format(file, line) if file else ""


def _file(reference: Reference) -> str:
    module = sys.modules.get(reference.module)
    return getattr(module, "__file__", None) or reference.file or reference.ini
