"""Words for addresses. Letters of every script stay; the rest become hyphens."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MAX_LENGTH = 80
MAX_TAGS = 8


def slugify(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).replace("'", "").replace("’", "").lower()
    kept = "".join(char if _is_word(char) else "-" for char in folded)
    return re.sub("-+", "-", kept)[:MAX_LENGTH].strip("-")


def candidates(title: str) -> Iterator[str]:
    """The slug of a title, then the same with -2, -3 and so on."""
    slug = slugify(title) or "post"
    yield slug
    for number in range(2, 1000):
        yield f"{slug}-{number}"


def parse_tags(text: str) -> tuple[str, ...]:
    tags = (slugify(part) for part in re.split("[,;，、；]", text))
    return tuple(dict.fromkeys(tag for tag in tags if tag))[:MAX_TAGS]


def _is_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM"
