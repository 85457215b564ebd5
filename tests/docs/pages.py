"""The documentation as its tests read it: pages, their headings, links, and fenced blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
README = ROOT / "README.md"
_FENCE = re.compile(r"^( {0,3})(`{3,})(\w*)[^\n]*\n(.*?)^\1\2`* *$", re.DOTALL | re.MULTILINE)
_FILE = re.compile(r"`([\w./-]+)`:$")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """`file`: the name on the line above, when that line introduces one: "`app.py`:"."""

    kind: str
    text: str
    line: int
    file: str = ""


@dataclass(frozen=True)
class Page:
    path: Path
    text: str

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def prose(self) -> str:
        """What is not in a block; the lines keep their numbers."""
        return _FENCE.sub(lambda match: "\n" * match[0].count("\n"), self.text)

    @property
    def blocks(self) -> list[Block]:
        return [self._block(match) for match in _FENCE.finditer(self.text)]

    @property
    def headings(self) -> list[str]:
        return re.findall(r"^#+ +(.+?) *$", self.prose, re.MULTILINE)

    @property
    def anchors(self) -> set[str]:
        return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in self.headings}

    @property
    def links(self) -> list[str]:
        return _LINK.findall(self.prose)

    def rows(self) -> set[str]:
        """The first cell of every table row that is a name in backticks."""
        return set(re.findall(r"^\| *`([^`]+)` *\|", self.prose, re.MULTILINE))

    def _block(self, match: re.Match[str]) -> Block:
        before = self.text[: match.start()].rstrip().rsplit("\n", 1)[-1]
        named = _FILE.search(before)
        line = self.text.count("\n", 0, match.start()) + 1
        return Block(match[3], match[4], line, named[1] if named else "")


@cache
def page(path: Path) -> Page:
    return Page(path, path.read_text(encoding="utf-8"))


def every_page() -> list[Page]:
    tops = [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")]
    return [page(path) for path in (*tops, *sorted(DOCS.rglob("*.md")))]


def told_pages() -> list[Page]:
    """Those whose blocks are executed, in the order in which people read them."""
    return [page(README), *(page(path) for path in sorted((DOCS / "guides").glob("*.md")))]
