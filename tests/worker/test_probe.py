"""The probe as a process: what it says when, what the app sees of it, and that it ends."""

from __future__ import annotations

import json
import os
import subprocess
import textwrap
import time

import pytest
from probing import PROBE, probe

from interpreters import interpreter

VERSIONS = ["3.8", "3.12", "3.13"]
APP = "def app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'']\n"


def write(folder, text, name="app.py"):
    (folder / name).write_text(textwrap.dedent(text) + APP)
    return folder


@pytest.mark.parametrize("minor", VERSIONS)
def test_the_app_sees_nothing_of_the_probe(tmp_path, minor):
    write(
        tmp_path,
        """
        import json, os, sys
        seen = {"path": sys.path, "argv": sys.argv, "cwd": os.getcwd(), "flag": os.environ.get("SEAWALL")}
        for name in ("flask", "target", "search", "seawall"):
            try:
                __import__(name)
            except ImportError:
                pass
            else:
                seen.setdefault("visible", []).append(name)
        print(json.dumps(seen))
        """,
    )
    probed = probe(interpreter(minor), tmp_path)
    seen = json.loads(probed.stdout)
    assert seen["path"][0] == str(tmp_path)
    assert str(PROBE.parent) not in seen["path"]
    assert len(seen["argv"]) == 1
    assert seen["cwd"] == str(tmp_path)
    assert "visible" not in seen
    assert probed.report["app"]["interpreter"]["version"][:2] == [int(part) for part in minor.split(".")]


def test_output_of_the_app_stays_its_own(tmp_path):
    write(tmp_path, "import sys\nprint('from the app', end='')\nprint('oh', file=sys.stderr, end='')\n")
    probed = probe(interpreter("3.12"), tmp_path)
    assert (probed.stdout, probed.stderr, probed.code) == ("from the app", "oh", 0)


def test_progress_is_said_before_the_import_begins(tmp_path):
    write(tmp_path, "import sys\nsys.stdin.read()\n")
    request = json.dumps({"target": None, "folder": str(tmp_path), "collect_into": ""})
    reading, writing = os.pipe()
    command = [str(interpreter("3.12")), str(PROBE), request, str(writing)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[writing]) as process, os.fdopen(reading) as pipe:
        os.close(writing)
        first = json.loads(pipe.readline())
        assert process.poll() is None
        process.stdin.close()
        last = json.loads(pipe.readline())
    assert first == {"event": "importing", "target": "app.py", "because": "found in `app.py`: `app`"}
    assert last["app"]["target"] == "app:app"


def test_threads_of_the_app_do_not_keep_the_probe_alive(tmp_path):
    write(tmp_path, "import threading\nthreading.Thread(target=threading.Event().wait, name='clock').start()\n")
    started = time.monotonic()
    probed = probe(interpreter("3.12"), tmp_path)
    assert probed.report["app"]["threads"] == ["clock"]
    assert time.monotonic() - started < 20


def test_programs_that_the_app_starts_do_not_hold_the_report(tmp_path):
    write(
        tmp_path,
        """
        import subprocess, sys
        child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], close_fds=False,
                                 stdin=subprocess.PIPE)
        """,
    )
    assert probe(interpreter("3.12"), tmp_path).report["ok"]


def test_the_app_is_imported_once(tmp_path):
    write(tmp_path, "open('imports', 'a').write('x')\n")
    (tmp_path / "main.py").write_text(APP)
    probe(interpreter("3.12"), tmp_path)
    assert (tmp_path / "imports").read_text() == "x"


def test_a_closed_standard_output_is_no_reason_to_fail(tmp_path):
    write(tmp_path, "import sys\nsys.stdout = None\n")
    assert probe(interpreter("3.12"), tmp_path).report["ok"]


def test_a_mistake_of_ours_is_reported_as_ours(tmp_path):
    write(tmp_path, "import json\njson.dumps = None\n")
    probed = probe(interpreter("3.12"), tmp_path, "app:nowhere.\u2028")
    assert probed.report["error"]["kind"] == "bad_target"


def test_the_source_runs_on_the_oldest_python():
    code = "import sys\nfor f in sys.argv[1:]: compile(open(f, 'rb').read(), f, 'exec')"
    files = [str(path) for path in PROBE.parent.rglob("*.py")]
    subprocess.run([str(interpreter("3.8")), "-c", code, *files], check=True, timeout=60)


def test_every_field_of_the_model_is_reported(tmp_path):
    from dataclasses import fields

    from seawall.model.facts import AppFacts, Interpreter

    app = probe(interpreter("3.12"), write(tmp_path, "")).report["app"]
    told_by_the_caller = {"interpreter_because"}
    assert set(app) == {field.name for field in fields(AppFacts)} - told_by_the_caller
    assert sorted(app["interpreter"]) == sorted(field.name for field in fields(Interpreter))
