"""Where a file stands: the name it is imported by, and the folder that makes that name importable."""

from __future__ import annotations

import importlib.machinery
import os
import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, List, Tuple

if TYPE_CHECKING:
    from .reference import Reference

_IDENTIFIER = re.compile(r"^[^\W\d]\w*$")


def by_name(reference: Reference, folder: str) -> Tuple[Reference, List[str]]:
    """Return the reference by module name where the file has one, and the paths that this needs.

    A file within a package becomes that package's module, so that its relative imports work.
    """
    file = reference.file
    if file.endswith(".wsgi"):
        return (reference if reference.attribute else reference.naming("application")), [os.path.dirname(file)]
    root, parts = os.path.dirname(file), [os.path.splitext(os.path.basename(file))[0]]
    while os.path.isfile(os.path.join(root, "__init__.py")) and os.path.dirname(root) != root:
        root, package = os.path.split(root)
        parts.insert(0, package)
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    paths = [] if root == folder else [root]
    if not all(_IDENTIFIER.match(part) for part in parts) or _is_taken(parts, root, file):
        return reference, paths
    return replace(reference, module=".".join(parts), file=""), paths


def _is_taken(parts: List[str], root: str, file: str) -> bool:
    """Tell whether importing by this name would give something else (`site`, `types`, a package beside the file)."""
    name = parts[0]
    spec = importlib.machinery.PathFinder.find_spec(name, [root])
    origin = spec.origin if spec else None
    if len(parts) == 1 and origin != file:
        return True  # a package of the same name beside it
    module = sys.modules.get(name)
    if module is None:
        return name in sys.builtin_module_names
    return getattr(module, "__file__", None) != origin
