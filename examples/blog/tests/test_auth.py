from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from blog.storage import new_id
from flask import Flask
from flask.testing import FlaskClient
from people import NAME, PASSWORD

Token = Callable[[str], str]


def log_in(client: FlaskClient, token: Token, **changes: str) -> tuple[int, str, str]:
    form = {"name": NAME, "password": PASSWORD, "csrf_token": token("/login")} | changes
    reply = client.post("/login", data=form)
    cookie = reply.headers.get("Set-Cookie", "")
    return reply.status_code, reply.headers.get("Location", ""), cookie


def test_login_and_logout(client: FlaskClient, token: Token) -> None:
    status, target, cookie = log_in(client, token)
    assert (status, target) == (303, "/")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert client.get("/new").status_code == 200
    client.post("/logout", data={"csrf_token": token("/new")})
    assert client.get("/new").headers["Location"] == "/login?next=/new"


@pytest.mark.parametrize(("scheme", "secure"), [("https", True), ("http", False)])
def test_cookie_is_secure_over_https(client: FlaskClient, scheme: str, secure: bool) -> None:
    reply = client.get("/login", base_url=f"{scheme}://localhost")
    assert ("; Secure" in reply.headers["Set-Cookie"]) is secure


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"name": "nobody"}, {"name": ""}])
def test_wrong_login(client: FlaskClient, token: Token, changes: dict[str, str]) -> None:
    assert log_in(client, token, **changes)[0] == 401
    assert client.get("/new").status_code == 302


def test_session_is_new_after_login(client: FlaskClient, token: Token) -> None:
    before = token("/login")
    with client.session_transaction() as session:
        session["planted"] = "by someone else"
    log_in(client, token)
    assert token("/new") != before
    with client.session_transaction() as session:
        assert "planted" not in session


def test_deleted_users_are_logged_out(client: FlaskClient) -> None:
    with client.session_transaction() as session:
        session["user"] = new_id()
    assert client.get("/new").status_code == 302


@pytest.mark.parametrize("target", ["/archive", "/posts/潮?x=1#top", "/a:b"])
def test_login_returns_to_where_you_were(client: FlaskClient, token: Token, target: str) -> None:
    assert log_in(client, token, next=target)[1] == quote(target, safe="/?=#:")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "evil.example",
        "//[",
    ],
)
def test_login_never_leads_elsewhere(client: FlaskClient, token: Token, target: str) -> None:
    assert log_in(client, token, next=target)[1] == "/"


POSTS = [
    "/login",
    "/logout",
    "/new",
    "/upload",
    "/posts/slack-water/edit",
    "/posts/slack-water/delete",
]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("sent", ["", "wrong", "错"])
def test_forms_without_the_token_are_refused(author: FlaskClient, path: str, sent: str) -> None:
    reply = author.post(path, data={"csrf_token": sent, "title": "x", "body": "x"})
    assert reply.status_code == 400
    assert author.get("/posts/slack-water").status_code == 200


def test_every_form_route_is_in_the_list(app: Flask) -> None:
    rules = [rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    assert sorted(rules) == sorted(path.replace("slack-water", "<slug>") for path in POSTS)


@pytest.mark.parametrize("path", ["/new", "/upload", "/posts/slack-water/delete"])
def test_only_authors_may_change_things(client: FlaskClient, token: Token, path: str) -> None:
    reply = client.post(path, data={"csrf_token": token("/login"), "title": "x", "body": "x"})
    assert reply.status_code == 401


def test_create_user(app: Flask, client: FlaskClient, token: Token) -> None:
    run = app.test_cli_runner()
    made = run.invoke(args=["create-user", "文", "--password-stdin"], input="潮水 is rising\n")
    assert made.exit_code == 0, made.output
    assert log_in(client, token, name="文", password="潮水 is rising")[0] == 303


@pytest.mark.parametrize("arguments", [[NAME.upper(), "--password", PASSWORD], ["new", "--password", "short"]])
def test_create_user_refuses(app: Flask, arguments: list[str]) -> None:
    assert app.test_cli_runner().invoke(args=["create-user", *arguments]).exit_code == 1
