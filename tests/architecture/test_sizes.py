"""How big things are. An outlier is printed; one that nobody has agreed to fails."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from house import Module, modules

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
MOST_POSITIONAL = 4
# What was looked at and left: the reason, and no more than this. An entry that is no longer needed fails.
AGREED = {
    "cli/serving.py _look_and_serve positional": (5, "the seams of one story"),
    "cli/starting.py start positional": (5, "as `_look_and_serve`"),
    "config/schema.py _setting positional": (5, "a row of a table"),
    "planning/health.py choose_health positional": (5, "a question's facts"),
    "planning/static.py choose_static positional": (5, "a question's facts"),
    "planning/static.py _from_app positional": (5, "a question's facts"),
    "servers/gunicorn.py build positional": (6, "the shape of every adapter"),
    "servers/gunicorn.py _settings positional": (6, "as `build`"),
}


def test_outliers_are_few_and_agreed_to():
    outliers = {name: (size, where) for module in modules() for name, size, where in _outliers(module)}
    for name, (size, where) in sorted(outliers.items()):
        print(f"{where}: {name} {size}")

    new = [f"{where} {name} {size}" for name, (size, where) in outliers.items() if size > AGREED.get(name, (0,))[0]]
    assert new == []
    assert sorted(set(AGREED) - set(outliers)) == [], "no longer an outlier: take it out of AGREED"


def test_modules_are_small():
    lengths = sorted(module.lines for module in modules())

    assert lengths[len(lengths) // 2] <= 100
    assert lengths[int(len(lengths) * 0.9)] <= 250


def test_a_module_opens_with_its_promise():
    silent = [module.name for module in modules() if module.path.name != "__init__.py" and not _docstring(module)]

    assert silent == []


def _outliers(module: Module) -> Iterator[tuple[str, int, str]]:
    if module.lines > LONGEST_MODULE:
        yield f"{module.name} lines", module.lines, module.at(1)
    for function in module.functions():
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > LONGEST_FUNCTION:
            yield f"{module.name} {function.name} lines", lines, module.at(function.lineno)
        positional = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)]
        count = len([name for name in positional if name not in {"self", "cls"}])
        if count > MOST_POSITIONAL:
            yield f"{module.name} {function.name} positional", count, module.at(function.lineno)


def _docstring(module: Module) -> str:
    return ast.get_docstring(module.tree) or ""
