from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient

Token = Callable[[str], str]


def write(author: FlaskClient, token: Token, path: str = "/new", **fields: str) -> str:
    form = {"title": "潮汐 & <tides>", "body": "Up, *then* down.", "tags": "海", **fields}
    page = "/new" if path.endswith("delete") else path
    reply = author.post(path, data=form | {"csrf_token": token(page)})
    assert reply.status_code == 303, reply.text
    return unquote(reply.headers["Location"])


def test_a_post_from_beginning_to_end(author: FlaskClient, token: Token) -> None:
    address = write(author, token)
    assert address == "/posts/潮汐-tides"
    page = author.get(address).text
    assert "潮汐 &amp; &lt;tides&gt;" in page
    assert "<em>then</em>" in page
    assert 'href="/posts/%E6%BD%AE%E6%B1%90-tides"' in author.get("/tags/海").text

    assert write(author, token, f"{address}/edit", title="New title") == address
    assert "New title" in author.get(address).text

    assert write(author, token, f"{address}/delete") == "/"
    assert author.get(address).status_code == 404


def test_equal_titles_get_different_addresses(author: FlaskClient, token: Token) -> None:
    addresses = [write(author, token, title="Ebb") for _ in range(3)]
    assert addresses == ["/posts/ebb", "/posts/ebb-2", "/posts/ebb-3"]


@pytest.mark.parametrize("fields", [{"title": " "}, {"body": ""}, {"title": "x" * 161}])
def test_incomplete_posts_keep_what_was_typed(author: FlaskClient, token: Token, fields: dict[str, str]) -> None:
    form = {"title": "T", "body": "</textarea><b>", "tags": "kept", "csrf_token": token("/new")}
    reply = author.post("/new", data=form | fields)
    assert reply.status_code == 422
    assert 'value="kept"' in reply.text
    assert "</textarea><b>" not in reply.text


def test_text_survives_a_round_through_the_editor(author: FlaskClient, token: Token) -> None:
    address = write(author, token, body="\n\n    code first\r\n\r\nand more")
    assert "\n<textarea" not in author.get(address).text
    assert "code first\n\nand more</textarea>" in author.get(f"{address}/edit").text


def test_hostile_post_is_harmless_on_the_page(author: FlaskClient, token: Token) -> None:
    hostile = '"><script>alert(1)</script>'
    address = write(author, token, title="h", summary=hostile, body=hostile, tags=hostile)
    for page in (address, "/", "/archive", "/feed.atom", f"{address}/edit"):
        assert "<script>alert" not in author.get(page).text


def test_control_characters_do_not_break_the_feed(author: FlaskClient, token: Token) -> None:
    write(author, token, title="Bell", body="ding\x07\x0b dong", summary="\x01")
    ET.fromstring(author.get("/feed.atom").data)
