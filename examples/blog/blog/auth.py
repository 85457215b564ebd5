"""Author login."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cache, wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, flash, g, redirect, render_template, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from werkzeug.security import check_password_hash, generate_password_hash
from werkzeug.wrappers import Response

from .db import storage
from .storage import User

bp = Blueprint("auth", __name__)
P = ParamSpec("P")
R = TypeVar("R")


class SessionInterface(SecureCookieSessionInterface):
    """Marks the cookie Secure whenever the visitor came by HTTPS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return super().get_cookie_secure(app) or request.is_secure


def current_user() -> User | None:
    if "user" not in g:
        user_id = session.get("user")
        g.user = storage().user_by_id(user_id) if user_id else None
    user: User | None = g.user
    return user


def login_required(view: Callable[P, R]) -> Callable[P, R | Response]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        if current_user():
            return view(*args, **kwargs)
        if request.method != "GET":
            abort(401)
        return redirect(url_for("auth.login", next=_here()))

    return guarded


@bp.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    target = local_target(request.values.get("next"))
    if request.method == "GET":
        if current_user():
            return redirect(target)
        return render_template("login.html", next=target, name="")
    name = request.form.get("name", "").strip()
    user = authenticate(name, request.form.get("password", ""))
    if user is None:
        flash("That name and password do not match.", "error")
        return render_template("login.html", next=target, name=name), 401
    _start_session(user)
    return redirect(target, 303)


@bp.post("/logout")
def logout() -> Response:
    session.clear()
    return redirect(url_for("posts.index"), 303)


def authenticate(name: str, password: str) -> User | None:
    user = storage().user_by_name(name)
    # An unknown name costs one hash too, so that timing does not tell who exists.
    matches = check_password_hash(user.password_hash if user else _decoy(), password)
    return user if user and matches else None


def local_target(target: str | None) -> str:
    """Where to go after login: a path on this site, never another one."""
    home = url_for("posts.index")
    if not target or not target.startswith("/"):
        return home
    # Browsers drop control characters and read a backslash as a slash.
    if "\\" in target or any(ord(char) < 33 for char in target):
        return home
    try:
        parts = urlsplit(target)
    except ValueError:
        return home
    return home if target.startswith("//") or parts.scheme or parts.netloc else target


def _start_session(user: User) -> None:
    # Nothing of the anonymous session survives, its CSRF token included.
    session.clear()
    session["user"] = user.id
    session.permanent = True
    g.user = user


def _here() -> str:
    query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
    return request.script_root + request.path + query


@cache
def _decoy() -> str:
    return generate_password_hash(secrets.token_hex(16))
