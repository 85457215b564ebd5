"""What people and programs see, to the letter."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import PurePosixPath
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall import errors
from seawall.cli.output import Output, safe, to_json
from seawall.config.pinned import Config, Pinned, Variables
from seawall.errors import ConfigError, Problem, SeawallError
from seawall.model.decisions import Decision, Level, Remark, Source
from seawall.model.facts import Interpreter
from seawall.model.runfolder import RunFolder
from seawall.model.stack import (
    App,
    Capacity,
    Edge,
    Health,
    Link,
    Plan,
    Server,
    SizeBudget,
    Stack,
    StaticMap,
    TimeBudget,
    Trust,
)
from seawall.model.values import Address, Duration, Host, HostName, Network, Port, Size, UrlPrefix

TERMINAL = {"TERM": "xterm-256color", "COLUMNS": "80"}


class Stream(io.TextIOWrapper):
    def __init__(self, *, terminal: bool, encoding: str) -> None:
        self.bytes = io.BytesIO()
        self.terminal = terminal
        super().__init__(self.bytes, encoding=encoding, newline="")

    def isatty(self):
        return self.terminal

    @property
    def text(self):
        self.flush()
        return self.bytes.getvalue().decode(self.encoding)


class Seen(Output):
    """An output whose streams can be read back."""

    def __init__(self, *, terminal: bool = False, encoding: str = "utf-8", **env: str) -> None:
        self.stdout = Stream(terminal=terminal, encoding=encoding)
        self.stderr = Stream(terminal=terminal, encoding=encoding)
        super().__init__(self.stdout, self.stderr, (TERMINAL if terminal else {}) | env)


def parts(kind):
    return kind("it does not fit", where="seawall.toml:4 (`app`)", saw="a `3`", hint="run `seawall doctor`")


FOUR_PARTS = """\
error: it does not fit
  at seawall.toml:4 (`app`)
  saw a `3`

hint: run `seawall doctor`
"""
TWO_PROBLEMS = ConfigError(
    (
        Problem("seawall.toml:2 (`workers`)", 'should be a whole number between 1 and 512, not `"four"`'),
        Problem("seawall.toml:3 (`prot`)", "is not a setting", "did you mean `port`?"),
    )
)
ERRORS: dict[str, tuple[SeawallError, str]] = {
    "SeawallError": (SeawallError("it does not fit"), "error: it does not fit\n"),
    "ConfigError": (
        TWO_PROBLEMS,
        """\
error: the configuration has 2 problems
  at seawall.toml:2 (`workers`)
    should be a whole number between 1 and 512, not `"four"`
  at seawall.toml:3 (`prot`)
    is not a setting
    hint: did you mean `port`?
""",
    ),
    "UsageError": (parts(errors.UsageError), FOUR_PARTS),
    "AppError": (
        errors.AppError(
            "`shop.wsgi:application` cannot be imported",
            where="seawall.toml:4 (`app`)",
            saw="ModuleNotFoundError: No module named `shop.settings_prod`",
            hint="set `DJANGO_SETTINGS_MODULE` under `[env]`, or run `seawall plan --verbose`",
            detail='Traceback (most recent call last):\n  File "shop/wsgi.py", line 7\n\n\timport shop\n',
        ),
        """\
error: `shop.wsgi:application` cannot be imported
  at seawall.toml:4 (`app`)
  saw ModuleNotFoundError: No module named `shop.settings_prod`

  Traceback (most recent call last):
    File "shop/wsgi.py", line 7

      import shop

hint: set `DJANGO_SETTINGS_MODULE` under `[env]`, or run `seawall plan --verbose`
""",
    ),
    "UndecidedError": (
        errors.UndecidedError("two apps fit", hint="choose one:\nseawall up a:app\nseawall up b:app"),
        """\
error: two apps fit

hint: choose one:
      seawall up a:app
      seawall up b:app
""",
    ),
} | {
    name: (parts(getattr(errors, name)), FOUR_PARTS)
    for name in (
        "RefusalError",
        "MachineError",
        "AlreadyRunningError",
        "NotRunningError",
        "StartError",
        "ToolError",
        "UnsayableError",
    )
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_has_this_text_on_stderr_and_nothing_on_stdout(name):
    error, text = ERRORS[name]
    seen = Seen()

    seen.show_error(error)

    assert seen.stderr.text == text
    assert seen.stdout.text == ""


def test_every_error_class_has_its_text():
    classes = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, SeawallError)}

    assert classes == set(ERRORS)


def test_the_hint_of_a_single_problem_stands_at_the_end():
    seen = Seen()

    seen.show_error(ConfigError((Problem("`--prot`", "is not a setting", "did you mean `--port`?"),)))

    assert seen.stderr.text == (
        "error: the configuration has a problem\n  at `--prot`\n    is not a setting\n\nhint: did you mean `--port`?\n"
    )


def test_on_a_terminal_an_error_is_red_and_its_hint_cyan():
    seen = Seen(terminal=True)

    seen.show_error(parts(errors.AppError))

    assert seen.stderr.text == (
        "\x1b[1;31merror\x1b[0m: it does not fit\n  at seawall.toml:4 (`app`)\n  saw a `3`\n\n"
        "\x1b[36mhint\x1b[0m: run `seawall doctor`\n"
    )


@pytest.mark.parametrize(
    ("terminal", "env", "coloured"),
    [
        (True, {}, True),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"TERM": "dumb"}, False),
        (False, {}, False),
        (False, {"FORCE_COLOR": "1", "TERM": "xterm-256color"}, True),
    ],
)
def test_colour_is_for_terminals_and_for_who_asks_for_it(terminal, env, coloured):
    seen = Seen(terminal=terminal, **env)

    seen.warning("mind the gap", "run `seawall doctor`")

    assert ("\x1b[1;33m" in seen.stderr.text) == coloured
    assert ("\x1b[36m" in seen.stderr.text) == coloured


@pytest.mark.parametrize("terminal", [False, True])
def test_square_brackets_and_backticks_are_text(terminal):
    seen = Seen(terminal=terminal)

    seen.say("[bold]x[/bold] [link=http://x]y[/] :smile: 3.14")

    assert seen.stderr.text == "[bold]x[/bold] [link=http://x]y[/] :smile: 3.14\n"


@pytest.mark.parametrize("terminal", [False, True])
def test_what_a_terminal_would_obey_is_spelled_out(terminal):
    seen = Seen(terminal=terminal)

    seen.result("a\x1b[2Jb\nerror: forged\r\x07\x9b\u202e\u2028\0\x7f\ud800")

    assert seen.stdout.text == "a\\x1b[2Jb\\nerror: forged\\r\\x07\\x9b\\u202e\\u2028\\x00\\x7f\\ud800\n"


@given(st.text(st.characters(exclude_categories=())))
def test_safe_text_is_one_line_and_can_be_encoded(text):
    assert safe(text).encode().decode().isprintable() or all(
        ord(char) > 0x9F for char in safe(text) if not char.isprintable()
    )
    assert "\n" not in safe(text)


@pytest.mark.parametrize("terminal", [False, True])
def test_text_is_said_even_where_the_terminal_cannot_write_it(terminal):
    seen = Seen(encoding="ascii", terminal=terminal)

    seen.result("2 ± 4 → 中")

    assert seen.stdout.text == "2 \\xb1 4 \\u2192 \\u4e2d\n"


DECISIONS = (
    Decision("app", "shop.wsgi:application", "the only WSGI callable in `shop/wsgi.py`", Source.DETECTED),
    Decision("listen", "http://127.0.0.1:8080/", "nobody else reaches it until you say so", Source.DEFAULT),
    Decision("server", "gunicorn 26.1, 2 workers of 4 threads", "4 cores and 2 GB", Source.DETECTED, "cgroup v2 quota"),
    Decision(
        "static", "/static/ → /srv/shop/a/rather/long/path/to/collected", "Django", Source.DETECTED, "`STATIC_ROOT`"
    ),
    Decision("deadline", "30s", "a hanging worker is replaced", Source.FLAG, "`--deadline`"),
    Decision("name", "小商店 [x]", "as its folder", Source.DETECTED),
)
REMARKS = (
    Remark(Level.WARNING, "the app keeps state in the process", "run `seawall up --workers 1`"),
    Remark(Level.NOTE, "`.env` is not loaded"),
)


def a_plan() -> Plan:
    python = Interpreter("/srv/.venv/bin/python", (3, 12, 1), "/srv/.venv")
    second = Duration(1)
    stack = Stack(
        name="shop",
        app=App(
            target="shop.wsgi:application",
            framework="django",
            interpreter=python,
            folder="/srv/shop",
            paths=(),
            server_folder="",
            env=(("SECRET_KEY", "hush"), ("DEBUG", "")),
        ),
        server=Server(
            name="gunicorn",
            version="26.1",
            worker="w",
            workers=2,
            threads=4,
            link=Link.SCGI,
            settings=(("timeout", 31),),
        ),
        edge=Edge(
            binary="/usr/sbin/nginx",
            version="1.30.0",
            abilities=frozenset({"b", "a"}),
            listen=(Address(Host("127.0.0.1"), Port(8080)),),
            hosts=(HostName("example.com"),),
            prefix=UrlPrefix("/"),
            static=(StaticMap(url=UrlPrefix("/s/"), folder="/srv/s", origin="Django"),),
            trust=Trust(proxies=(Network("10.0.0.0/8"),), words=("10.0.0.0/8",)),
        ),
        time=TimeBudget(**dict.fromkeys(TimeBudget.__dataclass_fields__, second)),
        size=SizeBudget(
            body=Size(25), header_line=Size(1), header_lines=4, header_count=9, response_header=Size(1), spool=Size(1)
        ),
        capacity=Capacity(edge_workers=1, connections=2, descriptors=3, backlog=4, queue=5, admitted=6),
        health=Health(path="/", host="x", timeout=second, pinned=False),
        run=RunFolder(PurePosixPath("/run/shop")),
    )
    return Plan(stack=stack, decisions=DECISIONS, remarks=REMARKS)


AT_80_COLUMNS = """\
app       shop.wsgi:application              the only WSGI callable in
                                             `shop/wsgi.py` (detected)
listen    http://127.0.0.1:8080/             nobody else reaches it until you
                                             say so (default)
server    gunicorn 26.1, 2 workers of 4      4 cores and 2 GB (cgroup v2 quota)
          threads
static    /static/ →                         Django (`STATIC_ROOT`)
          /srv/shop/a/rather/long/path/to/c
          ollected
deadline  30s                                a hanging worker is replaced
                                             (`--deadline`)
name      小商店 [x]                         as its folder (detected)
"""
ON_A_PIPE = """\
app       shop.wsgi:application                                 the only WSGI callable in `shop/wsgi.py` (detected)
listen    http://127.0.0.1:8080/                                nobody else reaches it until you say so (default)
server    gunicorn 26.1, 2 workers of 4 threads                 4 cores and 2 GB (cgroup v2 quota)
static    /static/ → /srv/shop/a/rather/long/path/to/collected  Django (`STATIC_ROOT`)
deadline  30s                                                   a hanging worker is replaced (`--deadline`)
name      小商店 [x]                                            as its folder (detected)
"""


def plain(text: str) -> str:
    """Leave out what is bold or dim, and the spaces that a table has at the ends of its lines."""
    return "".join(line.rstrip() + "\n" for line in re.sub("\x1b\\[[012]m", "", text).splitlines())


def test_a_plan_fits_into_80_columns():
    seen = Seen(terminal=True, NO_COLOR="1")

    seen.show_plan(a_plan())

    text = plain(seen.stdout.text)
    assert text == AT_80_COLUMNS
    assert max(map(len, text.splitlines())) <= 80


def test_a_plan_on_a_pipe_has_one_line_per_decision():
    seen = Seen()

    seen.show_plan(a_plan())

    assert seen.stdout.text == ON_A_PIPE


def test_the_remarks_of_a_plan_follow_it_on_stderr():
    seen = Seen()

    seen.show_plan(a_plan())

    assert (
        seen.stderr.text
        == """
warning: the app keeps state in the process
  hint: run `seawall up --workers 1`
note: `.env` is not loaded
"""
    )


def test_a_plan_aside_leaves_stdout_alone():
    seen = Seen()

    seen.show_plan(a_plan(), aside=True)

    assert seen.stdout.text == ""
    assert seen.stderr.text.startswith(ON_A_PIPE)


@pytest.mark.parametrize("terminal", [False, True])
def test_a_table_is_aligned_by_what_the_eye_sees(terminal):
    seen = Seen(terminal=terminal, NO_COLOR="1")

    seen.show_table([["中文", "1"], ["ab\n", "22"], ["", ""]], header=["name", "count"])

    assert plain(seen.stdout.text) == "name  count\n中文  1\nab\\n  22\n\n"


def test_success_and_a_note_go_to_stderr():
    seen = Seen(terminal=True)

    seen.success("serving at `http://127.0.0.1:8080/`")
    seen.note("nothing to do")

    assert seen.stderr.text == (
        "\x1b[32mserving at `http://127.0.0.1:8080/`\x1b[0m\n\x1b[1mnote\x1b[0m: nothing to do\n"
    )


def test_an_empty_table_is_nothing():
    seen = Seen()

    seen.show_table([])

    assert seen.stdout.text == ""


def test_a_plan_in_json_has_every_field_and_no_secret():
    seen = Seen(terminal=True)

    seen.show_json(a_plan())

    data = json.loads(seen.stdout.text)
    assert list(data) == ["stack", "decisions", "remarks"]
    assert data["stack"]["app"]["env"] == {"SECRET_KEY": "[redacted]", "DEBUG": "[redacted]"}
    assert data["stack"]["server"]["settings"] == {"timeout": 31}
    assert data["stack"]["server"]["link"] == "scgi"
    assert data["stack"]["edge"]["listen"] == [{"host": "127.0.0.1", "port": 8080}]
    assert data["stack"]["edge"]["abilities"] == ["a", "b"]
    assert data["stack"]["edge"]["trust"] == {"proxies": ["10.0.0.0/8"], "words": ["10.0.0.0/8"]}
    assert data["stack"]["size"]["body"] == 25
    assert data["stack"]["run"]["path"] == "/run/shop"
    assert data["decisions"][4] == {
        "key": "deadline",
        "value": "30s",
        "because": "a hanging worker is replaced",
        "source": "flag",
        "where": "`--deadline`",
    }
    assert "hush" not in seen.stdout.text


def test_a_config_in_json_has_no_secret():
    config = Config(env=Pinned(Variables((("A", "hush"),)), Source.FILE, "seawall.toml:1"))

    assert to_json(config)["env"] == {"value": {"A": "[redacted]"}, "source": "file", "where": "seawall.toml:1"}


def test_json_of_anything_else_is_a_mistake_of_ours():
    with pytest.raises(TypeError, match="object has no JSON form"):
        to_json(object())


def test_progress_on_a_pipe_is_one_line_per_new_text():
    seen = Seen()

    for text in ("importing", "importing", "starting"):
        seen.progress(text)
    seen.progress_done()

    assert seen.stderr.text == "importing\nstarting\n"


def test_colour_asked_for_on_a_pipe_makes_it_no_terminal():
    seen = Seen(FORCE_COLOR="1", TERM="xterm-256color")

    seen.progress("importing")
    seen.app_line("stdout", "app", b"hello\n")

    assert seen.stderr.text == "importing\n"
    assert seen.stdout.text == "hello\n"


def test_progress_on_a_terminal_is_a_line_that_the_next_output_replaces():
    seen = Seen(terminal=True)

    seen.progress("importing")
    seen.progress("starting")
    seen.result("http://127.0.0.1:8080/")
    seen.progress_done()

    assert seen.stderr.text == "importing\r\x1b[2Kstarting\r\x1b[2K"
    assert seen.stdout.text == "http://127.0.0.1:8080/\n"


def test_progress_stays_on_one_line_of_the_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "10")
    seen = Seen(terminal=True)

    seen.progress("中文中文中文中文")
    seen.progress("short")

    assert seen.stderr.text == "中文中文…\r\x1b[2Kshort"


def test_the_apps_output_passes_unchanged_on_a_pipe():
    seen = Seen()

    seen.app_line("stdout", "app", b"\xff\x1b[31m\x00x\r\n")
    seen.app_line("stderr", "app", b"no line end")

    assert seen.stdout.bytes.getvalue() == b"\xff\x1b[31m\x00x\r\n"
    assert seen.stderr.bytes.getvalue() == b"no line end"


def test_the_apps_output_is_named_on_a_terminal_and_keeps_its_colours_alone():
    seen = Seen(terminal=True)

    seen.app_line("stdout", "app", b"\x1b[32mok\x1b[0m \x1b]0;title\x07 \xff\r\n")

    assert seen.stdout.text == "\x1b[2mapp │\x1b[0m \x1b[32mok\x1b[0m \\x1b]0;title\\x07 \\xff\x1b[0m\n"


def test_the_apps_colours_are_dropped_where_nobody_wants_colour():
    seen = Seen(terminal=True, NO_COLOR="1")

    seen.app_line("stderr", "app", b"\x1b[32mok\x1b[0m\tx\nnext\n")

    assert seen.stderr.text == "app │ ok    x\napp │ next\n"


@pytest.mark.parametrize("terminal", [False, True])
def test_lines_of_several_writers_do_not_mix(terminal):
    seen = Seen(terminal=terminal)
    writers = [
        Thread(target=lambda letter=letter: [seen.app_line("stdout", "a", letter * 200 + b"\n") for _ in range(50)])
        for letter in (b"x", b"y", b"z")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    lines = seen.stdout.text.splitlines()
    assert len(lines) == 150
    assert all(any(letter * 200 in line for letter in "xyz") for line in lines)


def test_who_is_not_at_a_terminal_does_not_pay_for_rich():
    code = (
        "import sys; from seawall.cli.output import Output; o = Output.standard(); o.result('x'); o.warning('y');"
        "o.show_table([['a', 'b']]); sys.exit('rich' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
