from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from blog import create_app
from flask import Flask
from flask.testing import FlaskClient

ATOM = {"a": "http://www.w3.org/2005/Atom"}
CHINESE = "/posts/钱塘江的潮-为什么是一堵墙"


@pytest.mark.parametrize("path", ["/", "/?page=2", "/archive", "/about", "/login", "/tags/潮汐", CHINESE])
def test_pages_open(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "path", ["/nope", "/posts/nope", "/tags/nope", "/?page=99", "/?page=0", "/media/../secret_key"]
)
def test_what_is_not_there(client: FlaskClient, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code == 404
    assert "Nothing at this mooring" in reply.text


def test_readers_get_no_cookie(client: FlaskClient) -> None:
    for path in ("/", CHINESE, "/archive", "/feed.atom"):
        assert "Set-Cookie" not in client.get(path).headers


def test_chinese_posts_say_so(client: FlaskClient) -> None:
    assert '<article class="post" lang="zh-Hans">' in client.get(CHINESE).text


def test_pictures_are_static_files_of_the_media_blueprint(app: Flask, client: FlaskClient) -> None:
    rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == "media.static")
    assert rule.rule == "/media/<path:filename>"
    assert 'src="/media/qiantang.webp"' in client.get(CHINESE).text
    with client.get("/media/qiantang.webp") as picture:
        assert picture.content_type == "image/webp"


def test_pages_are_hardened(client: FlaskClient) -> None:
    headers = client.get("/").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "style=" not in client.get("/posts/the-rule-of-twelfths").text


def test_health(client: FlaskClient) -> None:
    reply = client.get("/healthz")
    assert (reply.status_code, reply.text) == (200, "ok")


def test_failure_shows_a_page(tmp_path: object) -> None:
    app = create_app({"DATA": str(tmp_path)})
    app.add_url_rule("/boom", view_func=lambda: str(1 // 0))
    reply = app.test_client().get("/boom")
    assert reply.status_code == 500
    assert "run aground" in reply.text


def test_feed(client: FlaskClient) -> None:
    reply = client.get("/feed.atom", base_url="https://blog.example")
    feed = ET.fromstring(reply.data)
    assert reply.mimetype == "application/atom+xml"
    assert feed.findtext("a:id", namespaces=ATOM) == "https://blog.example/feed.atom"
    entries = feed.findall("a:entry", ATOM)
    assert len(entries) == 9
    for entry in entries:
        for field in ("id", "title", "published", "updated", "author/a:name"):
            assert entry.findtext(f"a:{field}", namespaces=ATOM)
    assert 'src="https://blog.example/media/' in reply.text.replace("&quot;", '"')


def test_feed_is_not_sent_twice(client: FlaskClient) -> None:
    etag = client.get("/feed.atom").headers["ETag"]
    assert client.get("/feed.atom", headers={"If-None-Match": etag}).status_code == 304
