"""The storage contract on SQLite, one file, write-ahead log."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from .storage import NameTaken, Post, SlugTaken, TagCount, User

BUSY_SECONDS = 10.0
SCHEMA = Path(__file__).with_name("schema.sql")
SCHEMA_VERSION = 1


class SQLiteStorage:
    def __init__(self, path: Path) -> None:
        # Password hashes live here, so the file starts private to its owner.
        path.touch(mode=0o600, exist_ok=True)
        self._db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.execute("PRAGMA synchronous = NORMAL")

    def initialise(self, first_posts: Callable[[], Sequence[Post]]) -> bool:
        self._use_write_ahead_log()
        with self._writing():
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version >= SCHEMA_VERSION:
                return False
            for statement in SCHEMA.read_text(encoding="utf-8").split(";"):
                self._db.execute(statement)
            for post in first_posts():
                self._insert(post)
            self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        return True

    def ping(self) -> None:
        self._db.execute("SELECT count(*) FROM users").fetchone()

    def close(self) -> None:
        self._db.close()

    def add_post(self, post: Post) -> None:
        with self._writing():
            self._insert(post)

    def update_post(self, post: Post) -> bool:
        with self._writing(), _unique(SlugTaken, post.slug):
            changed = self._db.execute(
                "UPDATE posts SET slug = ?, title = ?, summary = ?, body = ?, "
                "author = ?, published = ?, updated = ? WHERE id = ?",
                (*_columns(post), post.id),
            ).rowcount
            if changed:
                self._db.execute("DELETE FROM post_tags WHERE post_id = ?", (post.id,))
                self._insert_tags(post)
        return bool(changed)

    def delete_post(self, post_id: str) -> bool:
        with self._writing():
            cursor = self._db.execute("DELETE FROM posts WHERE id = ?", (post_id,))
        return bool(cursor.rowcount)

    def post_by_slug(self, slug: str) -> Post | None:
        rows = self._db.execute("SELECT * FROM posts WHERE slug = ?", (slug,)).fetchall()
        return next(iter(self._with_tags(rows)), None)

    def posts(self, *, tag: str | None = None, limit: int | None = None, offset: int = 0) -> list[Post]:
        where, values = _tag_filter(tag)
        rows = self._db.execute(
            f"SELECT * FROM posts {where} ORDER BY published DESC, id LIMIT ? OFFSET ?",
            (*values, -1 if limit is None else limit, offset),
        ).fetchall()
        return self._with_tags(rows)

    def count_posts(self, *, tag: str | None = None) -> int:
        where, values = _tag_filter(tag)
        row = self._db.execute(f"SELECT count(*) FROM posts {where}", values).fetchone()
        return int(row[0])

    def tags(self) -> list[TagCount]:
        rows = self._db.execute("SELECT tag, count(*) AS posts FROM post_tags GROUP BY tag ORDER BY posts DESC, tag")
        return [TagCount(row["tag"], row["posts"]) for row in rows]

    def add_user(self, user: User) -> None:
        with self._writing(), _unique(NameTaken, user.name):
            self._db.execute(
                "INSERT INTO users (id, name, name_key, password_hash) VALUES (?, ?, ?, ?)",
                (user.id, user.name, user.name.casefold(), user.password_hash),
            )

    def user_by_id(self, user_id: str) -> User | None:
        return self._user("SELECT * FROM users WHERE id = ?", user_id)

    def user_by_name(self, name: str) -> User | None:
        return self._user("SELECT * FROM users WHERE name_key = ?", name.casefold())

    def _user(self, query: str, value: str) -> User | None:
        row = self._db.execute(query, (value,)).fetchone()
        return User(row["id"], row["name"], row["password_hash"]) if row else None

    def _insert(self, post: Post) -> None:
        with _unique(SlugTaken, post.slug):
            self._db.execute(
                "INSERT INTO posts (slug, title, summary, body, author, published, "
                "updated, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*_columns(post), post.id),
            )
        self._insert_tags(post)

    def _insert_tags(self, post: Post) -> None:
        self._db.executemany(
            "INSERT INTO post_tags (post_id, tag, position) VALUES (?, ?, ?)",
            [(post.id, tag, position) for position, tag in enumerate(post.tags)],
        )

    def _with_tags(self, rows: Sequence[sqlite3.Row]) -> list[Post]:
        tags: dict[str, list[str]] = {row["id"]: [] for row in rows}
        marks = ", ".join("?" for _ in tags)
        found = self._db.execute(
            f"SELECT post_id, tag FROM post_tags WHERE post_id IN ({marks}) ORDER BY position",
            list(tags),
        )
        for row in found:
            tags[row["post_id"]].append(row["tag"])
        return [_post(row, tags[row["id"]]) for row in rows]

    def _use_write_ahead_log(self) -> None:
        # SQLite does not wait out its busy timeout when two processes switch
        # a new file to WAL at once; one of them is told "locked" straight away.
        deadline = time.monotonic() + BUSY_SECONDS
        while not self._switched_to_wal():
            if time.monotonic() > deadline:
                raise TimeoutError("The database stayed locked by another process.")
            time.sleep(0.05)

    def _switched_to_wal(self) -> bool:
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            return False
        return True

    @contextmanager
    def _writing(self) -> Iterator[None]:
        # IMMEDIATE takes the write lock first, so a read never has to be
        # upgraded half-way, which SQLite refuses without waiting.
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


@contextmanager
def _unique(error: type[Exception], value: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as cause:
        raise error(value) from cause


def _tag_filter(tag: str | None) -> tuple[str, tuple[str, ...]]:
    if tag is None:
        return "", ()
    return "WHERE id IN (SELECT post_id FROM post_tags WHERE tag = ?)", (tag,)


def _columns(post: Post) -> tuple[str, ...]:
    dates = (post.published.isoformat(), post.updated.isoformat())
    return (post.slug, post.title, post.summary, post.body, post.author, *dates)


def _post(row: sqlite3.Row, tags: Sequence[str]) -> Post:
    return Post(
        id=row["id"],
        slug=row["slug"],
        title=row["title"],
        summary=row["summary"],
        body=row["body"],
        tags=tuple(tags),
        author=row["author"],
        published=datetime.fromisoformat(row["published"]),
        updated=datetime.fromisoformat(row["updated"]),
    )
