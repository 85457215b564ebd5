"""The text of a target, parsed: where the code is, and which expression in it gives the callable."""

from __future__ import annotations

import ast
import os
import re
from dataclasses import dataclass, replace
from typing import Any, Dict, List, Optional, Tuple

from .failure import Details, TargetError

FORMS = "`module:attribute`, `module:factory()`, a file, a folder, or `settings.ini#name`"
_FILE = re.compile(r"^(?P<place>.+?\.(?:py|wsgi))(?::(?P<expression>.+))?\Z", re.DOTALL)
_INI = re.compile(r"^(?P<place>.+\.ini)(?:#(?P<expression>.+))?\Z", re.DOTALL)
_MODULE = re.compile(r"^[^\W\d]\w*(\.[^\W\d]\w*)*\Z")


@dataclass(frozen=True)
class Call:
    """Literal arguments of a factory call."""

    arguments: Tuple[Any, ...]
    named: Dict[str, Any]


@dataclass(frozen=True)
class Reference:
    """One of `module`, `file` (Python source) and `ini` (PasteDeploy) is set; `attribute` is "" when it is to be found.

    expression: the text after the colon, as it was written.
    """

    text: str
    module: str = ""
    file: str = ""
    ini: str = ""
    attribute: str = ""
    expression: str = ""
    call: Optional[Call] = None

    def naming(self, expression: str) -> Reference:
        """Return the same place with another expression."""
        return replace(self, **_read_expression(self.text, expression))

    def place(self) -> str:
        return self.module or self.file or self.ini

    def canonical(self, *, called: bool = False) -> str:
        if self.ini:
            return self.ini + "#" + self.attribute
        return self.place() + ":" + self.expression + "()" * called


def parse(target: str, folder: str) -> Reference:
    """Read any form of target; files become absolute below `folder`."""
    ini = _INI.match(target)
    if ini:
        return Reference(target, ini=_absolute(ini["place"], folder), attribute=ini["expression"] or "main")
    file = _FILE.match(target)
    if file and not _is_module_named_wsgi(file["place"], folder):
        return _with_expression(Reference(target, file=_absolute(file["place"], folder)), file["expression"])
    module, _, expression = target.partition(":")
    if not _MODULE.match(module):
        raise _unreadable(target, "`{}` is neither a module nor a file".format(module))
    return _with_expression(Reference(target, module=module), expression)


def _with_expression(reference: Reference, expression: Optional[str]) -> Reference:
    return reference.naming(expression) if expression else reference


def _read_expression(target: str, expression: str) -> Dict[str, Any]:
    try:
        node: ast.expr = ast.parse(expression.strip(), mode="eval").body
    except SyntaxError:
        raise _unreadable(target, "`{}` is not an attribute or a call".format(expression)) from None
    call = None
    if isinstance(node, ast.Call):
        call, node = _read_call(target, node), node.func
    return {"attribute": ".".join(_names(target, node)), "expression": expression.strip(), "call": call}


def _read_call(target: str, node: ast.Call) -> Call:
    try:
        named = {word.arg: ast.literal_eval(word.value) for word in node.keywords if word.arg}
        arguments = tuple(ast.literal_eval(argument) for argument in node.args)
    except ValueError:
        raise _unreadable(target, "the arguments must be literals: strings, numbers, lists, True, None") from None
    if len(named) != len(node.keywords):
        raise _unreadable(target, "`**` has no meaning in a target")
    return Call(arguments, named)


def _names(target: str, node: ast.expr) -> List[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [*_names(target, node.value), node.attr]
    raise _unreadable(target, "only names, dots and one call are understood after the colon")


def _absolute(path: str, folder: str) -> str:
    return os.path.normpath(os.path.join(folder, os.path.expanduser(path)))


def _is_module_named_wsgi(place: str, folder: str) -> bool:
    """Tell the module `shop.wsgi` from the file of that name."""
    if not place.endswith(".wsgi") or not _MODULE.match(place):
        return False
    module = os.path.join(folder, *place.split(".")) + ".py"
    return os.path.isfile(module) or not os.path.isfile(_absolute(place, folder))


def _unreadable(target: str, saw: str) -> TargetError:
    details = Details(saw=saw, hint="write " + FORMS)
    return TargetError("bad_target", target, "`{}` is not a target".format(target), details)
