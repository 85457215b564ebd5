"""The reference site: what a first visitor and its author meet, through the whole stack."""

from __future__ import annotations

import os
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from e2e.site import Site, up
from environments import environment
from tools import require

BLOG = Path(__file__).parents[2] / "examples" / "blog"
PASSWORD = "a long enough passphrase"


@pytest.fixture(scope="module")
def python() -> str:
    lines = (BLOG / "requirements.txt").read_text().splitlines()
    return str(environment("blog", [line for line in lines if line.strip() and not line.startswith("#")]))


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory, python: str) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("data")
    run = Path("/tmp") / f"sw-blog-{os.getpid()}"
    env = {"BLOG_DATA": str(data)}
    flask = [str(Path(python).with_name("flask")), "create-user", "ines", "--password", PASSWORD]
    subprocess.run(flask, cwd=BLOG, env={**os.environ, **env}, check=True, capture_output=True)
    with up(str(BLOG), "--python", python, run=run, env=env) as site:
        yield site
    subprocess.run(["rm", "-rf", str(run)], check=True)


def asked_of(site: Site, path: str) -> list[str]:
    return [entry["from"] for entry in site.access_log() if entry["path"] == path]


def test_pages_come_from_the_app_static_and_media_from_nginx(blog):
    page = blog.get("/")
    assert page.status == 200
    assert "<h1" in page.text

    for path in ("/static/site.css", "/media/breakwater.webp"):
        answer = blog.get(path)
        assert answer.status == 200
        assert asked_of(blog, path) == ["edge"]
    assert "app" in asked_of(blog, "/")


def test_headers_of_a_page_and_of_a_file_are_right(blog):
    page, css = blog.get("/about"), blog.get("/static/site.css")
    source = (BLOG / "blog" / "static" / "site.css").read_bytes()

    for answer in (page, css):
        assert answer.headers["Server"] == "nginx"
        assert parsedate_to_datetime(answer.headers["Date"])
        assert int(answer.headers["Content-Length"]) == len(answer.body)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert css.headers["Content-Type"].startswith("text/css")
    assert css.body == source


def test_p16_a_second_visit_is_answered_with_304(blog):
    first = blog.get("/static/site.css")

    by_tag = blog.get("/static/site.css", headers={"If-None-Match": first.headers["ETag"]})
    by_date = blog.get("/static/site.css", headers={"If-Modified-Since": first.headers["Last-Modified"]})

    assert (by_tag.status, by_tag.body) == (304, b"")
    assert by_date.status == 304


def test_every_post_tag_and_picture_that_the_front_page_links_is_there(blog):
    page = blog.get("/").text
    links = {part.split('"')[0] for part in page.split('href="')[1:]} | {
        part.split('"')[0] for part in page.split('src="')[1:]
    }
    inside = sorted(link for link in links if link.startswith("/"))

    assert len(inside) > 10
    assert [link for link in inside if blog.get(link).status != 200] == []


def test_the_feed_is_atom_and_links_to_this_very_host(blog):
    answer = blog.get("/feed.atom")
    feed = ET.fromstring(answer.body)

    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    links = [link.get("href") for link in feed.iter("{http://www.w3.org/2005/Atom}link")]
    assert links
    assert all(link.startswith(f"http://127.0.0.1:{blog.port}/") for link in links)


def test_no_request_of_the_edge_was_answered_by_an_error(blog):
    blog.get("/")

    assert [entry for entry in blog.access_log() if entry["status"] >= 500] == []


def test_an_author_writes_a_post_with_a_picture_in_a_browser(blog, tmp_path):
    from playwright import sync_api

    chromium = require("chromium")
    picture = tmp_path / "sea.png"
    picture.write_bytes(a_png())
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*flags, "--disable-component-update"])
        page = browser.new_page(viewport={"width": 390, "height": 844})
        home = f"http://127.0.0.1:{blog.port}"
        page.goto(f"{home}/login")
        page.fill("#name", "ines")
        page.fill("#password", PASSWORD)
        page.click("main form button")
        page.goto(f"{home}/new")
        page.fill("#title", "潮汐 and a test")
        page.fill("#body", "Written in a browser.\n\n")
        page.set_input_files("#image", str(picture))
        page.click("#upload-form button")
        sync_api.expect(page.locator("#body")).to_have_value(re.compile("media:"))
        page.click("#post-form button")
        page.wait_for_url("**/posts/**")

        assert page.inner_text("h1") == "潮汐 and a test"
        image = page.locator("main img[src^='/media/']").first
        image.wait_for()
        assert image.evaluate("image => image.naturalWidth") == 2
        source = image.get_attribute("src")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        browser.close()
    assert set(asked_of(blog, source)) == {"edge"}


def a_png() -> bytes:
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((20, 90, 110)) * 2 for _ in range(2))
    header = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_the_blogs_own_tests_pass():
    tested = environment("blog-tests", [*(BLOG / "requirements.txt").read_text().split(), "pytest"])
    done = subprocess.run(
        # Its tests are its own: without the settings of the project around it.
        [str(tested), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", ".", "tests"],
        cwd=BLOG,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-3000:]
