"""The posts a new site opens with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flask import Flask

from .db import open_storage
from .images import place
from .slugs import parse_tags, slugify
from .storage import Post, new_id

FOLDER = Path(__file__).with_name("seeds")
PICTURE = re.compile(r"\(media:([^)\s]+)")


def first_start(app: Flask, media: Path) -> None:
    storage = open_storage(app)
    try:
        storage.initialise(lambda: list(_posts(media)))
    finally:
        storage.close()


def _posts(media: Path) -> Iterator[Post]:
    for path in sorted(FOLDER.glob("*.md")):
        post = parse(path.read_text(encoding="utf-8"))
        for picture in PICTURE.findall(post.body):
            place((FOLDER / picture).read_bytes(), media / picture)
        yield post


def parse(text: str) -> Post:
    """A seed file: `key: value` lines, an empty line, then the Markdown."""
    head, body = text.split("\n\n", 1)
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    published = datetime.fromisoformat(fields["date"])
    return Post(
        id=new_id(),
        slug=slugify(fields["title"]),
        title=fields["title"],
        summary=fields["summary"],
        body=body.strip(),
        tags=parse_tags(fields["tags"]),
        author=fields["author"],
        published=published,
        updated=published,
    )
