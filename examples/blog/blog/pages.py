"""Pages that are not posts."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from .db import storage

bp = Blueprint("pages", __name__)


@bp.get("/about")
def about() -> str:
    return render_template("about.html")


@bp.get("/healthz")
def healthz() -> Response:
    storage().ping()
    return Response("ok", mimetype="text/plain", headers={"Cache-Control": "no-store"})
