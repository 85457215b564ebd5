"""Importing the user's code once, and saying in their terms why that failed."""

from __future__ import annotations

import contextlib
import difflib
import importlib
import importlib.machinery
import os
import sys
from types import ModuleType
from typing import Any, Callable, Iterator, List, cast

from . import frames
from .failure import Details, Frame, TargetError

RUN_IGNORED = "FLASK_RUN_FROM_CLI"


def import_module(name: str, target: str, folder: str) -> ModuleType:
    """Import `name`; its absence is told apart from an absence inside it."""
    with _deaf_to_run():
        module = guarded(lambda: importlib.import_module(name), "import_failed", target, folder)
    return cast("ModuleType", module)


def execute_file(path: str, target: str, folder: str) -> ModuleType:
    """Run a file that cannot be imported by name (`site.wsgi`, `my-app.py`) as a module of its own."""
    stem = os.path.splitext(os.path.basename(path))[0]
    module = ModuleType("wsgi_" + "".join(c if c.isalnum() else "_" for c in stem))
    module.__file__ = path
    # Frameworks find their folders, and pickle its classes, through `sys.modules`.
    sys.modules[module.__name__] = module
    with _deaf_to_run():
        guarded(lambda: _execute(path, module), "import_failed", target, folder)
    return module


def guarded(call: Callable[[], Any], kind: str, target: str, folder: str) -> Any:
    """Call user code; whatever it raises, SystemExit included, becomes a TargetError of `kind` or a nearer one."""
    try:
        return call()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        failure = explain(error, kind, target, folder)
    raise failure


def explain(error: BaseException, kind: str, target: str, folder: str) -> TargetError:
    cut = frames.cut(error)
    failure = _classify(error, kind, target, folder, cut)
    failure.frames = cut
    failure.traceback = frames.text(error) if cut or failure.kind == "syntax" else ""
    shown = frames.shown(cut)
    if shown is not None and not failure.details.where:
        failure.details.where = "{}:{}".format(shown.file, shown.line)
    failure.details.hint = _shadow_hint(cut, folder) or failure.details.hint
    return failure


@contextlib.contextmanager
def _deaf_to_run() -> Iterator[None]:
    """Make Flask ignore an unguarded `app.run()` while the module is imported, as `flask run` does."""
    before = os.environ.get(RUN_IGNORED)
    os.environ[RUN_IGNORED] = "true"
    try:
        yield
    finally:
        os.environ.pop(RUN_IGNORED, None)
        if before is not None:
            os.environ[RUN_IGNORED] = before


def _execute(path: str, module: ModuleType) -> None:
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    exec(code, module.__dict__)  # noqa: S102  this is what importing a file is


def _classify(error: BaseException, kind: str, target: str, folder: str, cut: List[Frame]) -> TargetError:
    saw = _describe(error)
    if isinstance(error, ModuleNotFoundError) and error.name:
        if not cut:
            return _no_module(error.name, target, folder)
        if not _is_users_module(error.name, folder):
            return _missing_dependency(error.name, target, saw)
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


def _missing_dependency(name: str, target: str, saw: str) -> TargetError:
    package = name.partition(".")[0]
    details = Details(saw=saw, hint="install what provides `{}`: `{} -m pip install …`".format(package, sys.executable))
    return TargetError(
        "missing_dependency", target, "`{}` needs `{}`, which is not installed".format(target, package), details
    )


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
        if extension == ".py" and os.path.dirname(frame.file) == folder and stem != "app":
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
