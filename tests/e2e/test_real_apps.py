"""Apps from the package index that nobody wrote for us: no flag beyond the target, no server in their environment."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from e2e.strangers import activated, ask_whom, from_edge, served
from e2e.visitor import multipart
from tools import require

# Its `contrib.wsgi` needs distutils, which Python lost in 3.12 and setuptools keeps.
KLAUS = ["klaus", "setuptools<80"]


@pytest.fixture
def httpbin(tmp_path, short_folder):
    shell = activated("httpbin", ["httpbin", "flasgger"], ["3.13", "3.12"])
    with served(shell, "httpbin:app", cwd=tmp_path, run=short_folder / "run") as site:
        yield shell, site


def test_httpbin_is_served_whole(httpbin):
    shell, site = httpbin
    assert "httpbin.org" in site.get("/").text
    from_edge(site, "/static/favicon.ico", shell.package("httpbin") / "static" / "favicon.ico")
    css = "swagger-ui.css"
    from_edge(site, f"/flasgger_static/{css}", shell.package("flasgger") / "ui3" / "static" / css)

    body, kind = multipart({"name": "größer"}, {"file": ("a.bin", b"\x00\xff" * 40_000)})
    sent = json.loads(site.ask("POST", "/post", body=body, headers=kind).body)
    assert sent["form"] == {"name": "größer"}
    assert base64.b64decode(sent["files"]["file"].partition(",")[2]) == b"\x00\xff" * 40_000
    assert sent["headers"]["Host"] == f"127.0.0.1:{site.port}"
    assert sent["url"] == f"http://127.0.0.1:{site.port}/post"
    assert sent["origin"] == "127.0.0.1"

    for method in ("PUT", "PATCH", "DELETE"):
        answer = site.ask(method, f"/{method.lower()}", body=b'{"x": 1}', headers={"Content-Type": "application/json"})
        assert answer.status == 200
        assert json.loads(answer.body)["json"] == {"x": 1}

    teapot = site.get("/status/418")
    assert teapot.status == 418
    assert "teapot" in teapot.text
    assert site.get("/status/503").status == 503
    assert site.get("/absolute-redirect/1").headers["Location"] == f"http://127.0.0.1:{site.port}/get"
    assert len(site.get("/stream/3").body.splitlines()) == 3
    assert len(site.get("/bytes/70000").body) == 70_000
    assert json.loads(site.get("/get?a=1&a=2&b=%C3%A4").body)["args"] == {"a": ["1", "2"], "b": "ä"}


def test_pypiserver_takes_an_upload_and_serves_it(tmp_path, short_folder):
    shell = activated("pypiserver", ["pypiserver[passlib]"], ["3.13", "3.12"])
    (tmp_path / "packages").mkdir()
    target = 'pypiserver:app(root="packages", authenticate=[], password_file=".")'
    name, wheel = a_wheel()
    with served(shell, target, cwd=tmp_path, run=short_folder / "run") as site:
        assert "pypiserver" in site.get("/").text
        fields = {
            ":action": "file_upload",
            "protocol_version": "1",
            "name": "tide",
            "version": "1.0",
            "filetype": "bdist_wheel",
            "sha256_digest": hashlib.sha256(wheel).hexdigest(),
        }
        body, kind = multipart(fields, {"content": (name, wheel)})
        assert site.ask("POST", "/", body=body, headers=kind).status == 200
        assert (tmp_path / "packages" / name).read_bytes() == wheel

        assert name in site.get("/simple/tide/").text
        assert site.get(f"/packages/{name}").body == wheel
        unslashed = site.get("/simple")
        assert unslashed.status in {301, 302, 303}
        assert unslashed.headers["Location"] in {"/simple/", f"http://127.0.0.1:{site.port}/simple/"}

        shell.run(
            *("python", "-m", "pip", "download", "--quiet", "--no-deps", "--dest", "got"),
            *("--index-url", f"http://127.0.0.1:{site.port}/simple/", "tide"),
            cwd=tmp_path,
        )
        assert (tmp_path / "got" / name).read_bytes() == wheel


def a_wheel() -> tuple[str, bytes]:
    """A distribution with one module, made by hand: a wheel is a zip file with three files of metadata."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as file:
        file.writestr("tide.py", "HIGH = True\n")
        file.writestr("tide-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tide\nVersion: 1.0\n")
        file.writestr("tide-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr("tide-1.0.dist-info/RECORD", "tide.py,,\ntide-1.0.dist-info/METADATA,,\n")
    return "tide-1.0-py3-none-any.whl", into.getvalue()


def test_klaus_shows_a_repository_and_takes_a_push(tmp_path, short_folder):
    require("git")
    shell = activated("klaus", KLAUS, ["3.10", "3.12"])
    repository = a_repository(tmp_path / "harbour")
    bare = tmp_path / "harbour.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), str(bare))
    env = {
        "KLAUS_REPOS": str(bare),
        "KLAUS_SITE_NAME": "Harbour office",
        "KLAUS_USE_SMARTHTTP": "1",
        "KLAUS_UNAUTHENTICATED_PUSH": "1",
    }
    with served(shell, "klaus.contrib.wsgi:application", cwd=tmp_path, run=short_folder / "run", env=env) as site:
        front = site.get("/")
        assert front.status == 200
        assert "Harbour office" in front.text
        assert "harbour" in front.text
        from_edge(site, "/static/klaus.css", shell.package("klaus") / "static" / "klaus.css")
        source, who = ask_whom(site, "/harbour/blob/main/light.py")
        assert "print" in source.text
        assert who == "app"

        # Larger than git's buffer, so it is sent chunked.
        (repository / "chart.bin").write_bytes(bytes(hashlib.shake_256(b"sea").digest(3_000_000)))
        git(repository, "add", "chart.bin")
        git(repository, "commit", "--quiet", "-m", "The chart")
        git(repository, "push", "--quiet", f"http://127.0.0.1:{site.port}/harbour", "main")
        assert git(bare, "log", "--format=%s", "-1", "main").strip() == "The chart"
        git(tmp_path, "clone", "--quiet", f"http://127.0.0.1:{site.port}/harbour", "again")
        assert (tmp_path / "again" / "chart.bin").stat().st_size == 3_000_000


def test_klaus_behind_a_password_gives_no_file_away(tmp_path, short_folder):
    shell = activated("klaus", KLAUS, ["3.10", "3.12"])
    digest = hashlib.md5(b"keeper:Harbour office:tide").hexdigest()
    (tmp_path / "people").write_text(f"keeper:Harbour office:{digest}\n")
    env = {
        "KLAUS_SITE_NAME": "Harbour office",
        "KLAUS_HTDIGEST_FILE": str(tmp_path / "people"),
        "KLAUS_REQUIRE_BROWSER_AUTH": "1",
    }
    with served(shell, "klaus.contrib.wsgi:application", cwd=tmp_path, run=short_folder / "run", env=env) as site:
        assert site.get("/").status == 401
        assert site.get("/static/klaus.css").status == 401
        assert "`DigestFileHttpAuthMiddleware` answers 401" in " ".join(site.said.split())


def a_repository(folder: Path) -> Path:
    folder.mkdir()
    git(folder, "init", "--quiet", "-b", "main")
    git(folder, "config", "user.name", "Keeper")
    git(folder, "config", "user.email", "keeper@lighthouse.example")
    (folder / "light.py").write_text('print("on")\n')
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "The light")
    return folder


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_isso_keeps_a_comment(tmp_path, short_folder):
    shell = activated("isso", ["isso"], ["3.12", "3.13"])
    (tmp_path / "isso.cfg").write_text(
        f"[general]\ndbpath = {tmp_path}/comments.db\nhost = http://127.0.0.1:9/\n[guard]\nenabled = false\n"
    )
    env = {"ISSO_SETTINGS": str(tmp_path / "isso.cfg")}
    with served(shell, "isso.run:application", cwd=tmp_path, run=short_folder / "run", env=env) as site:
        script = from_edge(site, "/js/embed.min.js", shell.package("isso") / "js" / "embed.min.js")
        assert "javascript" in script.headers["Content-Type"]
        from_edge(site, "/css/isso.css", shell.package("isso") / "css" / "isso.css")

        comment = json.dumps({"text": "Clear *tonight*.", "author": "Keeper", "title": "Light list"}).encode()
        headers = {"Content-Type": "application/json", "Origin": "http://127.0.0.1:9"}
        posted = site.ask("POST", "/new?uri=%2Flight%2F", body=comment, headers=headers)
        assert posted.status == 201, posted.text
        assert json.loads(posted.body)["text"] == "<p>Clear <em>tonight</em>.</p>"
        assert posted.headers["Access-Control-Allow-Origin"] == "http://127.0.0.1:9"
        assert posted.headers["Set-Cookie"]
        thread = json.loads(site.get("/?uri=%2Flight%2F").body)
        assert [reply["author"] for reply in thread["replies"]] == ["Keeper"]


def test_radicale_speaks_webdav(tmp_path, short_folder):
    shell = activated("radicale", ["radicale"], ["3.12", "3.13"])
    (tmp_path / "config").write_text(
        f"[auth]\ntype = none\n[storage]\nfilesystem_folder = {tmp_path}/collections\n[logging]\nlevel = warning\n"
    )
    env = {"RADICALE_CONFIG": str(tmp_path / "config")}
    keeper = {"Authorization": "Basic " + base64.b64encode(b"keeper:tide").decode()}
    lines = ["VCALENDAR", "VEVENT"]
    event = [
        *(f"BEGIN:{line}" for line in lines),
        *("UID:1", "DTSTAMP:20260101T000000Z", "DTSTART:20260101T060000Z", "SUMMARY:High water"),
        *(f"END:{line}" for line in reversed(lines)),
    ]
    event[1:1] = ["VERSION:2.0", "PRODID:harbour"]
    with served(shell, "radicale:application", cwd=tmp_path, run=short_folder / "run", env=env) as site:

        def ask(method: str, path: str, *body: str, **headers: str) -> tuple[int, str]:
            answer = site.ask(method, path, body="\r\n".join(body).encode(), headers={**keeper, **headers})
            return answer.status, answer.text

        assert ask("PROPFIND", "/keeper/", Depth="0")[0] == 207
        assert ask("MKCALENDAR", "/keeper/tides/")[0] == 201
        assert ask("PUT", "/keeper/tides/1.ics", *event, **{"Content-Type": "text/calendar"})[0] == 201
        moved = f"http://127.0.0.1:{site.port}/keeper/tides/2.ics"
        assert ask("MOVE", "/keeper/tides/1.ics", Destination=moved)[0] == 201
        status, listing = ask("PROPFIND", "/keeper/tides/", Depth="1")
        assert status == 207
        assert "/keeper/tides/2.ics" in listing
        assert ask("DELETE", "/keeper/tides/")[0] == 200
        assert "stylesheet" in site.get("/.web/").text
