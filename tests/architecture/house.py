"""The source as the architecture tests read it: one `Module` per file, its imports resolved to whole names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "seawall"


@dataclass(frozen=True)
class Import:
    """`seawall.model.values.Port` for `from seawall.model.values import Port`, with its line."""

    name: str
    line: int

    @property
    def room(self) -> str:
        """The part of Seawall that is imported (`model`), "" for anything else."""
        parts = self.name.split(".")
        return parts[1] if parts[0] == "seawall" and len(parts) > 1 else ""


@dataclass(frozen=True)
class Module:
    """`path` is relative to the package: `edge/logs.py`."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return self.path.as_posix()

    @property
    def room(self) -> str:
        return self.path.parts[0].removesuffix(".py")

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    def at(self, line: int) -> str:
        return f"src/seawall/{self.name}:{line}"

    def imports(self) -> Iterator[Import]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (Import(alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                yield from (Import(f"{base}.{alias.name}".strip("."), node.lineno) for alias in node.names)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def calls(self) -> Iterator[tuple[str, int]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), node.lineno

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = ("seawall", *self.path.parent.parts)
        return ".".join((*package[: len(package) - node.level + 1], *filter(None, [node.module])))


def modules(*rooms: str) -> list[Module]:
    """Every module, or those of some rooms."""
    found = [_read(path) for path in sorted(SOURCE.rglob("*.py"))]
    return [module for module in found if not rooms or module.room in rooms]


@cache
def _read(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    return Module(path.relative_to(SOURCE), text, ast.parse(text))
