from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from .auth import login_required
from .db import get_db

bp = Blueprint("blog", __name__)


@bp.route("/")
def index():
    posts = get_db().execute("SELECT title, body, username FROM post JOIN user ON user.id = author_id").fetchall()
    return render_template("blog/index.html", posts=posts)


@bp.route("/create", methods=("GET", "POST"))
@login_required
def create():
    if request.method == "POST":
        title = request.form["title"]
        if title:
            db = get_db()
            row = (title, request.form["body"], g.user["id"])
            db.execute("INSERT INTO post (title, body, author_id) VALUES (?, ?, ?)", row)
            db.commit()
            return redirect(url_for("blog.index"))
        flash("Title is required.")
    return render_template("blog/create.html")
