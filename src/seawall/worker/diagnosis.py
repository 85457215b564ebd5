"""Why the user's code failed, in the user's terms: the kind of failure, where, and what to type next."""

from __future__ import annotations

import difflib
import importlib.machinery
import os
import sys
from typing import List

from . import frames
from .failure import Details, Frame, TargetError


def explain(error: BaseException, kind: str, target: str, folder: str) -> TargetError:
    cut = frames.cut(error)
    failure = _classify(error, kind, target, folder, cut=cut)
    failure.frames = cut
    failure.traceback = frames.text(error) if cut or failure.kind == "syntax" else ""
    shown = frames.shown(cut)
    if shown is not None and not failure.details.where:
        failure.details.where = "{}:{}".format(shown.file, shown.line)
    if isinstance(error, (ImportError, AttributeError)):
        failure.details.hint = _shadow_hint(cut, folder) or failure.details.hint
    return failure


def _classify(error: BaseException, kind: str, target: str, folder: str, *, cut: List[Frame]) -> TargetError:
    saw = _describe(error)
    if isinstance(error, ModuleNotFoundError) and error.name:
        if not cut:
            return _no_module(error.name, target, folder)
        if not _is_users_module(error.name, folder):
            return _missing_dependency(error.name, target, saw, folder)
    if isinstance(error, SyntaxError) and error.filename:
        details = Details(saw=saw, where="{}:{}".format(error.filename, error.lineno))
        return TargetError(
            "syntax", target, "`{}` is not valid Python {}.{}".format(target, *sys.version_info), details
        )
    if isinstance(error, SystemExit):
        return _exited(error, target)
    verb = "failed while it built the app" if kind == "factory_failed" else "cannot be imported"
    return TargetError(kind, target, "`{}` {}".format(target, verb), Details(saw=saw, hint=_environment_hint(error)))


def _no_module(name: str, target: str, folder: str) -> TargetError:
    near = _near_modules(name, folder)
    hint = (
        "did you mean " + ", ".join("`{}`".format(n) for n in near) + "?"
        if near
        else "name a module, a file or a folder"
    )
    details = Details(saw="no module named `{}`".format(name), where=folder, hint=hint, candidates=near)
    return TargetError("no_module", target, "`{}` cannot be found".format(target), details)


def _near_modules(name: str, folder: str) -> List[str]:
    """Names close to `name` beside it, and files or packages of that name one or two folders below."""
    beside = sorted(os.path.splitext(entry)[0] for entry in _list(folder) if _is_module(folder, entry))
    near = difflib.get_close_matches(name, beside, n=3, cutoff=0.6)
    inner = os.path.join(*name.split("."))
    for below in _folders(folder, 2):
        for path in (inner + ".py", inner):
            if os.path.exists(os.path.join(folder, below, path)):
                near.append(os.path.join(below, path))
    return near[:5]


def _missing_dependency(name: str, target: str, saw: str, folder: str) -> TargetError:
    package = name.partition(".")[0]
    listed = os.path.isfile(os.path.join(folder, "requirements.txt"))
    what = "-r requirements.txt" if listed else "…"
    details = Details(
        saw=saw, hint="install what provides `{}`: `{} -m pip install {}`".format(package, sys.executable, what)
    )
    message = "`{}` needs `{}`, which is not installed".format(target, package)
    return TargetError("missing_dependency", target, message, details)


def _exited(error: SystemExit, target: str) -> TargetError:
    guard = 'put what runs the program below `if __name__ == "__main__":`'
    meant = "the app gave up by itself; what it printed before says why"
    details = Details(saw="SystemExit({!r})".format(error.code), hint=meant if error.code else guard)
    return TargetError("exited", target, "`{}` ended the process while it was imported".format(target), details)


def _environment_hint(error: BaseException) -> str:
    """Name the variable when it was `os.environ` that raised."""
    if isinstance(error, KeyError) and frames.raised_in(error) == "os":
        return "set `{}` in the environment, under `[env]`, or in a file given as `--env-file`".format(error.args[0])
    return ""


def _shadow_hint(cut: List[Frame], folder: str) -> str:
    """Name a project file that hides a library of its name; it fails in ways that never mention it."""
    elsewhere = [entry for entry in sys.path if os.path.realpath(entry or ".") != os.path.realpath(folder)]
    for frame in cut:
        stem, extension = os.path.splitext(os.path.basename(frame.file))
        if extension == ".py" and os.path.dirname(frame.file) == folder:
            spec = importlib.machinery.PathFinder.find_spec(stem, elsewhere)
            if spec is not None and spec.origin and not spec.origin.startswith(os.path.join(folder, "")):
                return "rename `{}`: it hides the library `{}` ({})".format(frame.file, stem, spec.origin)
    return ""


def _is_users_module(name: str, folder: str) -> bool:
    top = name.partition(".")[0]
    module = sys.modules.get(top)
    file = getattr(module, "__file__", None)
    return bool(file and frames.is_users(file)) or _is_module(folder, top) or _is_module(folder, top + ".py")


def _is_module(folder: str, entry: str) -> bool:
    path = os.path.join(folder, entry)
    return os.path.isfile(path) if entry.endswith(".py") else os.path.isfile(os.path.join(path, "__init__.py"))


def _folders(folder: str, depth: int) -> List[str]:
    found: List[str] = []
    for entry in _list(folder):
        if entry[0] not in "._" and os.path.isdir(os.path.join(folder, entry)):
            found.append(entry)
            if depth > 1:
                found += [os.path.join(entry, inner) for inner in _folders(os.path.join(folder, entry), depth - 1)]
    return found


def _list(folder: str) -> List[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _describe(error: BaseException) -> str:
    message = str(error)
    return "{}: {}".format(type(error).__name__, message) if message else type(error).__name__
