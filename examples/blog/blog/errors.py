"""Pages for when something goes wrong."""

from __future__ import annotations

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

TEXTS = {
    400: ("That did not arrive in one piece", None),
    401: ("Please log in first", "Your session has ended. Log in and try again."),
    404: (
        "Nothing at this mooring",
        "The page has moved, or it was never here. The archive lists everything there is.",
    ),
    405: ("Not that way in", "This address does not accept that kind of request."),
    413: (
        "Too much draught for this harbour",
        "That file is larger than the 16 MB this site accepts. Make it smaller and try again.",
    ),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(500, _failed)


def _refused(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    heading, text = TEXTS.get(code, (error.name, None))
    text = text or error.description or ""
    if wants_json():
        return jsonify(error=text), code
    page = render_template("error.html", code=code, heading=heading, text=text)
    return page, code, _essential_headers(error)


def _failed(_error: Exception) -> ResponseReturnValue:
    # No database, no session: either may be what has just failed.
    if wants_json():
        return jsonify(error="Something broke on our side."), 500
    return render_template("broken.html"), 500


def _essential_headers(error: HTTPException) -> list[tuple[str, str]]:
    return [pair for pair in error.get_headers() if pair[0] != "Content-Type"]


def wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"
