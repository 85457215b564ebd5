"""Addresses, methods, prefixes and hosts."""

from __future__ import annotations

import pytest
from backend import header
from harness import edge


@pytest.fixture(scope="module")
def site(build, module_run):
    with edge(build, module_run / "site") as running:
        yield running


@pytest.fixture(scope="module")
def mounted(build, module_run):
    with edge(build, module_run / "mounted", prefix="/a b/c") as running:
        yield running


@pytest.fixture(scope="module")
def named(build, module_run):
    with edge(build, module_run / "named", hosts=("shop.test", "*.shop.example")) as running:
        yield running


@pytest.mark.parametrize(
    "target",
    [
        "/%2F/%252F/%3F/%23",
        "//double//slash",
        "/a%20b+c?q=%20&r=%2F#",
        "/a/%2e%2e/b",
        "/x/..;/admin",
        "/./a/../b",
        "/%E4%B8%AD/%FF%c0%ae",
        "/caf\xe9",
        "/a%0a%0db",
        "/a;b=c,d@e:f!$&'()*",
        "/?",
        "/a?b?c",
    ],
)
def test_s8_the_app_gets_the_address_byte_for_byte(site, target):
    assert site.get(target).status == 200
    assert site.seen.split(b" HTTP/1.1")[0] == b"GET " + target.encode("latin-1")


@pytest.mark.parametrize(
    "target", ["/a%00b", "/../../etc/passwd", "/..%2f..%2fetc", "*", "evil.test:80", "/../html", "/../503/json"]
)
def test_s7_addresses_that_are_none_are_refused(site, target):
    before = len(site.app.requests)
    assert site.get(target).status == 400
    assert len(site.app.requests) == before


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "MKCOL", "REPORT"])
def test_methods_pass_with_their_body(site, method):
    answer = site.get("/x", method=method, body=b"" if method == "GET" else b"hello")
    assert answer.status == 200
    assert site.seen.startswith(f"{method} /x ".encode())
    assert site.seen.endswith(b"\r\n\r\n" if method == "GET" else b"\r\n\r\nhello")


def test_head_passes(site):
    assert site.get("/x", method="HEAD").body == b""
    assert site.seen.startswith(b"HEAD /x ")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT"])
def test_s51_s21_trace_and_connect_stop_here(site, method):
    before = len(site.app.requests)
    assert site.get("/", method=method).status in {400, 405}
    assert len(site.app.requests) == before


@pytest.mark.parametrize("method", ["get", "G@T", "GET\x00", "X" * 65_536])
def test_s51_a_method_that_is_none_is_refused(site, method):
    before = len(site.app.requests)
    assert site.get("/", method=method).status in {400, 414}
    assert len(site.app.requests) == before


def test_p37_below_the_prefix_the_app_gets_the_whole_address(mounted):
    assert mounted.get("/a%20b/c/x?y").status == 200
    assert mounted.seen.startswith(b"GET /a%20b/c/x?y HTTP/1.1\r\n")
    assert header(mounted.seen, "x-forwarded-prefix") is None


@pytest.mark.parametrize(
    ("target", "status", "there"),
    [("/", 302, "/a%20b/c/"), ("/a%20b/c", 308, "/a%20b/c/"), ("/a%20b/c?x=%0d%0aY:z", 308, "/a%20b/c/?x=%0d%0aY:z")],
)
def test_p37_p07_the_way_to_the_prefix_is_shown(mounted, target, status, there):
    before = len(mounted.app.requests)
    answer = mounted.get(target, host="shop.test:8080")
    assert (answer.status, answer.headers["Location"]) == (status, there)
    assert len(mounted.app.requests) == before


@pytest.mark.parametrize("target", ["/x", "/a%20b", "/a%20b/cd", "/A%20B/c/", "/a%20b/c/../x"])
def test_p37_beside_the_prefix_there_is_nothing(mounted, target):
    before = len(mounted.app.requests)
    answer = mounted.get(target)
    assert answer.status == 404
    assert b"request" in answer.body
    assert len(mounted.app.requests) == before


@pytest.mark.parametrize("host", ["shop.test", "SHOP.test:8080", "shop.test.", "www.shop.example"])
def test_p44_the_hosts_of_the_site_are_served(named, host):
    assert named.get("/", host=host).status == 200


@pytest.mark.parametrize(
    "host", ["evil.test", "shop.test.evil", "127.0.0.1", "shop.example", "_", "", "www.shop.example@evil"]
)
def test_p44_s5_other_hosts_are_turned_away(named, host):
    before = len(named.app.requests)
    answer = named.get("/", host=host)
    assert answer.status in {400, 421}
    assert b"request " in answer.body
    assert len(named.app.requests) == before


@pytest.mark.parametrize("target", ["/\\evil.test", "//evil.test/..", "/%0d%0aSet-Cookie:x"])
def test_s16_s17_no_redirect_of_ours_leads_elsewhere(mounted, target):
    answer = mounted.get(target)
    assert "evil" not in answer.headers.get("Location", "")
    assert b"Set-Cookie" not in answer.raw.split(b"\r\n\r\n")[0]
