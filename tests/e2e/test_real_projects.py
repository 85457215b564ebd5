"""Projects as their tutorials and generators lay them out: `seawall up` in the folder, and no flag at all."""

from __future__ import annotations

import shutil
from pathlib import Path

from e2e.strangers import activated, ask_whom, from_edge, served
from e2e.visitor import Visitor

APPS = Path(__file__).parent / "apps"


def test_the_flask_tutorial_registers_logs_in_and_posts(tmp_path, short_folder):
    shell = activated("flask", ["flask"], ["3.13", "3.12"])
    project = tmp_path / "flask-tutorial"
    shutil.copytree(APPS / "flaskr", project)
    shell.run("flask", "--app", "flaskr", "init-db", cwd=project)
    with served(shell, cwd=project, run=short_folder / "run") as site:
        visitor = Visitor(site)
        front = visitor.get("/")
        assert front.status == 200
        assert "Log in" in front.text
        assert 'href="/static/style.css"' in front.text
        from_edge(site, "/static/style.css", project / "flaskr" / "static" / "style.css")

        assert visitor.get("/create").status == 200
        assert visitor.at == "/auth/login"
        visitor.submit(visitor.get("/auth/register"), username="keeper", password="tide & time")
        assert visitor.at == "/auth/login"
        refused = visitor.submit(visitor.get("/auth/login"), username="keeper", password="wrong")
        assert "Incorrect username or password." in refused.text
        welcome = visitor.submit(refused, username="keeper", password="tide & time")
        assert visitor.at == "/"
        assert "keeper" in welcome.text
        page = visitor.submit(visitor.get("/create"), title="潮汐 & ebb", body="High at six.")
        assert "潮汐 &amp; ebb" in page.text
        assert (project / "instance" / "flaskr.sqlite").exists()
        # A new visitor sees the post, and neither the name nor the session of the first.
        stranger, who = ask_whom(site, "/")
        assert "潮汐 &amp; ebb" in stranger.text
        assert "Log in" in stranger.text
        assert who == "app"


def test_a_fresh_django_project_has_its_admin(tmp_path, short_folder):
    """STATIC_ROOT is unset and DEBUG is on, as `startproject` leaves them."""
    shell = activated("django", ["django"], ["3.13", "3.12"])
    shell.run("django-admin", "startproject", "harbour", str(tmp_path), cwd=tmp_path)
    shell.run("python", "manage.py", "migrate", "--verbosity", "0", cwd=tmp_path)
    secret = {"DJANGO_SUPERUSER_PASSWORD": "tide and time"}
    superuser = ("createsuperuser", "--noinput", "--username", "keeper", "--email", "keeper@lighthouse.example")
    shell.run("python", "manage.py", *superuser, cwd=tmp_path, env=secret)
    before = {path.relative_to(tmp_path) for path in tmp_path.rglob("*")}
    with served(shell, cwd=tmp_path, run=short_folder / "run") as site:
        visitor = Visitor(site)
        assert visitor.get("/").status == 200
        login = visitor.get("/admin/")
        assert login.status == 200
        assert visitor.at == "/admin/login/?next=/admin/"
        admin = shell.package("django") / "contrib" / "admin" / "static" / "admin"
        css = from_edge(site, "/static/admin/css/base.css", admin / "css" / "base.css")
        assert css.headers["Content-Type"].startswith("text/css")
        from_edge(site, "/static/admin/js/theme.js", admin / "js" / "theme.js")

        refused = visitor.submit(login, username="keeper", password="wrong")
        assert "Please enter the correct username" in refused.text
        inside = visitor.submit(refused, username="keeper", password="tide and time")
        assert visitor.at == "/admin/"
        assert "Site administration" in inside.text
        form = visitor.get("/admin/auth/user/add/")
        added = visitor.submit(form, username="mate", password1="ebb-and-flow-9", password2="ebb-and-flow-9")
        assert "was added successfully" in added.text
        assert "mate" in visitor.get("/admin/auth/user/").text

        forged = site.ask(
            "POST",
            "/admin/login/",
            body=b"username=keeper&password=x",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert forged.status == 403
        assert "CSRF" in forged.text
    after = {path.relative_to(tmp_path) for path in tmp_path.rglob("*")}
    assert [path for path in after - before if "__pycache__" not in path.parts] == []
