"""The field problems that one person with one command meets, each through the whole chain (P01-P45)."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from e2e.site import SEAWALL, free_port, seawall, up
from syntax.reading import read
from tools import require_linux

# What the app sees and does, as a Flask app that nobody wrote for us.
SHOP = """
import os, time
from flask import Blueprint, Flask, Response, make_response, redirect, request, session, url_for

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 100_000
app.secret_key = "not random"
toys = Blueprint("toys", __name__, url_prefix="/toys", static_folder="toys_files", static_url_path="/files")
books = Blueprint("books", __name__, url_prefix="/books", static_folder="books_files", static_url_path="/files")
app.register_blueprint(toys)
app.register_blueprint(books)


@app.get("/where")
def where():
    return {
        "url": request.url, "client": request.remote_addr, "secure": request.is_secure,
        "link": url_for("where", _external=True), "local": url_for("where"),
        "static": url_for("static", filename="app.css"), "headers": dict(request.headers), "pid": os.getpid(),
        "environ": [name for name in request.environ if name.startswith("HTTP_")],
    }


@app.get("/go")
def go():
    session["seen"] = True
    return redirect(url_for("where"))


@app.post("/upload")
def upload():
    return {"bytes": len(request.get_data())}


@app.get("/sleep/<float:seconds>")
def sleep(seconds):
    time.sleep(seconds)
    return "slept"


@app.get("/events")
def events():
    def each():
        for number in range(4):
            yield f"data: {number} {time.time()}\\n\\n"
            time.sleep(0.25)
    return Response(each(), content_type="text/event-stream")


@app.get("/cookie/<int:size>")
def cookie(size):
    answer = make_response(str(len(request.headers.get("Cookie", ""))))
    answer.set_cookie("big", "x" * size)
    return answer


@app.get("/large")
def large():
    return Response((b"x" * 65_536 for _ in range(80)), content_type="application/octet-stream")


@app.get("/say")
def say():
    print("the app was here")
    return "said"
"""
FILES = {
    "static/app.css": b"body { color: navy }\n",
    "toys_files/toys.css": b".toys { color: red }\n",
    "books_files/books.js": b"console.log('books')\n",
}
HELLO = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
"""


def write(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "app.py").write_text(SHOP)
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def shop_folder(tmp_path):
    return write(tmp_path / "shop")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The site that most rows are asked of; nothing is declared in front of it."""
    with _serving(tmp_path_factory, "plain") as site:
        yield site


@pytest.fixture(scope="module")
def behind(tmp_path_factory):
    """The same behind two declared proxies: one on this machine, one in a private network."""
    with _serving(tmp_path_factory, "behind", "--behind", "loopback", "--behind", "10.0.0.0/8") as site:
        yield site


@contextlib.contextmanager
def _serving(tmp_path_factory, name, *options):
    run = Path(tempfile.mkdtemp(prefix="sw-", dir="/tmp"))
    try:
        with up("app:app", *options, cwd=write(tmp_path_factory.mktemp(name)), run=run) as site:
            yield site
    finally:
        shutil.rmtree(run, ignore_errors=True)


def where(site, **headers: str) -> dict:
    answer = site.get("/where", headers=headers)
    assert answer.status == 200, answer.text
    return json.loads(answer.text)


# Start-up


def test_p01_an_app_that_imports_slowly_is_never_a_502(tmp_path, short_folder, until):
    (tmp_path / "app.py").write_text("import time\ntime.sleep(0.7)\n" + HELLO)
    with up(cwd=tmp_path, run=short_folder, ready=False) as site:
        seen = set()

        def knock() -> bool:
            try:
                seen.add(site.get("/", wait=5).status)
            except ConnectionRefusedError:
                seen.add("refused")
            return 200 in seen

        until(knock, seconds=20)

        assert seen == {"refused", 200}


def test_p01_an_app_that_raises_is_never_a_502_and_its_traceback_comes_last(tmp_path, short_folder):
    (tmp_path / "app.py").write_text("import time\ntime.sleep(0.3)\nraise RuntimeError('no database')\n")
    with up("app:app", cwd=tmp_path, run=short_folder, ready=False) as site:
        seen = set()
        while site.process.poll() is None:
            try:
                seen.add(site.get("/", wait=5).status)
            except ConnectionRefusedError:
                seen.add("refused")

    assert seen == {"refused"}
    assert site.process.returncode == 3
    assert "RuntimeError: no database\n\nhint: " in site.said


def test_p01_an_app_that_dies_only_in_its_worker_is_told_with_the_servers_words(tmp_path, short_folder):
    """Its second import fails: the look was fine, the server is not."""
    (tmp_path / "app.py").write_text(
        "import os\nif os.path.exists('seen'): raise RuntimeError('one import only')\nopen('seen', 'w').close()\n"
        + HELLO
    )
    done = seawall("up", "app:app", "--port", str(free_port()), "--run-dir", str(short_folder), cwd=tmp_path)

    assert done.returncode == 4  # Gunicorn's own, for an app that fails to load
    assert "error: gunicorn ended before the app answered\n  at `app:app`\n  saw exit code 4\n" in done.stderr
    assert "HaltServer" not in done.stderr
    assert "RuntimeError: one import only" in done.stderr


def test_p03_no_written_file_leaves_a_name_to_a_resolver(shop):
    for name in ("nginx.conf", "gunicorn.conf.py", "serve.json"):
        assert "localhost" not in (shop.run / "conf" / name).read_text()


# Identity


def test_p04_p07_without_a_proxy_scheme_host_and_port_are_the_edges(shop):
    told = where(shop)

    assert told["url"] == told["link"] == f"http://127.0.0.1:{shop.port}/where"
    assert told["secure"] is False
    assert told["client"] == "127.0.0.1"


def test_p04_p05_behind_one_proxy_they_are_what_it_says(behind):
    told = where(
        behind,
        **{
            "X-Forwarded-For": "203.0.113.9",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "shop.example",
            "X-Forwarded-Port": "443",
        },
    )

    assert told["url"] == told["link"] == "https://shop.example/where"
    assert told["secure"] is True
    assert told["client"] == "203.0.113.9"


def test_p04_p05_behind_two_proxies_the_client_is_the_one_before_them(behind):
    told = where(behind, **{"X-Forwarded-For": "203.0.113.9, 10.1.2.3", "X-Forwarded-Proto": "https"})

    assert told["client"] == "203.0.113.9"
    assert told["secure"] is True


def test_p05_the_log_has_the_same_client_as_the_app(behind, until):
    behind.get("/where?logged", headers={"X-Forwarded-For": "198.51.100.77"})

    line = until(lambda: next((line for line in behind.access_log() if "198.51.100.77" in json.dumps(line)), None))
    assert "/where" in json.dumps(line)


FORGED = {
    "X-Forwarded-For": "1.1.1.1",
    "X-Real-IP": "1.1.1.1",
    "Forwarded": "for=1.1.1.1;proto=https;host=evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "444",
    "X-Forwarded-Prefix": "/evil",
    "X-Script-Name": "/evil",
    "Client-IP": "1.1.1.1",
}


def test_p06_forged_headers_leave_the_apps_view_unchanged(shop):
    plain, forged = where(shop), where(shop, **FORGED)
    for told in (plain, forged):
        for volatile in ("pid", "X-Request-Id"):
            told.pop(volatile, None)
            told["headers"].pop(volatile, None)

    assert forged == plain


def test_p06_a_client_cannot_put_an_address_before_the_proxys(behind):
    told = where(behind, **{"X-Forwarded-For": "1.1.1.1, 203.0.113.9"})

    assert told["client"] == "203.0.113.9"


def test_p07_redirects_keep_the_port_that_the_visitor_typed(shop):
    answer = shop.get("/go", headers={"Host": "shop.example:8080"})

    assert answer.status == 302
    assert answer.headers["Location"] in {"/where", "http://shop.example:8080/where"}
    assert where(shop, Host="shop.example:8080")["link"] == "http://shop.example:8080/where"


def test_p37_below_a_prefix_links_static_redirect_and_cookie_have_it_once(shop_folder, short_folder):
    (shop_folder / "seawall.toml").write_text('prefix = "/a/b"\n')
    with up("app:app", cwd=shop_folder, run=short_folder) as site:
        told = json.loads(site.get("/a/b/where").text)
        went = site.get("/a/b/go")
        styled = site.get(told["static"])

        assert told["local"] == "/a/b/where"
        assert told["url"] == f"http://127.0.0.1:{site.port}/a/b/where"
        assert told["static"] == "/a/b/static/app.css"
        assert (styled.status, styled.body) == (200, FILES["static/app.css"])
        assert went.headers["Location"].endswith("/a/b/where")
        assert "/a/b/where".startswith(re.search("Path=([^;]+)", went.headers["Set-Cookie"])[1])
        assert site.get("/where").status == 404


def test_p44_nothing_outside_the_run_folder_is_included_and_unknown_hosts_are_closed(tmp_path, short_folder):
    (tmp_path / "app.py").write_text(HELLO)
    (tmp_path / "seawall.toml").write_text('hosts = ["shop.example"]\n')
    with up("app:app", cwd=tmp_path, run=short_folder) as site:
        text = (short_folder / "conf/nginx.conf").read_text()

        assert site.get("/", headers={"Host": "shop.example"}).text == "hello"
        assert site.get("/", headers={"Host": "evil.example"}).status == 421
        assert _includes(read(text)) == [f"{short_folder}/conf/mime.types"]


def _includes(tree: list) -> list[str]:
    found: list[str] = []
    for name, *rest in tree:
        if name == "include":
            found += rest[0]
        if name != "#" and rest[1]:
            found += _includes(rest[1])
    return found


def test_p45_an_underscore_header_never_arrives(shop):
    assert "HTTP_X_FOO" not in where(shop, X_Foo="1")["environ"]
    assert "HTTP_X_FOO" in where(shop, **{"X-Foo": "1"})["environ"]


# Limits


def test_p08_a_body_at_the_apps_limit_passes_and_far_above_it_the_edge_says_413(shop):
    fits = shop.ask("POST", "/upload", body=b"x" * 100_000)
    above = shop.ask("POST", "/upload", body=b"x" * 300_000)

    assert json.loads(fits.text) == {"bytes": 100_000}
    assert above.status == 413
    assert _chunked(shop, 300_000) == 413
    assert _chunked(shop, 50_000) == 200


def _chunked(site, size: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    try:
        connection.request(
            "POST",
            "/upload",
            body=(b"x" * 10_000 for _ in range(size // 10_000)),
            encode_chunked=True,
            headers={"Transfer-Encoding": "chunked"},
        )
        return connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):  # refused while it was still being sent
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("kilobytes", [3, 7, 9, 17])
def test_p36_cookies_both_ways_are_200_or_431_never_502(shop, kilobytes):
    size = kilobytes * 1024
    sent = shop.get("/cookie/0", headers={"Cookie": "big=" + "x" * size})
    received = shop.get(f"/cookie/{size}")

    assert sent.status in {200, 431}
    assert sent.status == 200 or kilobytes > 16
    assert received.status == 200
    assert len(received.headers["Set-Cookie"]) > size


def test_p36_an_address_as_long_as_the_edge_lets_through_reaches_the_app(shop):
    assert shop.get("/where?" + "x" * 14_000).status == 200
    assert shop.get("/where?" + "x" * 40_000).status == 414


def test_p40_an_error_of_the_edge_is_small_honest_and_json_when_asked(shop):
    answer = shop.ask("POST", "/upload", body=b"x" * 300_000, headers={"Accept": "application/json"})

    told = json.loads(answer.text)
    assert answer.status == 413
    assert answer.headers["Content-Type"].startswith("application/json")
    assert "413" in json.dumps(told)
    assert re.search("[0-9a-f]{16}", answer.text)


# Time


def test_p10_p09_a_request_above_the_deadline_is_one_504_and_the_worker_comes_back(shop_folder, short_folder, until):
    with up(
        "app:app", "--deadline", "1s", "--workers", "1", "--threads", "1", cwd=shop_folder, run=short_folder
    ) as site:
        first = where(site)["pid"]
        began = time.monotonic()
        assert site.get("/sleep/0.6").status == 200
        slow = site.get("/sleep/30.0")
        waited = time.monotonic() - began

        assert slow.status == 504
        assert 1.4 < waited < 3
        until(lambda: site.get("/where", wait=10).status == 200, seconds=10)
        assert where(site)["pid"] != first
        until(lambda: "/sleep/30.0" in site.said)
        assert [line["status"] for line in site.access_log() if "/sleep/30.0" in json.dumps(line)] == [504]


# Capacity


def test_p11_slow_clients_do_not_slow_a_fast_one(shop_folder, short_folder):
    with up("app:app", "--workers", "1", "--threads", "2", cwd=shop_folder, run=short_folder) as site:
        slow = [_half_a_header(site) for _ in range(40)] + [_half_a_body(site) for _ in range(40)]
        slow += [_slow_reader(site) for _ in range(20)]
        try:
            times = []
            for _ in range(20):
                began = time.monotonic()
                assert site.get("/where", wait=5).status == 200
                times.append(time.monotonic() - began)
        finally:
            for each in slow:
                each.close()

    assert sorted(times)[-2] < 0.5


def _connected(site) -> socket.socket:
    return socket.create_connection(("127.0.0.1", site.port), timeout=10)


def _half_a_header(site) -> socket.socket:
    client = _connected(site)
    client.sendall(b"GET /where HTTP/1.1\r\nHost: shop.example\r\nX-Slow: ")
    return client


def _half_a_body(site) -> socket.socket:
    client = _connected(site)
    client.sendall(b"POST /upload HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 50000\r\n\r\n" + b"x" * 100)
    return client


def _slow_reader(site) -> socket.socket:
    client = _connected(site)
    client.sendall(b"GET /large HTTP/1.1\r\nHost: shop.example\r\n\r\n")
    return client


def test_p18_a_burst_of_ten_times_the_capacity_sees_200_and_503_only(shop_folder, short_folder):
    options = ("--workers", "1", "--threads", "4")
    with up("app:app", *options, cwd=shop_folder, run=short_folder) as site, ThreadPoolExecutor(40) as clients:
        statuses = list(clients.map(lambda _: site.get("/sleep/0.05").status, range(160)))

    assert set(statuses) <= {200, 503}
    assert statuses.count(200) > 40


def test_p19_posts_with_pauses_around_the_servers_idle_time_never_fail(shop):
    """Gunicorn's own idle time is 2 s, which is where a kept connection would be closed under the edge's hands."""
    connection = http.client.HTTPConnection("127.0.0.1", shop.port, timeout=10)
    connection.connect()
    kept = connection.sock
    try:
        for pause in (1.95, 2.05, 0):
            connection.request("POST", "/upload", body=b"x")
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b'{"bytes":1}\n')
            threading.Event().wait(pause)
        assert connection.sock is kept
    finally:
        connection.close()


def test_p24_stopping_answers_what_runs_and_what_waits(shop_folder, short_folder, until):
    options = ("--workers", "1", "--threads", "2")
    with up("app:app", *options, cwd=shop_folder, run=short_folder) as site, ThreadPoolExecutor(12) as clients:
        asked = [clients.submit(lambda: site.get("/sleep/0.3").status) for _ in range(12)]
        until(lambda: sum(1 for each in asked if each.done()) >= 1)
        code = site.stop(signal.SIGTERM)

        assert code == 0
        assert [each.result() for each in asked] == [200] * 12


# Static files


def test_p14_every_mapping_of_the_app_is_served_by_the_edge(shop):
    for url, file in {
        "/static/app.css": "static/app.css",
        "/toys/files/toys.css": "toys_files/toys.css",
        "/books/files/books.js": "books_files/books.js",
    }.items():
        answer = shop.get(url)
        assert (answer.status, answer.body) == (200, FILES[file])
        assert answer.headers["ETag"]


def test_p16_a_second_get_is_304(shop):
    first = shop.get("/static/app.css")
    second = shop.get("/static/app.css", headers={"If-None-Match": first.headers["ETag"]})

    assert (second.status, second.body) == (304, b"")
    assert first.headers["Cache-Control"] == "no-cache"


def test_p17_no_other_account_reaches_the_sockets(shop):
    for path in [path for path in shop.run.rglob("*") if path.is_socket()]:
        assert path.stat().st_mode & 0o007 == 0
        if os.geteuid() == 0:
            other = subprocess.run(
                ["/bin/sh", "-c", f"test -e '{path}'"], user=54321, group=54321, extra_groups=[], check=False
            )
            assert other.returncode == 1


# Streams


def test_p26_events_arrive_as_they_are_made(shop):
    connection = http.client.HTTPConnection("127.0.0.1", shop.port, timeout=10)
    try:
        connection.request("GET", "/events", headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        assert answer.getheader("Content-Encoding") is None
        delays = []
        while line := answer.readline():
            if line.startswith(b"data:"):
                delays.append(time.time() - float(line.split()[2]))
    finally:
        connection.close()

    assert len(delays) == 4
    assert max(delays) < 0.2


# State in the process


def test_p29_a_secret_made_anew_by_each_process_means_one_process_and_says_why(tmp_path, short_folder):
    (tmp_path / "app.py").write_text(
        "import os\nfrom flask import Flask\napp = Flask(__name__)\napp.secret_key = os.urandom(16)\n"
    )
    done = seawall("plan", "app:app", "--json", "--run-dir", str(short_folder), cwd=tmp_path)

    decided = json.loads(done.stdout)
    workers = next(each for each in decided["decisions"] if each["key"] == "workers")
    assert workers["value"] == "1"
    assert "secret" in workers["because"]


# Files, rights and logs


def test_p32_the_heartbeat_is_in_memory(shop):
    require_linux("/proc and /dev/shm")
    worker = shop.status()["server"]["workers"][0]
    open_files = [os.readlink(path) for path in Path(f"/proc/{worker}/fd").iterdir() if path.is_symlink()]

    assert [path for path in open_files if path.startswith("/dev/shm/wgunicorn-")]


def _as_random_uid() -> tuple[str, ...]:
    """A user id without an entry in the user database, where the kernel lets us have one."""
    namespace = ("unshare", "--user", "--map-user=54321", "--map-group=54321")
    with contextlib.suppress(OSError):
        if subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode == 0:
            return namespace
    return ()


def test_p33_p34_without_a_home_and_as_a_random_user_the_log_is_clean_and_uploads_pass(shop_folder, short_folder):
    port = free_port()
    run = short_folder / "run"
    env = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/proc/nowhere"}
    if "unshare" in _as_random_uid():
        del env["HOME"]
    process = subprocess.Popen(
        [*_as_random_uid(), *SEAWALL, "up", "app:app", "--max-body", "2MB", "--port", str(port), "--run-dir", str(run)],
        cwd=shop_folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for line in process.stderr:
            if line.startswith("serving http"):
                break
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("POST", "/upload", body=b"x" * 99_000)
        assert json.loads(connection.getresponse().read()) == {"bytes": 99_000}
        connection.close()
    finally:
        process.send_signal(signal.SIGTERM)
        out, rest = process.communicate(timeout=30)

    assert (process.returncode, out) == (0, "")
    assert not re.search("(?i)error|warn|denied|control", rest), rest
    assert not re.search(r"\[(warn|error|crit|alert|emerg)\]", (run / "log/edge.log").read_text())
    assert not (run / "log/app.log").exists() or (run / "log/app.log").read_text() == ""


def test_p35_one_request_is_one_access_line_and_one_app_line_within_a_second(shop, until):
    before = len([line for line in shop.out if "the app was here" in line])
    shop.get("/say?once")

    until(lambda: len([line for line in shop.out if "the app was here" in line]) == before + 1, seconds=1)
    lines = until(lambda: [line for line in shop.access_log() if "/say?once" in json.dumps(line)], seconds=1)
    assert len(lines) == 1
    assert lines[0]["status"] == 200


def test_p41_health_is_green_with_strict_hosts(tmp_path, short_folder):
    (tmp_path / "app.py").write_text(
        "def app(environ, start_response):\n"
        "    ok = environ['HTTP_HOST'].split(':')[0] == 'shop.example'\n"
        "    start_response('200 OK' if ok else '400 Bad Request', [])\n"
        "    return [b'ok' if ok else b'bad host']\n"
    )
    (tmp_path / "seawall.toml").write_text('hosts = ["shop.example"]\nhealth = "/up"\n')
    with up("app:app", cwd=tmp_path, run=short_folder) as site:
        assert site.status()["health"] == "ok"
        assert seawall("status", "--run-dir", str(short_folder)).returncode == 0
        assert site.get("/", headers={"Host": "shop.example"}).text == "ok"
