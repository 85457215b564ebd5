"""Writing: new posts, changes, deletion."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from .auth import current_user, login_required
from .db import storage
from .drafts import Draft
from .posts import find
from .slugs import candidates
from .storage import Post, SlugTaken

bp = Blueprint("editing", __name__)


@bp.route("/new", methods=["GET", "POST"])
@login_required
def new() -> ResponseReturnValue:
    if request.method == "GET":
        return _editor(Draft())
    draft = Draft.from_form(request.form)
    if draft.problems():
        return _editor(draft), 422
    return _to_post(_publish(draft))


@bp.route("/posts/<slug>/edit", methods=["GET", "POST"])
@login_required
def edit(slug: str) -> ResponseReturnValue:
    post = find(slug)
    if request.method == "GET":
        return _editor(Draft.from_post(post), post)
    draft = Draft.from_form(request.form)
    if draft.problems():
        return _editor(draft, post), 422
    if not storage().update_post(draft.applied_to(post)):
        abort(404)
    return _to_post(post)


@bp.post("/posts/<slug>/delete")
@login_required
def delete(slug: str) -> Response:
    post = find(slug)
    storage().delete_post(post.id)
    flash(f"“{post.title}” is deleted.")
    return redirect(url_for("posts.index"), 303)


def _publish(draft: Draft) -> Post:
    user = current_user()
    author = user.name if user else ""
    for slug in candidates(draft.title):
        post = draft.to_post(slug, author)
        try:
            storage().add_post(post)
        except SlugTaken:
            continue
        return post
    return abort(409, "Too many posts share this title.")


def _editor(draft: Draft, post: Post | None = None) -> str:
    if request.method == "POST":
        for problem in draft.problems():
            flash(problem, "error")
    return render_template("editor.html", draft=draft, post=post)


def _to_post(post: Post) -> Response:
    return redirect(url_for("posts.show", slug=post.slug), 303)
