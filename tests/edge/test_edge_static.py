"""Files come from disk without the app, secrets never, and what is missing is the app's to answer."""

from __future__ import annotations

import gzip

import pytest
from harness import edge

SECRET = b"secret-marker"
NEVER = (
    ".env", ".env.local", ".git/HEAD", ".git/config", ".gitignore", ".htpasswd", ".htaccess", ".DS_Store",
    ".svn/entries",
    ".ssh/id_rsa", ".npmrc", ".vscode/settings.json", "app.py", "app.PY", "app.pyc", "app.pyo", "stub.pyi", "ext.so",
    "ext.pyd", "__pycache__/app.cpython-312.pyc", "db.sqlite3", "db.sqlite3-wal", "data.db", "dump.sql", "backup.bak",
    "app.js.orig", "app.css~", "#app.css#", ".app.css.swp", "app.css.swp", "settings.ini", "setup.cfg", "nginx.conf",
    "pyproject.toml", "poetry.lock", "uv.lock", "package-lock.json", "package.json", "requirements.txt",
    "requirements-dev.txt", "Pipfile", "Pipfile.lock", "Dockerfile", "Dockerfile.prod", "docker-compose.yml",
    "compose.yaml", "compose.override.yml", "Procfile", "Makefile", "server.key", "server.pem", "keys.p12", "id_rsa",
    "index.php", "page.html.j2", "page.jinja2", "error.log", "celery.pid", "app.sock", "x.tmp", "merge.rej",
)  # fmt: skip
FINE = (
    "app.css", "app.js", "app.mjs", "app.js.map", "data.json", "mod.wasm", "logo.svg", "a b.txt", "é.txt", "font.woff2",
    "openapi.yaml", "environment.css", "python.js", "db.js", "install.sh", "lock.svg", "app.conf.js", "pyodide.pyx.js",
    ".well-known/security.txt", "temp/x.css", "a.tar.gz", "manifest.webmanifest", "$x.txt", "a;b{c}.txt", "a'b\"c.txt",
)  # fmt: skip
HASHED = (
    "app.3f2a9c1b.css",
    "app-3f2a9c1b0d.js",
    "base.0a1b2c3d4e5f.min.js",
    "logo.1a2b3c4d5e6f7a8b.svg",
    "a.deadbee1.css.map",
)
NOT_HASHED = (
    "app.css", "report-20240131.json", "jquery-3.7.1.min.js", "cafe-deadbeef.png", "a.12345678.js", "x.3f2a9c1.css",
    "550e8400-e29b-41d4-a716-4466554400aa.png", "app_3f2a9c1b.css", "app.3F2A9C1B.css", "3f2a9c1b/app.css",
    "a.3f2a9c1b.txt",
)  # fmt: skip


def _write(folder, name, data=b"file"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@pytest.fixture(scope="module")
def site(build, module_run):
    static, vendor = module_run / "it's; {$static}", module_run / "vendor"
    for name in NEVER:
        _write(static, name, SECRET)
    for name in (*FINE, *HASHED, *NOT_HASHED):
        _write(static, name, name.encode())
    _write(static, "vendor/v.css", b"wrong")
    _write(static, "big.css", b"body { color: red }\n" * 200)
    _write(static, "index.html", b"index")
    _write(vendor, "v.css", b"vendor")
    _write(module_run, "outside/secret.txt", SECRET)
    _write(module_run, "secret.css", SECRET)
    (static / "out.txt").symlink_to(module_run / "outside/secret.txt")
    (static / "outdir").symlink_to(module_run / "outside")
    (static / "inside.css").symlink_to("app.css")
    maps = (("/static/", static), ("/static/vendor/", vendor), ("/++resource++logo/", vendor))
    with edge(build, module_run / "site", static=maps) as running:
        running.folder = static
        yield running


@pytest.fixture(scope="module")
def rooted(build, module_run):
    folder = module_run / "public"
    for name in ("robots.txt", "app.css", "app.3f2a9c1b.css", "sub/x.css"):
        _write(folder, name, name.encode())
    for name in (".env", "error.log"):
        _write(folder, name, SECRET)
    with edge(
        build, module_run / "rooted", static=(("/", folder), ("/media/", module_run / "not there yet"))
    ) as running:
        yield running


def _quoted(name: str) -> str:
    return "".join(chr(b) if chr(b).isalnum() or chr(b) in "/.-_~" else f"%{b:02X}" for b in name.encode())


def _without_app(site, *args: object, **kwargs: object):
    before = len(site.app.requests)
    answer = site.get(*args, **kwargs)
    assert len(site.app.requests) == before
    return answer


def _from_app(site, *args: object, **kwargs: object):
    before = len(site.app.requests)
    answer = site.get(*args, **kwargs)
    assert len(site.app.requests) == before + 1
    return answer


@pytest.mark.parametrize("name", FINE)
def test_p14_a_file_is_served_without_the_app(site, name):
    answer = _without_app(site, f"/static/{_quoted(name)}")
    assert (answer.status, answer.body) == (200, name.encode())
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", NEVER)
def test_s22_dotfiles_sources_and_leftovers_are_not_there(site, name):
    answers = [
        _without_app(site, f"/static/{_quoted(name)}"),
        _without_app(site, f"/static//{_quoted(name)}/"),
        _without_app(site, f"/static/x/..%2f{_quoted(name)}"),
        _without_app(site, f"/static/{_quoted(name)}", method="POST"),
    ]
    assert [answer.status for answer in answers] == [404] * 4
    assert all(SECRET not in answer.raw for answer in answers)


@pytest.mark.parametrize(
    "target",
    [
        "/static../secret.css",
        "/static..%2fsecret.css",
        "/static/%2e%2e/secret.css",
        "/static/../secret.css",
        "/static/..%2fsecret.css",
        "/static/..%5csecret.css",
        "/static/%252e%252e/secret.css",
        "/static/....//secret.css",
        "/static/vendor/../../secret.css",
        "/static/out.txt",
        "/static/outdir/secret.txt",
        "/static/vendor/../outdir/secret.txt",
    ],
)
def test_s1_s24_nothing_outside_the_folder_is_served(site, target):
    answer = site.get(target)
    assert SECRET not in answer.raw
    assert answer.body == b"app" or answer.status in {400, 404}


@pytest.mark.parametrize(
    "target", ["/static/", "/static", "/static/temp", "/static/temp/", "/static/vendor/", "/static/nope.css"]
)
def test_s23_a_folder_or_a_missing_file_is_the_apps_to_answer(site, target):
    assert _from_app(site, target).body == b"app"
    assert site.seen.startswith(f"GET {target} HTTP".encode())


def test_a_link_inside_the_folder_is_the_apps_to_answer(site):
    assert _from_app(site, "/static/inside.css").body == b"app"


def test_maps_may_lie_inside_each_other(site):
    assert _without_app(site, "/static/vendor/v.css").body == b"vendor"
    assert _without_app(site, "/%2B%2Bresource++logo/v.css").body == b"vendor"
    assert _from_app(site, "/static/vendor/app.css").body == b"app"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PROPFIND", "OPTIONS"])
@pytest.mark.parametrize("name", ["app.css", "app.3f2a9c1b.css", "nope.css"])
def test_other_methods_go_to_the_app_with_their_body(site, method, name):
    answer = _from_app(site, f"/static/{name}", method=method, body=b"hello" * 10_000)
    assert answer.status == 200
    assert site.seen.startswith(f"{method} /static/{name} HTTP".encode())
    assert site.seen.endswith(b"hello" * 10_000)


def test_p16_a_file_has_validators_and_is_asked_for_again(site):
    first = _without_app(site, "/static/app.css")
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.headers["Content-Type"] == "text/css"
    for line in (f"If-None-Match: {first.headers['ETag']}", f"If-Modified-Since: {first.headers['Last-Modified']}"):
        again = _without_app(site, "/static/app.css", line)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["Cache-Control"] == "no-cache"
        assert again.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", HASHED)
def test_p16_a_hashed_name_is_kept_for_ever(site, name):
    answer = _without_app(site, f"/static/{name}")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", NOT_HASHED)
def test_p16_a_name_that_may_get_another_content_is_not(site, name):
    assert _without_app(site, f"/static/{name}").headers["Cache-Control"] == "no-cache"


def test_p16_a_missing_hashed_name_is_not_kept(site):
    assert "Cache-Control" not in _from_app(site, "/static/gone.3f2a9c1b.css").headers


def test_ranges_and_head_are_right(site):
    part = _without_app(site, "/static/big.css", "Range: bytes=5-9")
    assert (part.status, part.body) == (206, b"{ col"[:5])
    assert part.headers["Content-Range"] == "bytes 5-9/4000"
    assert _without_app(site, "/static/big.css", "Range: bytes=9999-").status == 416
    head = _without_app(site, "/static/big.css", method="HEAD")
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", "4000")


def test_s53_a_thousand_ranges_are_bounded(site):
    ranges = ",".join(f"{n}-{n}" for n in range(1000))
    assert len(_without_app(site, "/static/big.css", f"Range: bytes={ranges}").raw) < 10_000


def test_c21_text_is_compressed_when_asked(site):
    answer = _without_app(site, "/static/big.css", "Accept-Encoding: gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert len(gzip.decompress(answer.body)) == 4000
    assert "Content-Encoding" not in _without_app(site, "/static/big.css").headers


def test_p16_a_changed_file_is_seen_within_two_seconds(site):
    import time

    for _ in range(3):
        _without_app(site, "/static/data.json")
    (site.folder / "new").write_bytes(b"changed")
    (site.folder / "new").replace(site.folder / "data.json")
    end = time.monotonic() + 2.1
    while (body := _without_app(site, "/static/data.json").body) != b"changed" and time.monotonic() < end:
        time.sleep(0.05)
    assert body == b"changed"


def test_the_root_may_be_a_folder_and_the_app_at_once(rooted):
    assert _without_app(rooted, "/robots.txt").body == b"robots.txt"
    assert _without_app(rooted, "/sub/x.css").body == b"sub/x.css"
    assert "immutable" in _without_app(rooted, "/app.3f2a9c1b.css").headers["Cache-Control"]
    assert _without_app(rooted, "/.env").status == 404
    assert _from_app(rooted, "/error.log").body == b"app"
    assert _from_app(rooted, "/whois/example.pl", method="POST", body=b"hello").body == b"app"
    assert rooted.seen.startswith(b"POST /whois/example.pl HTTP")
    assert rooted.seen.endswith(b"\r\n\r\nhello")
    too_large = b"POST /a.log HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n"
    assert b"<small>413" in rooted.send(too_large).body
    for target in ("/", "/page", "/media/x.png", "/sub/"):
        assert _from_app(rooted, target).body == b"app"
