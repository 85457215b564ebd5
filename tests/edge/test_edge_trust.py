"""Whose word is believed: nobody's but our own and a declared proxy's."""

from __future__ import annotations

import socket

import pytest
from backend import header, read_answer
from harness import edge

SPOOFED = (
    "X-Forwarded-For: 6.6.6.6",
    "X-Real-IP: 6.6.6.6",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: evil.test",
    "X-Forwarded-Port: 6666",
    "X-Request-ID: evil",
)
CLEARED = (
    "Forwarded",
    "X-Forwarded-Prefix",
    "X-Forwarded-Server",
    "X-Forwarded-Scheme",
    "X-Forwarded-Ssl",
    "X-Original-URL",
    "X-Rewrite-URL",
    "X-Original-Host",
    "X-Client-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
    "X-Cluster-Client-IP",
    "X-Script-Name",
    "Proxy",
    "Proxy-Connection",
)


@pytest.fixture(scope="module")
def site(build, module_run):
    with edge(build, module_run / "site") as running:
        yield running


@pytest.fixture(scope="module")
def behind(build, module_run):
    with edge(build, module_run / "behind", proxies=("127.0.0.0/8",)) as running:
        yield running


@pytest.fixture(scope="module")
def elsewhere(build, module_run):
    with edge(build, module_run / "else", proxies=("10.0.0.0/8",)) as running:
        yield running


@pytest.mark.parametrize("proxies_are", ["none", "elsewhere"])
def test_p06_s3_a_clients_word_about_itself_is_overwritten(proxies_are, site, elsewhere):
    site = site if proxies_are == "none" else elsewhere
    site.get("/", *SPOOFED, host=f"shop.test:{site.port}")
    told = {name: header(site.seen, name) for name in ("x-forwarded-for", "x-real-ip", "x-forwarded-proto")}
    assert told == {"x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", "x-forwarded-proto": "http"}
    assert header(site.seen, "host") == header(site.seen, "x-forwarded-host") == f"shop.test:{site.port}"
    assert header(site.seen, "x-forwarded-port") == str(site.port)
    assert len(header(site.seen, "x-request-id")) == 32


@pytest.mark.parametrize("name", CLEARED)
def test_p06_what_some_app_might_believe_never_arrives(site, name):
    site.get("/", f"{name}: evil", f"{name.lower()}: evil2")
    assert b"evil" not in site.seen


@pytest.mark.parametrize(
    "line", ["X_Forwarded_For: evil", "Remote_User: evil", "SCRIPT_NAME: evil", "PATH_INFO: evil", "Content_Length: 9"]
)
def test_p45_s2_headers_with_an_underscore_never_arrive(site, line):
    site.get("/", line)
    assert b"_" not in site.seen
    assert b"evil" not in site.seen


def test_p07_the_port_that_the_client_typed_arrives(site):
    site.get("/", host="shop.test:8080")
    assert header(site.seen, "host") == "shop.test:8080"
    assert header(site.seen, "x-forwarded-port") == "8080"
    site.get("/", host="shop.test")
    assert header(site.seen, "host") == "shop.test"
    assert header(site.seen, "x-forwarded-port") == "80"
    site.get("/", host="[::1]:81")
    assert header(site.seen, "host") == "[::1]:81"
    assert header(site.seen, "x-forwarded-port") == "81"
    site.get("/", host="[::1]")
    assert header(site.seen, "x-forwarded-port") == "80"


@pytest.mark.parametrize("host", ["SHOP.test", "shop.test."])
def test_the_host_arrives_in_one_spelling(site, host):
    site.get("/", host=host)
    assert header(site.seen, "host") == "shop.test"


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: user@shop.test\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: shop.test/evil\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: shop.test:80evil\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: shop.test:80:81\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: shop..test\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: shop test\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: shop.test, evil.test\r\n\r\n",
        b'GET / HTTP/1.1\r\nHost: "><script>\r\n\r\n',
        b"GET / HTTP/1.1\r\nHost: shop.test\x00evil\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: $host\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: sh\xc3\xb6p.test\r\n\r\n",
        b"GET http://shop.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n",
        b"GET http://evil.test/ HTTP/1.1\r\nHost: shop.test\r\n\r\n",
        b"GET http://user@shop.test/ HTTP/1.1\r\nHost: shop.test\r\n\r\n",
        b"GET http://shop.test/ HTTP/1.0\r\n\r\n",
        b"GET http://_/ HTTP/1.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: _:80:\r\n\r\n",
        b"GET / HTTP/1.0\r\nHost: a b\r\n\r\n",
    ],
)
def test_s5_a_host_that_is_not_one_never_reaches_the_app(site, request_bytes):
    before = len(site.app.requests)
    answer = site.send(request_bytes)
    assert answer.status in {400, 421}
    assert b"request" in answer.body
    assert b"<script>" not in answer.body
    assert len(site.app.requests) == before


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_s5_http_1_0_without_a_host_is_for_the_address_it_came_to(host, build, run):
    with edge(build, run, host=host) as site, socket.create_connection((host, site.port), timeout=10) as peer:
        peer.sendall(b"GET / HTTP/1.0\r\n\r\n")
        name = f"[{host}]:{site.port}" if ":" in host else f"{host}:{site.port}"

        assert read_answer(peer).status == 200
        assert header(site.seen, "host") == header(site.seen, "x-forwarded-host") == name
        assert header(site.seen, "x-forwarded-port") == str(site.port)


@pytest.mark.parametrize("line", ["GET / HTTP/1.0", "GET /.x HTTP/1.0"])
def test_s5_http_1_0_without_a_host_is_refused_where_the_hosts_are_known(line, build, run):
    with edge(build, run, hosts=("site.test",)) as site:
        assert site.send(f"{line}\r\n\r\n".encode()).status == 421
        assert site.app.requests == []


def test_s5_the_absolute_form_that_agrees_is_served(site):
    assert (
        site.send(b"GET http://Shop.test:81/x HTTP/1.1\r\nHost: shop.TEST:81\r\nConnection: close\r\n\r\n").status
        == 200
    )
    assert header(site.seen, "host") == "shop.test:81"
    assert site.seen.startswith(b"GET /x HTTP/1.1\r\n")


def test_p04_a_declared_proxy_is_believed(behind):
    told = ("X-Forwarded-For: 6.6.6.6, 203.0.113.9", "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.example")
    answer = behind.get("/", *told, "X-Forwarded-Port: 443", "X-Request-ID: outer-1", host="10.0.0.1:8080")
    assert answer.status == 200
    assert header(behind.seen, "x-forwarded-for") == header(behind.seen, "x-real-ip") == "203.0.113.9"
    assert header(behind.seen, "x-forwarded-proto") == "https"
    assert header(behind.seen, "x-forwarded-host") == header(behind.seen, "host") == "shop.example"
    assert header(behind.seen, "x-forwarded-port") == "443"
    assert header(behind.seen, "x-request-id") == "outer-1"
    assert behind.log_lines()[-1]["id"]


def test_p04_a_declared_proxy_that_says_little_leaves_the_rest_to_us(behind):
    behind.get("/", host="shop.test:8080")
    assert header(behind.seen, "x-forwarded-for") == "127.0.0.1"
    assert header(behind.seen, "x-forwarded-proto") == "http"
    assert header(behind.seen, "host") == "shop.test:8080"
    assert header(behind.seen, "x-forwarded-port") == "8080"
    assert len(header(behind.seen, "x-request-id")) == 32
    behind.get("/", "X-Forwarded-Proto: https", host="shop.test")
    assert header(behind.seen, "x-forwarded-port") == "443"


@pytest.mark.parametrize("value", ["a b", '"><script>', "x" * 129, "a\tb", "é"])
def test_an_outer_id_that_could_do_harm_is_replaced(behind, value):
    behind.get("/", f"X-Request-ID: {value}")
    assert len(header(behind.seen, "x-request-id")) == 32


@pytest.mark.parametrize(
    ("told", "host"),
    [
        ("a.test, b.test", "a.test"),
        ('"><b>', "site.test"),
        ("x y", "site.test"),
        ("a.test:1", "a.test:1"),
        ("", "site.test"),
    ],
)
def test_an_outer_host_is_the_first_of_the_chain_when_it_is_one(behind, told, host):
    behind.get("/", f"X-Forwarded-Host: {told}")
    assert header(behind.seen, "host") == host


def test_p05_our_own_checks_come_from_this_machine(site):
    with socket.socket(socket.AF_UNIX) as peer:
        peer.connect(str(site.run / "edge.sock"))
        peer.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert peer.recv(4096).startswith(b"HTTP/1.1 200")
    assert header(site.seen, "x-forwarded-for") == "127.0.0.1"
    assert header(site.seen, "x-forwarded-port") == "80"
