"""Text that a terminal shows and does not obey."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

# Everything that could move the cursor, end the line, hide text or turn its direction
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_COLOUR = re.compile("(\x1b\\[[0-9;]{0,32}m)")


def safe(text: str) -> str:
    """Spell out every character that a terminal or a log would obey instead of showing."""
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def sayable(stream: TextIO, text: str) -> str:
    """Spell out what the stream's encoding does not have."""
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def fit(text: str, width: int) -> str:
    """Cut a text so that it stays on one line of a terminal."""
    if cells(text) <= width:
        return text
    text = text[: max(width, 1)]
    while cells(text) >= max(width, 1):
        text = text[:-1]
    return text + "…"


def keep_colour(text: str, *, on: bool) -> str:
    """Let colours through, and only them."""
    parts = _COLOUR.split(text.replace("\t", "    "))
    return "".join((part if on else "") if index % 2 else safe(part) for index, part in enumerate(parts))


def cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
