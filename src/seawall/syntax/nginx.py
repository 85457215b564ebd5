r"""Nginx configuration as a typed tree: a value is a leaf and can never become syntax.

What Nginx's reader does with a token: inside quotes and outside, `\\ \" \' \t \r \n` are undone, a backslash before
anything else is kept; `$` starts a variable in most arguments and cannot be escaped; about 4,080 bytes are too many.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal, LiteralString, assert_never

from seawall.errors import UnsayableError

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN_LIMIT = 4_000
LINE_WIDTH = 120
_BARE = re.compile(r"[A-Za-z0-9_./:=@%+,~^*-]+")
_BARE_VARIABLES = re.compile(r"[A-Za-z0-9_./:=@%+,~^*$-]+")
_BARE_PATTERN = re.compile(r"(?:[A-Za-z0-9_./:=@%+,~^*$()|?\[\]!<>-]|\\[^\s\\\"'trn;{}#$])+")
_UNDONE = {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\r": "\\r", "\n": "\\n"}
_PATTERN_ESCAPE = re.compile(r"\\(?=[\\\"'trn]|$)")
# Characters that a file for people must not hold: C0 without tab and line ends, DEL, C1, lone surrogates.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_BREAK = re.compile("[\t\r\n\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Variables:
    """Text in which `$name` means the variable. Made by `variables()` from our own constants only."""

    text: str


@dataclass(frozen=True, slots=True)
class Joined:
    """A literal and variables in one token, `/shop/$is_args$args`; the literal part is checked like any other."""

    parts: tuple[str | Variables, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression; `$` is its anchor. Made by `pattern()` from our own constants only."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """The path of a prefix location. Nginx expands nothing in it, so a `$` stands for itself."""

    text: str


Leaf = str | int | Variables | Joined | Pattern | Prefix


@dataclass(frozen=True, slots=True)
class Directive:
    """`name args;`, or `name args { block }`. In a map or a types block the name is a value too."""

    name: Leaf
    args: tuple[Leaf, ...]
    block: tuple[Node, ...] | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """`if ($variable ~ "pattern") { block }`, for the body of a server; inside a location it misbehaves."""

    variable: Variables
    operator: Literal["~", "~*", "!~", "!~*"]
    pattern: Pattern
    block: tuple[Directive, ...]


@dataclass(frozen=True, slots=True)
class Comment:
    """One line that says why."""

    text: str


@dataclass(frozen=True, slots=True)
class Blank:
    """An empty line between concerns."""


Node = Directive | Condition | Comment | Blank
Tree = tuple[Node, ...]
BLANK = Blank()


def directive(name: LiteralString, *args: Leaf, block: Tree | None = None) -> Directive:
    return Directive(name, args, block)


def entry(key: Leaf, *args: Leaf) -> Directive:
    """Write a line of a map, geo or types block; a literal key that Nginx would take for a pattern is refused."""
    if isinstance(key, str) and key.startswith(("~", "\\")):
        raise _unsayable(key, "at the start of a map key Nginx reads `~` and `\\` as an instruction")
    return Directive(key, args)


def variables(text: LiteralString) -> Variables:
    return Variables(text)


def pattern(text: LiteralString) -> Pattern:
    return Pattern(text)


def joined(*parts: str | Variables) -> Joined:
    return Joined(parts)


def paragraphs(*groups: Tree) -> Tree:
    """Set groups of nodes apart with one blank line between them; empty groups leave no trace."""
    nodes: list[Node] = []
    for group in filter(None, groups):
        nodes += (BLANK, *group) if nodes else group
    return tuple(nodes)


def emit(tree: Tree) -> str:
    """Write the text of a configuration. Same tree, same bytes."""
    return "".join(f"{line}\n" for line in _lines(tree, ""))


def token(leaf: Leaf) -> str:
    """One argument, quoted when it has to be."""
    match leaf:
        case int():
            text = str(leaf)
        case str():
            text = _literal(leaf)
        case Variables(text=source):
            text = source if _BARE_VARIABLES.fullmatch(source) else _quoted(_showable(source))
        case Joined(parts=parts):
            plain = "".join(part.text if isinstance(part, Variables) else _without_dollar(part) for part in parts)
            text = token(Variables(plain))
        case Pattern(text=source):
            text = source if _BARE_PATTERN.fullmatch(source) else _quoted_pattern(_showable(source))
        case Prefix(text=source):
            text = source if _BARE.fullmatch(source) else _quoted(_showable(source))
        case _:
            assert_never(leaf)
    if len(text.encode()) > TOKEN_LIMIT:
        raise _unsayable(text[:60] + "…", f"Nginx cannot read a value above {TOKEN_LIMIT} bytes")
    return text


def _lines(tree: Tree, indent: str) -> Iterator[str]:
    for simple, nodes in groupby(tree, key=_is_simple):
        group = list(nodes)
        width = max((len(token(node.name)) for node in group if isinstance(node, Directive)), default=0)
        for node in group:
            match node:
                case Blank():
                    yield ""
                case Comment(text=text):
                    yield f"{indent}# {_comment(text)}"
                case Condition(variable=variable, operator=operator, pattern=condition, block=block):
                    test = f"{token(variable)} {operator} {_quoted_pattern(_showable(condition.text))}"
                    yield f"{indent}if ({test}) {{"
                    yield from _lines(block, f"{indent}    ")
                    yield f"{indent}}}"
                case Directive(name=name, args=args, block=None):
                    head = token(name).ljust(width) if simple and args else token(name)
                    yield from _wrapped(f"{indent}{head}", [token(arg) for arg in args])
                case Directive(name=name, args=args, block=block):
                    yield f"{indent}{' '.join(map(token, (name, *args)))} {{"
                    yield from _lines(block or (), f"{indent}    ")
                    yield f"{indent}}}"


def _wrapped(head: str, args: list[str]) -> Iterator[str]:
    """Break a long directive between its arguments, which go on below the first one."""
    line, empty = head, f"{' ' * len(head)}"
    for position, arg in enumerate(args):
        if position and len(line) + len(arg) + 2 > LINE_WIDTH:
            yield line
            line = empty
        line = f"{line} {arg}"
    yield f"{line};"


def _is_simple(node: Node) -> bool:
    """Neighbouring one-line directives are aligned with each other."""
    return isinstance(node, Directive) and node.block is None


def _literal(text: str) -> str:
    return text if _BARE.fullmatch(text) else _quoted(_showable(_without_dollar(text)))


def _quoted(text: str) -> str:
    return '"' + "".join(_UNDONE.get(char, char) for char in text) + '"'


def _quoted_pattern(text: str) -> str:
    """Backslashes stay single where Nginx leaves them alone, so that the expression can be read."""
    return '"' + _PATTERN_ESCAPE.sub(r"\\\\", text).replace('"', '\\"') + '"'


def _without_dollar(text: str) -> str:
    if "$" in text:
        raise _unsayable(text, "Nginx has no way to write a `$` that is not a variable")
    return text


def _showable(text: str) -> str:
    if _UNSHOWABLE.search(text):
        raise _unsayable(text, "a control character cannot be written down")
    return text


def _comment(text: str) -> str:
    """Refuse a line break in a comment, which would bring the rest of it to life."""
    if _LINE_BREAK.search(_showable(text)):
        raise _unsayable(text, "a comment is one line")
    if text.endswith("\\"):
        raise _unsayable(text, "some readers take a backslash at the end for a continued line")
    return text


def _unsayable(text: str, because: str) -> UnsayableError:
    return UnsayableError(f"{text!r} cannot be written into an Nginx configuration", saw=because)
