"""Pictures in posts: served as static files, added by upload."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Blueprint, abort, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from .auth import login_required
from .errors import wants_json
from .images import NotAnImage, store
from .rendering import MEDIA_SCHEME


def blueprint(folder: Path) -> Blueprint:
    bp = Blueprint("media", __name__, static_folder=folder, static_url_path="/media")
    bp.add_url_rule("/upload", view_func=upload, methods=["POST"])
    return bp


@login_required
def upload() -> ResponseReturnValue:
    file = request.files.get("image")
    if file is None or not file.filename:
        abort(400, "Choose an image first.")
    try:
        name = store(file.stream, current_app.config["MEDIA"])
    except NotAnImage as refusal:
        abort(400, f"{refusal} PNG, JPEG, WebP and GIF are welcome.")
    snippet = markdown_for(name, request.form.get("alt") or Path(file.filename).stem)
    url = url_for("media.static", filename=name)
    if wants_json():
        return jsonify(markdown=snippet, url=url), 201
    return render_template("uploaded.html", markdown=snippet, name=name), 201


def markdown_for(name: str, alt: str) -> str:
    plain = re.sub(r"[\[\]\\\s]+", " ", alt).strip()
    return f"![{plain}]({MEDIA_SCHEME}{name})"
