"""What every storage has to do. A further one joins by an entry in STORAGES."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from blog.sqlite import SQLiteStorage
from blog.storage import NameTaken, Post, SlugTaken, Storage, TagCount, User, new_id

Opener = Callable[[], Storage]
START = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)


def sqlite_opener(folder: Path) -> Opener:
    return lambda: SQLiteStorage(folder / "blog.sqlite3")


STORAGES: dict[str, Callable[[Path], Opener]] = {"sqlite": sqlite_opener}


@pytest.fixture(params=list(STORAGES))
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    return STORAGES[request.param](tmp_path)


@pytest.fixture
def store(opener: Opener) -> Iterator[Storage]:
    opened = opener()
    opened.initialise(list)
    yield opened
    opened.close()


def post(slug: str = "tide", day: int = 0, tags: tuple[str, ...] = ("sea",)) -> Post:
    moment = START + timedelta(days=day)
    return Post(new_id(), slug, f"On {slug}", "In short", "# 潮", tags, "Marit", moment, moment)


def test_first_posts_are_added_once(opener: Opener) -> None:
    first, second = opener(), opener()
    assert first.initialise(lambda: [post("a"), post("b")])
    assert not second.initialise(lambda: [post("c")])
    assert second.count_posts() == 2
    first.close()
    second.close()


def test_first_posts_do_not_return_after_deletion(opener: Opener) -> None:
    store = opener()
    only = post()
    store.initialise(lambda: [only])
    store.delete_post(only.id)
    assert not store.initialise(lambda: [only])
    assert store.posts() == []
    store.close()


def test_failed_start_leaves_nothing_behind(opener: Opener) -> None:
    def broken() -> list[Post]:
        raise OSError("disk full")

    store = opener()
    with pytest.raises(OSError):
        store.initialise(broken)
    assert store.initialise(lambda: [post()])
    assert store.count_posts() == 1
    store.close()


def test_a_post_comes_back_as_it_was(store: Storage) -> None:
    written = post("潮汐", tags=("水", "sea", "a"))
    store.add_post(written)
    assert store.post_by_slug("潮汐") == written


def test_other_connections_see_a_finished_write(opener: Opener, store: Storage) -> None:
    other = opener()
    store.add_post(post())
    assert other.post_by_slug("tide")
    other.close()


def test_unknown_slug(store: Storage) -> None:
    assert store.post_by_slug("nothing") is None


def test_slugs_are_unique(store: Storage) -> None:
    store.add_post(post())
    with pytest.raises(SlugTaken):
        store.add_post(post(tags=("new",)))
    assert store.count_posts() == 1
    assert store.tags() == [TagCount("sea", 1)]


def test_update_replaces_everything_but_the_id(store: Storage) -> None:
    old = post()
    store.add_post(old)
    new = replace(post("ebb", day=3, tags=("moon", "sun")), id=old.id)
    assert store.update_post(new)
    assert store.posts() == [new]
    assert [count.tag for count in store.tags()] == ["moon", "sun"]


def test_update_to_a_taken_slug(store: Storage) -> None:
    first, second = post("a"), post("b")
    store.add_post(first)
    store.add_post(second)
    with pytest.raises(SlugTaken):
        store.update_post(replace(second, slug="a", tags=("lost",)))
    assert store.post_by_slug("b") == second


def test_changing_what_is_not_there(store: Storage) -> None:
    assert not store.update_post(post())
    assert not store.delete_post(new_id())
    assert store.posts() == []
    assert store.tags() == []


def test_deletion_takes_the_tags_along(store: Storage) -> None:
    gone = post()
    store.add_post(gone)
    assert store.delete_post(gone.id)
    assert store.tags() == []


def test_newest_first_in_pages(store: Storage) -> None:
    for day in (2, 0, 3, 1):
        store.add_post(post(f"day-{day}", day))
    assert [item.slug for item in store.posts()] == ["day-3", "day-2", "day-1", "day-0"]
    assert [item.slug for item in store.posts(limit=2, offset=1)] == ["day-2", "day-1"]
    assert store.posts(limit=2, offset=9) == []


def test_by_tag(store: Storage) -> None:
    store.add_post(post("a", 1, ("潮汐", "sea")))
    store.add_post(post("b", 2, ("sea",)))
    assert [item.slug for item in store.posts(tag="潮汐")] == ["a"]
    assert store.count_posts(tag="sea") == 2
    assert store.count_posts(tag="no") == 0
    assert store.tags() == [TagCount("sea", 2), TagCount("潮汐", 1)]


def test_users(store: Storage) -> None:
    user = User(new_id(), "Šárka", "hash")
    store.add_user(user)
    assert store.user_by_id(user.id) == store.user_by_name("šÁRKA") == user
    assert store.user_by_id(new_id()) is None
    with pytest.raises(NameTaken):
        store.add_user(User(new_id(), "šárka", "other"))


def test_ping_after_close_fails(store: Storage) -> None:
    store.ping()
    store.close()
    with pytest.raises(Exception):  # noqa: B017 - each storage has its own kind
        store.ping()
