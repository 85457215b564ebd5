"""Slack Water: a small bilingual blog about harbours, tides and servers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from . import auth, cli, csrf, db, editing, errors, feed, headers, media, pages, posts, presentation, seeding
from .secret import secret_key

MEBIBYTE = 1024 * 1024


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    app = Flask(__name__)
    app.config.from_mapping(
        SITE_TITLE="Slack Water",
        SITE_TITLE_ZH="平潮",
        SITE_TAGLINE="Notes on harbours, tides, and machines that wait.",
        POSTS_PER_PAGE=5,
        MAX_CONTENT_LENGTH=16 * MEBIBYTE,
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        SESSION_COOKIE_NAME="slackwater",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        DATA=os.environ.get("BLOG_DATA") or app.instance_path,
    )
    app.config.from_mapping(config or {})
    data = Path(app.config["DATA"]).resolve()
    media_folder = data / "media"
    media_folder.mkdir(parents=True, exist_ok=True)
    app.secret_key = app.config["SECRET_KEY"] or secret_key(data)
    app.config["MEDIA"] = media_folder
    app.session_interface = auth.SessionInterface()

    register(app, media_folder)
    db.configure(app, data / "blog.sqlite3")
    seeding.first_start(app, media_folder)
    return app


def register(app: Flask, media_folder: Path) -> None:
    for module in (csrf, headers, errors, presentation, cli):
        module.init_app(app)
    for blueprint in (pages.bp, posts.bp, editing.bp, auth.bp, feed.bp):
        app.register_blueprint(blueprint)
    app.register_blueprint(media.blueprint(media_folder))
