"""What the blog asks of a database. `sqlite.py` is one answer to it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Protocol


class SlugTaken(Exception):
    """Another post already has this slug."""


class NameTaken(Exception):
    """Another user already has this name."""


@dataclass(frozen=True)
class Post:
    id: str
    slug: str
    title: str
    summary: str
    body: str
    tags: tuple[str, ...]
    author: str
    published: datetime
    updated: datetime


@dataclass(frozen=True)
class User:
    id: str
    name: str
    password_hash: str


@dataclass(frozen=True)
class TagCount:
    tag: str
    posts: int


def new_id() -> str:
    return str(uuid.uuid4())


def now() -> datetime:
    """The current time in UTC, to the second, which every database can keep."""
    return datetime.now(timezone.utc).replace(microsecond=0)


class Storage(Protocol):
    """One connection. Every method is atomic; reads see all finished writes."""

    def initialise(self, first_posts: Callable[[], Sequence[Post]]) -> bool:
        """Create what is missing. A database that has never been initialised
        also gets `first_posts()`, once, however many processes ask at the
        same time. True if it was this call that added them."""
        ...

    def ping(self) -> None:
        """Raise an exception if the database does not answer."""
        ...

    def close(self) -> None: ...

    def add_post(self, post: Post) -> None:
        """Raise SlugTaken, and change nothing, if the slug is in use."""
        ...

    def update_post(self, post: Post) -> bool:
        """Replace the post with this id; False if there is none. May raise SlugTaken."""
        ...

    def delete_post(self, post_id: str) -> bool: ...

    def post_by_slug(self, slug: str) -> Post | None: ...

    def posts(self, *, tag: str | None = None, limit: int | None = None, offset: int = 0) -> list[Post]:
        """Newest first."""
        ...

    def count_posts(self, *, tag: str | None = None) -> int: ...

    def tags(self) -> list[TagCount]:
        """Tags in use, the most used first, then by name."""
        ...

    def add_user(self, user: User) -> None:
        """Raise NameTaken if the name is in use, whatever its case."""
        ...

    def user_by_id(self, user_id: str) -> User | None: ...

    def user_by_name(self, name: str) -> User | None:
        """Find a user; upper and lower case are the same."""
        ...
