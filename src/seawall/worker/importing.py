"""Importing the user's code once, guarded."""

from __future__ import annotations

import contextlib
import importlib
import importlib.machinery
import os
import sys
from types import ModuleType
from typing import Any, Callable, Iterator, cast

from . import diagnosis

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
        failure = diagnosis.explain(error, kind, target, folder)
    raise failure


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
