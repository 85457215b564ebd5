"""Hostile names and values in a running site: refused in four parts, or carried literally; never a directive.

Proved by independent readers of what was written (crossplane, ast, json) and by what comes back over HTTP.
"""

from __future__ import annotations

import ast
import json
import os
import re
import stat
from pathlib import Path
from urllib.parse import quote

import pytest

from e2e.site import free_port, seawall, up
from seawall.doing import identity, runfolder
from syntax.reading import read
from tools import require_linux

APP = """
import json, os

def app(environ, start_response):
    told = {
        "cwd": os.getcwd(),
        "value": os.environ.get("HOSTILE", ""),
        "script_name": environ["SCRIPT_NAME"],
        "path": environ["PATH_INFO"],
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(told).encode()]
"""
BYTES = bytes(range(256)) * 8
NAMES = {
    "quotes": 'it\'s "so"',
    "semicolon": "a; autoindex on; b",
    "dollar": "$host ${uri} $(id)",
    "newline": "a\nautoindex on;\n#",
    "braces": "}{ } server { listen 1;",
    "hash": "# no comment",
    "backslash": "a\\' b\\\\",
    "line separator": "a\u2028b\u2029c",
    "emoji": "🌊 морская 海",
    "escape": "\x1b[31mred\x1b[0m",
    "percent": "%2e%2e%00",
    "dash": "--config",
    "colon": "a:b=c,d@e",
    "long": "x" * 200,
    "latin-1": os.fsdecode(b"caf\xe9"),
}


def write(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "app.py").write_text(APP)
    return folder


def written(run: Path) -> dict[str, object]:
    """What the site reads at its start, by independent readers, with run folder and port as placeholders."""
    text = (run / "conf/nginx.conf").read_text()
    settings = ast.parse((run / "conf/gunicorn.conf.py").read_text())
    assert all(isinstance(node, ast.Assign) for node in settings.body)
    return {
        "nginx": _general(read(text), run),
        "gunicorn": {node.targets[0].id: ast.literal_eval(node.value) for node in settings.body},
        "serve": json.loads((run / "conf/serve.json").read_text()),
        "plan": json.loads((run / "conf/plan.json").read_text()),
    }


def _general(tree: list, run: Path) -> str:
    return re.sub(r"127\.0\.0\.1:\d+", "LISTEN", json.dumps(tree).replace(json.dumps(str(run))[1:-1], "RUN"))


def refused(code: int, said: str) -> bool:
    """A refusal: a documented exit code and four parts, in lines that no terminal obeys."""
    if code == 0:
        return False
    assert code in {2, 3, 5, 6, 11}, said
    assert "bug in Seawall" not in said
    assert re.match(r"error: [^\n]+\n  at [^\n]+\n", said), said
    assert "\nhint: " in said, said
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]", said)
    return True


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory) -> str:
    """The configuration of a site in which nothing is hostile."""
    folder = write(tmp_path_factory.mktemp("plain") / "shop")
    (folder / "files").mkdir()
    (folder / "files/app.css").write_bytes(BYTES)
    run = Path("/tmp") / f"sw-plain-{os.getpid()}"
    try:
        rendered = seawall("render", "local", "app:app", "--to", str(run), "--static", "/files=files", cwd=folder)
        assert rendered.returncode == 0, rendered.stderr
        return str(written(run)["nginx"])
    finally:
        import shutil

        shutil.rmtree(run, ignore_errors=True)


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_folder_name_and_variable_are_carried_literally(tmp_path, short_folder, ordinary, name):
    hostile = NAMES[name]
    value = hostile.replace("\udce9", "é")  # TOML is UTF-8
    folder = write(tmp_path / hostile)
    public = folder / f"files {hostile[:100]}"
    public.mkdir()
    (public / "app.css").write_bytes(BYTES)
    (folder / "seawall.toml").write_text(
        f"[static]\n'/files/' = {_toml(public.name.replace(hostile, value))}\n[env]\nHOSTILE = {_toml(value)}\n",
        "utf-8",
    )
    run = short_folder / "run"
    if re.search("[\x00-\x1f\u2028\u2029\udc80-\udcff]", hostile):
        # A setting is one line of text; the folder itself may be called anything.
        done = seawall("plan", "--run-dir", str(run), cwd=folder)
        assert refused(done.returncode, done.stderr)
        (folder / "seawall.toml").write_text(f"[env]\nHOSTILE = {_toml(value)}\n", "utf-8")
        public = None

    with up("app:app", cwd=folder, run=run) as site:
        told = json.loads(site.get("/").text)
        assert told["cwd"] == str(folder)
        assert told["value"] == value
        if public:
            served = site.get("/files/app.css")
            assert (served.status, served.body) == (200, BYTES)
            assert written(run)["nginx"] == ordinary
        assert written(run)["gunicorn"]["chdir"] == str(folder)
        assert written(run)["serve"]["folder"] == str(folder)
        assert written(run)["plan"]["stack"]["app"]["folder"] == str(folder)
        assert site.status()["health"] == "ok"


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_run_folder_is_refused_or_serves(tmp_path, short_folder, ordinary, name):
    folder = write(tmp_path / "shop")
    (folder / "files").mkdir()
    (folder / "files/app.css").write_bytes(BYTES)
    run = short_folder / NAMES[name]
    options = ("app:app", "--static", "/files=files", f"--run-dir={run}")

    planned = seawall("render", "local", "app:app", "--static", "/files=files", "--to", str(run), cwd=folder)
    if refused(planned.returncode, planned.stderr):
        started = seawall("up", *options, "--port", str(free_port()), cwd=folder)
        assert refused(started.returncode, started.stderr)
        return

    with up(*options[:3], cwd=folder, run=run) as site:
        assert site.get("/files/app.css").body == BYTES
        assert written(run)["nginx"] == ordinary


URLS = [
    '/it\'s "so"/',
    "/a; autoindex on; b/",
    "/$host/",
    "/}{ } server {/",
    "/#/",
    "/a\\b/",
    "/🌊 海/",
    "/%2e%2e/",
    "/?x/",
]


@pytest.mark.parametrize("url", URLS)
def test_a_hostile_static_url_is_refused_or_serves_its_file(tmp_path, short_folder, url):
    folder = write(tmp_path / "shop")
    (folder / "files").mkdir()
    (folder / "files/app.css").write_bytes(BYTES)
    options = ("app:app", "--static", f"{url}=files")
    run = short_folder / "run"
    planned = seawall("plan", *options, "--run-dir", str(run), cwd=folder)
    if refused(planned.returncode, planned.stderr):
        return

    with up(*options, cwd=folder, run=run) as site:
        served = site.get(quote(url) + "app.css")
        assert (served.status, served.body) == (200, BYTES)
        assert "autoindex" not in _directives(run)


def _directives(run: Path) -> list[str]:
    found: list[str] = []
    waiting = read((run / "conf/nginx.conf").read_text())
    while waiting:
        name, *rest = waiting.pop()
        if name != "#":
            found.append(name)
            waiting += rest[1] or []
    return found


@pytest.mark.parametrize("prefix", URLS)
def test_a_hostile_prefix_is_refused_or_stripped_once(tmp_path, short_folder, prefix):
    folder = write(tmp_path / "shop")
    run = short_folder / "run"
    planned = seawall("plan", "app:app", "--prefix", prefix, "--run-dir", str(run), cwd=folder)
    if refused(planned.returncode, planned.stderr):
        return

    with up("app:app", "--prefix", prefix, cwd=folder, run=run) as site:
        told = json.loads(site.get(quote(prefix) + "page").text)
        assert told["script_name"].encode("latin-1").decode() == prefix.rstrip("/")
        assert told["path"] == "/page"


CANARY = "canary-7f3a1c-do-not-write"


def test_s39_values_of_variables_are_in_no_file_output_or_argument(tmp_path, short_folder):
    require_linux("/proc")
    folder = write(tmp_path / "shop")
    (folder / ".env.production").write_text(f"HOSTILE={CANARY}-file\n")
    (folder / "seawall.toml").write_text(f'env_file = ".env.production"\n[env]\nTOKEN = "{CANARY}-table"\n')
    run = short_folder / "run"

    with up("app:app", cwd=folder, run=run, env={"INHERITED": f"{CANARY}-inherited"}) as site:
        assert json.loads(site.get("/").text)["value"] == f"{CANARY}-file"
        status = site.status()
        pids = [site.process.pid, status["edge"]["pid"], *status["edge"]["workers"], status["server"]["pid"]]
        said = [identity.command_of(pid) for pid in (*pids, *status["server"]["workers"])]
        for command in (["status"], ["status", "--json"], ["logs"], ["plan"], ["plan", "--json"], ["doctor", "--json"]):
            done = seawall(*command, "--run-dir", str(run), cwd=folder)
            said += [done.stdout, done.stderr]
        shown = json.loads(seawall("plan", "--json", "--run-dir", str(run), cwd=folder).stdout)
        kept = _contents(run) | _contents(_state(folder, run))
    said += [site.said, "".join(site.out)]

    assert shown["stack"]["app"]["env"] == {"HOSTILE": "[redacted]", "TOKEN": "[redacted]"}
    assert not [text for text in said if CANARY in text]
    assert not [path for path, content in kept.items() if CANARY.encode() in content]


def _state(folder: Path, run: Path) -> Path:
    return runfolder.state_folder(folder, run, env=os.environ, uid=os.geteuid())


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_s40_folders_are_private_sockets_closed_and_nothing_is_open_to_others(tmp_path, short_folder):
    folder = write(tmp_path / "shop")
    (folder / "files").mkdir()
    (folder / "files/app.css").write_bytes(BYTES)
    run = short_folder / "run"
    with up("app:app", "--static", "/files=files", cwd=folder, run=run) as site:
        site.ask("POST", "/", body=b"x" * 100_000)
        # The state folder is made when there is state.
        roots = [root for root in (run, _state(folder, run)) if root.exists()]
        found = {path: path.lstat().st_mode for root in roots for path in (root, *root.rglob("*"))}

    loose = {
        str(path): oct(stat.S_IMODE(mode))
        for path, mode in found.items()
        if not stat.S_ISLNK(mode) and stat.S_IMODE(mode) & ~_most(mode)
    }
    assert loose == {}
    assert [path for path, mode in found.items() if stat.S_ISSOCK(mode)]


def _most(mode: int) -> int:
    if stat.S_ISDIR(mode):
        return 0o750
    return 0o660 if stat.S_ISSOCK(mode) else 0o640
