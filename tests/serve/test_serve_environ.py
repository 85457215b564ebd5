"""What the app sees of the client is what the edge said, whatever the client said."""

from __future__ import annotations

import io
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from served import ECHO, from_edge, start_server

from seawall.worker.environ import behind_edge, locate
from tools import require_module

PROXYFIX = """
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Request, Response
import json

def see(environ, start_response):
    request = Request(environ)
    names = ("HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "REMOTE_ADDR", "wsgi.url_scheme", "SCRIPT_NAME", "PATH_INFO")
    seen = {name: environ.get(name) for name in names}
    seen.update(url=request.url, root=request.root_url, host=request.host, client=request.remote_addr)
    return Response(json.dumps(seen))(environ, start_response)

fixed = ProxyFix(see, x_for=1, x_proto=1, x_host=1, x_port=1, x_prefix=1)

def app(environ, start_response):
    return (fixed if environ["QUERY_STRING"] == "fix" else see)(environ, start_response)
"""


@pytest.fixture(scope="module")
def echo():
    with start_server(ECHO) as served:
        yield served


@pytest.fixture(scope="module")
def mounted():
    with start_server(ECHO, prefix="/a/b/") as served:
        yield served


def test_p05_two_clients_have_two_addresses(echo):
    assert echo.get(client="203.0.113.7").json["REMOTE_ADDR"] == "203.0.113.7"
    assert echo.get(client="2001:db8::1").json["REMOTE_ADDR"] == "2001:db8::1"


def test_p05_no_port_is_invented_for_the_client(echo):
    assert "REMOTE_PORT" not in echo.get().json


def test_p04_the_scheme_is_the_edges(echo):
    assert echo.get(scheme="https").json["wsgi.url_scheme"] == "https"
    assert echo.get(scheme="http").json["wsgi.url_scheme"] == "http"
    assert echo.get(scheme="gopher").json["wsgi.url_scheme"] == "http"


def test_p07_the_outside_port_stays_with_the_host(echo):
    seen = echo.get(host="example.com", sent="Example.com:8080", port="80").json
    assert seen["HTTP_HOST"] == "Example.com:8080"
    assert (seen["SERVER_NAME"], seen["SERVER_PORT"]) == ("example.com", "8080")


def test_a_request_past_the_edge_is_local_and_on_the_public_port(echo):
    seen = echo.raw(b"GET / HTTP/1.0\r\n\r\n")
    assert b'"HTTP_HOST": "localhost:8080"' in seen
    assert b'"REMOTE_ADDR": "127.0.0.1"' in seen


@pytest.mark.parametrize(
    ("host", "sent", "scheme", "listener", "authority", "name", "port"),
    [
        ("example.com", "example.com", "http", "80", "example.com", "example.com", "80"),
        ("example.com", "example.com", "https", "8443", "example.com", "example.com", "443"),
        ("example.com", "example.com:8080", "http", "80", "example.com:8080", "example.com", "8080"),
        ("example.com", "EXAMPLE.com:443", "https", "443", "EXAMPLE.com:443", "example.com", "443"),
        ("example.com", "example.com.:8080", "http", "80", "example.com:8080", "example.com", "8080"),
        ("example.com", "evil.test:81", "http", "80", "example.com", "example.com", "80"),
        ("example.com", "example.com:65536", "http", "80", "example.com", "example.com", "80"),
        ("example.com", "example.com:000080", "http", "80", "example.com", "example.com", "80"),
        ("example.com", "example.com:²", "http", "80", "example.com", "example.com", "80"),
        ("example.com", "example.com:80@evil.test", "http", "80", "example.com", "example.com", "80"),
        ("example.com", "user@example.com", "http", "80", "example.com", "example.com", "80"),
        ("example.com", "example.com/x", "http", "80", "example.com", "example.com", "80"),
        ("example.com", "example.com:80\n", "http", "80", "example.com", "example.com", "80"),
        ("example.com", None, "http", "8080", "example.com:8080", "example.com", "8080"),
        ("example.com", None, "http", "80", "example.com", "example.com", "80"),
        ("example.com", None, "https", "443", "example.com", "example.com", "443"),
        ("[::1]", "[::1]:8080", "http", "80", "[::1]:8080", "[::1]", "8080"),
        ("[2001:db8::a]", "[2001:DB8::A]", "http", "80", "[2001:DB8::A]", "[2001:db8::a]", "80"),
        ("[::1]", None, "http", "8080", "[::1]:8080", "[::1]", "8080"),
        ("[::1]", "::1", "http", "80", "[::1]", "[::1]", "80"),
        ("example.com:9000", None, "http", "8080", "example.com:9000", "example.com", "9000"),
        ("", None, "http", "8080", "localhost:8080", "localhost", "8080"),
        ("a b", "/", "http", "80", "localhost", "localhost", "80"),
    ],
)
def test_p07_the_authority_is_the_clients_where_the_edge_agrees(host, sent, scheme, listener, authority, name, port):
    assert locate(host, sent, scheme, listener)[:3] == (authority, name, port)


def test_p06_s03_headers_of_other_proxies_never_reach_the_app(echo):
    spoofed = {
        "Forwarded": "for=1.2.3.4;proto=https;host=evil.test",
        "Proxy": "http://evil.test",
        "X_Forwarded_Prefix": "/evil",
        "X_Forwarded_Server": "evil.test",
        "X_Forwarded_Ssl": "on",
        "X_Forwarded_Protocol": "ssl",
        "X_Original_URL": "/admin",
        "X_Rewrite_URL": "/admin",
        "X_Script_Name": "/evil",
    }
    seen = echo.get("/page", **spoofed).json
    assert not [name for name, value in seen.items() if "evil" in str(value) or "admin" in str(value)]
    assert not {"HTTP_" + name.upper() for name in spoofed} & seen.keys()
    assert seen["wsgi.url_scheme"] == "http"


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "PATH_INFO", "Remote_User", "X_Forwarded_For", "REMOTE_ADDR"])
def test_s02_c37_underscore_lookalikes_change_nothing(echo, name):
    edge = "".join(f"{key}: {value}\r\n" for key, value in from_edge().items())
    answer = echo.raw(f"GET /page HTTP/1.0\r\n{edge}{name}: /evil\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.0 200")
    assert b"/evil" not in answer
    assert b'"PATH_INFO": "/page"' in answer
    assert b'"REMOTE_ADDR": "203.0.113.7"' in answer


def test_the_raw_target_is_untouched(mounted):
    seen = mounted.get("/a/b/%2Fx%20y?q=%2F").json
    assert seen["RAW_URI"] == "/a/b/%2Fx%20y?q=%2F"
    assert seen["PATH_INFO"] == "//x y"


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("/a/b/x", "/x"),
        ("/a/b/", "/"),
        ("/a/b", ""),
        ("/a/b/a/b/x", "/a/b/x"),
        ("/a/bc", "/a/bc"),
        ("/other", "/other"),
    ],
)
def test_p37_the_prefix_is_stripped_once(mounted, path, inside):
    seen = mounted.get(path).json
    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == ("/a/b", inside)


def test_p37_a_prefix_outside_ascii_is_found_in_the_path():
    seen = {}
    app = behind_edge(lambda environ, _: seen.update(environ) or [], "/ü/", 80)
    environ = {"SCRIPT_NAME": "", "PATH_INFO": "/ü/x".encode().decode("latin-1")}
    app(environ, None)
    assert seen["PATH_INFO"] == "/x"


@pytest.mark.parametrize(
    "edge",
    [
        {},
        {"scheme": "https", "sent": "example.com:8443"},
        {"scheme": "https", "port": "8443"},
        {"host": "[::1]", "sent": "[::1]:8080"},
        {"sent": "evil.test:1"},
    ],
)
def test_p04_c34_an_app_with_proxyfix_sees_the_same(edge):
    require_module("werkzeug")
    with start_server(PROXYFIX, prefix="/a/b/") as served:
        plain = served.get("/a/b/x", **edge).json
        fixed = served.get("/a/b/x?fix", **edge).json
    assert {**fixed, "url": fixed["url"].removesuffix("?fix")} == plain


@pytest.mark.parametrize("prefix", ["/", "/a/b/"])
def test_the_wrapper_is_a_valid_wsgi_middleware(prefix):
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in from_edge().items()}
    environ |= {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/a/b/x",
        "wsgi.input": io.BytesIO(),
        "QUERY_STRING": "",
    }
    setup_testing_defaults(environ)
    started = []

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"fine"]

    wrapped = validator(behind_edge(validator(app), prefix, 8080))
    answer = wrapped(environ, lambda *given: started.append(given) or (lambda _: None))
    assert list(answer) == [b"fine"]
    answer.close()
    assert started[0][:2] == ("200 OK", [("Content-Type", "text/plain")])
