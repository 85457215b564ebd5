"""Reading: the front page, single posts, tags and the archive."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, abort, current_app, render_template, request

from .db import storage
from .language import language_of
from .paging import Page
from .storage import Post

bp = Blueprint("posts", __name__)


@bp.get("/")
def index() -> str:
    page = _page(storage().count_posts())
    posts = storage().posts(limit=page.size, offset=page.offset)
    return render_template("index.html", posts=posts, page=page, tags=storage().tags())


@bp.get("/tags/<tag>")
def tagged(tag: str) -> str:
    total = storage().count_posts(tag=tag)
    if not total:
        abort(404)
    page = _page(total)
    posts = storage().posts(tag=tag, limit=page.size, offset=page.offset)
    return render_template("tag.html", tag=tag, posts=posts, page=page)


@bp.get("/posts/<slug>")
def show(slug: str) -> str:
    post = find(slug)
    return render_template("post.html", post=post, neighbours=_neighbours(post))


@bp.get("/archive")
def archive() -> str:
    posts = storage().posts()
    years = [(year, list(group)) for year, group in groupby(posts, _year)]
    return render_template("archive.html", years=years, tags=storage().tags())


def find(slug: str) -> Post:
    post = storage().post_by_slug(slug)
    if post is None:
        abort(404)
    return post


def _page(total: int) -> Page:
    page = Page(
        number=request.args.get("page", 1, type=int),
        size=current_app.config["POSTS_PER_PAGE"],
        total=total,
    )
    if not page.exists:
        abort(404)
    return page


def _neighbours(post: Post) -> list[Post]:
    """Two posts to read next: shared tags first, then the same language, then new."""
    others = [other for other in storage().posts() if other.id != post.id]
    others.sort(key=lambda other: _kinship(post, other), reverse=True)
    return others[:2]


def _kinship(post: Post, other: Post) -> tuple[int, bool]:
    shared = set(post.tags) & set(other.tags)
    return len(shared), language_of(post.body) == language_of(other.body)


def _year(post: Post) -> int:
    return post.published.year
