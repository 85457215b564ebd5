"""What runs inside the user's process: the standard library, its own package, and a Python as old as 3.8."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest
from house import SOURCE, modules

from interpreters import interpreter

OLDEST = (3, 8)
WORKER = modules("worker")
# The one file that is a Gunicorn application; whoever runs it has a Gunicorn.
USES_ITS_SERVER = {"worker/application.py"}


@pytest.mark.parametrize("module", WORKER, ids=lambda module: module.name)
def test_the_grammar_is_that_of_the_oldest_python(module):
    ast.parse(module.text, filename=module.name, feature_version=OLDEST)


@pytest.mark.parametrize("module", WORKER, ids=lambda module: module.name)
def test_imports_stay_within_the_standard_library_and_the_package(module):
    strange = [
        f"{module.at(each.line)} imports {each.name}"
        for each in module.imports()
        if not each.name.startswith("seawall.worker")
        and each.name.split(".")[0] not in sys.stdlib_module_names
        and not (module.name in USES_ITS_SERVER and each.name.startswith("gunicorn."))
    ]

    assert strange == []


def test_imports_within_the_package_are_relative():
    """It is loaded under another name than here, so an absolute one would import Seawall into the user's process."""
    absolute = [
        module.at(node.lineno)
        for module in WORKER
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").startswith("seawall"))
        or (isinstance(node, ast.Import) and any(alias.name.startswith("seawall") for alias in node.names))
    ]

    assert absolute == []


def test_the_oldest_python_compiles_it(tmp_path):
    python = str(interpreter(".".join(map(str, OLDEST))))
    script = "import sys; [compile(open(path, 'rb').read(), path, 'exec') for path in sys.argv[1:]]"
    files = [str(SOURCE / module.path) for module in WORKER]
    done = subprocess.run([python, "-c", script, *files], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
