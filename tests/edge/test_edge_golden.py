"""What users get, kept as files; every tool that can read them has its say."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from backend import read_answer
from examples import EXAMPLES, example
from harness import abilities, binary, edge, listening_socket, materialise, unprivileged, wait_for_socket
from reading import read, shape

from seawall.edge import files, render
from seawall.model.files import File, SymbolicLink
from seawall.syntax.nginx import emit
from tools import missing

GOLDEN = Path(__file__).parent / "golden"
KINDS = (True, False)
VERSIONS = ("1.22.1", "1.26.3", "1.30.6", "1.31.3")
# gixy names these two by the version alone; no configuration causes or cures them. They are answered by the check of
# the binary (package version and changelog), see security-and-faults 3.2.
BY_NUMBER_ONLY = {
    "CVE-2026-9256": "needs `rewrite` with overlapping captures, which is never written",
    "CVE-2026-93479": "any string with a variable; answered by the version gate, not by configuration",
}


def _name(name: str, public: bool) -> str:
    return f"{name}.conf" if public else f"{name}.rehearsal.conf"


@pytest.mark.parametrize("public", KINDS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_configuration_is_the_golden_one(name, public):
    path = GOLDEN / _name(name, public)
    text = emit(render(example(name), public=public))
    if os.environ.get("SEAWALL_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert path.read_text() == text


def test_no_golden_file_is_left_over():
    assert {path.name for path in GOLDEN.iterdir()} == {_name(name, kind) for name in EXAMPLES for kind in KINDS}


@pytest.mark.parametrize("public", KINDS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_independent_reader_sees_the_tree_that_was_meant(name, public):
    tree = render(example(name), public=public)
    assert read(emit(tree)) == shape(tree)


@pytest.mark.parametrize("name", EXAMPLES)
def test_nginx_accepts_it(name, build, run):
    program = binary(build)
    run.mkdir()
    able = abilities(program, run)
    changes = EXAMPLES[name]
    stack = example(
        name,
        str(run),
        abilities=able & changes.get("abilities", able),
        listen=tuple(_free(text) for text in changes.get("listen", ("127.0.0.1:8080",))),
    )
    materialise(stack, run)
    for config in ("conf/nginx.conf", "rehearsal/nginx.conf"):
        argv = [program, "-t", "-p", run, "-e", run / "log/edge.log", "-c", run / config]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, **unprivileged(run))
        assert done.returncode == 0, done.stderr
        assert "[warn]" not in done.stderr, done.stderr


def _free(address: str) -> str:
    host = address.rpartition(":")[0]
    with listening_socket(host.strip("[]")) as found:
        return f"{host}:{found.getsockname()[1]}"


@pytest.mark.parametrize("version", VERSIONS)
def test_gixy_finds_nothing(version, tmp_path):
    gixy = shutil.which("gixy", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")
    if gixy is None:
        missing("the program `gixy`")
    paths = []
    for name in EXAMPLES:
        for public in KINDS:
            paths.append(tmp_path / _name(name, public))
            paths[-1].write_text(emit(render(example(name), public=public)))
    for checks in ((), ("--checks", "nginx_cves")):
        argv = [gixy, "-f", "json", "--nginx-version", version, *checks, *map(str, paths)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=120)
        assert done.stdout, done.stderr
        assert _findings(json.loads(done.stdout)) == []


def _findings(report: list[dict]) -> list[str]:
    found = [f"{item['plugin']}: {item['reason']} {item['config']}" for item in report]
    return [text for text in found if not any(number in text for number in BY_NUMBER_ONLY)]


def test_the_names_of_folders_never_enter_a_configuration():
    stack = example("many_static")
    written = "".join(item.text for item in files(stack) if isinstance(item, File))
    links = {str(item.path): item.target for item in files(stack) if isinstance(item, SymbolicLink)}
    assert "/srv/shop" not in written
    assert links == {
        "web/0": "/srv/shop/public",
        "web/1/static": "/srv/shop/static",
        "web/2/static/vendor": "/srv/shop/node",
        "web/3/++resource++logo": "/srv/shop/logo",
        'web/4/odd "name"; {é}': "/srv/shop/o'dd; $x {",
    }


def test_p03_no_name_is_left_to_a_resolver():
    for name in EXAMPLES:
        text = emit(render(example(name), public=True))
        assert "localhost" not in text
        assert "resolver" not in text
        for never in ("rewrite ", "alias ", "proxy_cache", "autoindex", "ssi ", "charset ", " user "):
            assert never not in text


def test_the_rehearsal_opens_no_public_port():
    text = emit(render(example("hosts"), public=False))
    assert "listen 0.0.0.0" not in text
    assert "[::]" not in text
    assert text.count("/run/shop/rehearsal/sock") == 2
    assert "/run/shop/log" not in text


@pytest.mark.parametrize("name", ["plain", "hosts"])
def test_the_rehearsal_serves_on_its_own_socket_beside_the_real_one(name, build, run):
    with edge(build, run, hosts=("site.test",) if name == "hosts" else ()) as site:
        argv = [site.process.args[0], "-p", run, "-e", run / "rehearsal/edge.log", "-c", run / "rehearsal/nginx.conf"]
        process = subprocess.Popen(argv, process_group=0, **unprivileged(run))
        try:
            wait_for_socket(run / "rehearsal/sock", process)
            with socket.socket(socket.AF_UNIX) as peer:
                peer.connect(str(run / "rehearsal/sock"))
                peer.sendall(b"GET / HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n")
                assert read_answer(peer).status == 200
        finally:
            process.send_signal(signal.SIGQUIT)
            assert process.wait(10) == 0
        assert site.get("/").status == 200
        assert {path.name for path in (run / "rehearsal").iterdir()} >= {"access.jsonl", "edge.log", "body", "proxy"}
