"""A page of bad configurations with the exact text that people get."""

from __future__ import annotations

import pytest

from seawall.config.load import Found, from_file
from seawall.config.merge import from_environment
from seawall.config.structure import from_flags


def problems(text: str) -> list[str]:
    _, found = from_file(Found("/srv/shop/seawall.toml", "seawall.toml", text), home="/home/ann")
    return [" · ".join(filter(None, (problem.where, problem.text, problem.hint))) for problem in found]


FILE = {
    'workers = "four"': 'seawall.toml:1 (`workers`) · should be a whole number between 1 and 512, not `"four"`',
    'workers = "4"': (
        'seawall.toml:1 (`workers`) · should be a whole number between 1 and 512, not `"4"` · leave the quotes out'
    ),
    "workers = true": "seawall.toml:1 (`workers`) · should be a whole number between 1 and 512, not `true`",
    "workers = 0": "seawall.toml:1 (`workers`) · should be a whole number between 1 and 512, not `0`",
    "workers = 2.0": "seawall.toml:1 (`workers`) · should be a whole number between 1 and 512, not `2.0`",
    "workers = [4]": "seawall.toml:1 (`workers`) · should be a whole number between 1 and 512, not a list",
    "threads = 0x10000000000000000": (
        "seawall.toml:1 (`threads`) · should be a whole number between 1 and 1,024, not a huge number"
    ),
    "app = 3": (
        "seawall.toml:1 (`app`) · should be an app such as `shop.wsgi:application`, `app:create_app()`, a file or a "
        "folder, not `3` · write the value in quotes"
    ),
    'app = " "': (
        "seawall.toml:1 (`app`) · should be an app such as `shop.wsgi:application`, `app:create_app()`, a file or a "
        "folder, not empty"
    ),
    'host = "example.com"': (
        "seawall.toml:1 (`host`) · should be an address such as `127.0.0.1`, `0.0.0.0` or `::`, not `example.com`"
    ),
    'host = "fe80::1%eth0"': (
        "seawall.toml:1 (`host`) · should be an address without a zone (`%…`), not `fe80::1%eth0`"
    ),
    "port = 80800": "seawall.toml:1 (`port`) · should be a port number between 1 and 65535, not `80800`",
    'server = "uvicorn"': (
        'seawall.toml:1 (`server`) · should be `gunicorn`: `"uvicorn"` is not supported yet, it arrives in a later '
        "release · leave it out, or write `gunicorn`"
    ),
    'server = "gunikorn"': (
        'seawall.toml:1 (`server`) · should be a server: `gunicorn`, not `"gunikorn"` · did you mean `gunicorn`?'
    ),
    'deadline = "soon"': ("seawall.toml:1 (`deadline`) · should be a time such as `30s`, `2m` or `500ms`, not `soon`"),
    "deadline = 0": "seawall.toml:1 (`deadline`) · should be a time between 1 ms and 24 h, not `0`",
    "deadline = nan": "seawall.toml:1 (`deadline`) · should be a time such as `30s`, `2m` or `500ms`, not `nan`",
    f"deadline = {10**30}": (
        "seawall.toml:1 (`deadline`) · should be a time such as `30s`, `2m` or `500ms`, or a number of seconds, not a "
        "huge number"
    ),
    "max_body = 0": "seawall.toml:1 (`max_body`) · should be a size between 1 KB and 1 TB, not `0`",
    'max_body = "big"': "seawall.toml:1 (`max_body`) · should be a size such as `25MB`, not `big`",
    'behind = ["cloudfare"]': (
        "seawall.toml:1 (`behind[0]`) · should be an address, a network, or `nothing`, `loopback`, `private`, "
        '`cloudflare`, not `"cloudfare"` · did you mean `cloudflare`?'
    ),
    'behind = ["nothing", "private"]': ("seawall.toml:1 (`behind`) · should be `nothing` alone, or without `nothing`"),
    'static = "public"': (
        'seawall.toml:1 (`static`) · should be a table of URL prefixes and folders, such as `{ "/static/" = "public" '
        '}`, not `"public"`'
    ),
    '[static]\n"static" = "public"': (
        "seawall.toml:2 (`static.static`) · should be a URL path that starts with `/`, not `static`"
    ),
    '[static]\n"/a" = "x"\n"/a/" = "y"': (
        'seawall.toml:3 (`static."/a/"`) · should be given once: `/a/` has two folders'
    ),
    "[env]\nA = 5": "seawall.toml:2 (`env.A`) · should be a text in quotes",
    '[env]\n"1A" = "secret"': (
        "seawall.toml:2 (`env.1A`) · should have a name of letters, digits and `_` that does not start with a digit"
    ),
    'env = "secret"': (
        'seawall.toml:1 (`env`) · should be a table of texts, such as `{ DJANGO_SETTINGS_MODULE = "shop.settings" }`'
    ),
    'python = "python3.12"': (
        "seawall.toml:1 (`python`) · should be a path to an interpreter such as `.venv/bin/python`, not the bare name "
        '`"python3.12"` · write the whole path, or `./…`'
    ),
    'chdir = "~bob/x"': ('seawall.toml:1 (`chdir`) · should be a path without `"~bob"`, which has no meaning here'),
    'chdir = "a\\u0000b"': (
        'seawall.toml:1 (`chdir`) · should be without control characters and line breaks, not `"a\\u0000b"`'
    ),
    'detach = "yes"': 'seawall.toml:1 (`detach`) · should be `true` or `false`, not `"yes"`',
    'health = "health"': (
        "seawall.toml:1 (`health`) · should be a URL path such as `/health` or `/health?deep=1`, percent-encoded where "
        "needed, not `health`"
    ),
    'hosts = ["example.com", "a b"]': (
        "seawall.toml:1 (`hosts[1]`) · should be a host name such as `example.com` or `*.example.com`, not `a b`"
    ),
    'prefix = "/a/../b"': "seawall.toml:1 (`prefix`) · should be a URL path without `.` or `..`, not `/a/../b`",
    'user = "no body"': (
        "seawall.toml:1 (`user`) · should be the name or number of an account such as `www-data`, not `no body`"
    ),
    'accept_nginx_flaws = ["CVE-1"]': (
        "seawall.toml:1 (`accept_nginx_flaws[0]`) · should be an id such as `CVE-2026-42946`, not `CVE-1`"
    ),
    "wrokers = 4": "seawall.toml:1 (`wrokers`) · is not a setting · did you mean `workers`?",
    "max-body = 4": "seawall.toml:1 (`max-body`) · is not a setting · did you mean `max_body`?",
    "colour = 4": ("seawall.toml:1 (`colour`) · is not a setting · `seawall up --help` lists the settings"),
    f"app = {'[' * 5000}": "seawall.toml · should be nested less deeply",
}


@pytest.mark.parametrize(("text", "message"), FILE.items(), ids=[text[:40] for text in FILE])
def test_one_mistake_in_the_file_gives_this_message(text, message):
    assert [message] == problems(text)


@pytest.mark.parametrize(
    ("text", "where"),
    {"\nport 8000": "seawall.toml:2:6", "port = 1\nport = 2\n": "seawall.toml:2:9", 'app = "x': "seawall.toml"}.items(),
)
def test_broken_toml_is_named_with_line_and_column_where_python_knows_them(text, where):
    """The reason is Python's, so only its frame is ours."""
    [message] = problems(text)

    assert message.startswith(f"{where} · is not valid TOML: ")


def test_a_long_value_is_cut_in_the_message():
    [message] = problems(f'deadline = "{"9x" * 400}"')

    assert len(message) < 260
    assert message.endswith("…")


def test_all_mistakes_come_at_once_in_the_order_of_the_file():
    text = 'threads = "x"\nwrokers = 4\nhosts = ["a b", 3]\n\n[static]\n"a" = "b"\n"/c" = 3\n'

    wheres = [message.partition(" · ")[0] for message in problems(text)]

    assert wheres == [
        "seawall.toml:1 (`threads`)",
        "seawall.toml:2 (`wrokers`)",
        "seawall.toml:3 (`hosts[0]`)",
        "seawall.toml:3 (`hosts[1]`)",
        "seawall.toml:6 (`static.a`)",
        'seawall.toml:7 (`static."/c"`)',
    ]


FLAGS = {
    "workers": ("four", "`--workers` · should be a whole number between 1 and 512, not `four`"),
    "port": ("80800", "`--port` · should be a port number between 1 and 65535, not `80800`"),
    "max_body": ("huge", "`--max-body` · should be a size such as `25MB`, not `huge`"),
    "static": (("/static",), "`--static` · should be `URL=DIR` such as `/static/=public`, not `/static`"),
    "nginx": (
        "nginx",
        (
            "`--nginx` · should be a path to a program such as `/usr/sbin/nginx`, not the bare name `nginx` · "
            "write the whole path, or `./…`"
        ),
    ),
    "app": ("a\nb", "`APP` · should be without control characters and line breaks, not `a\nb`"),
    "chdir": ("caf\udce9", "`--chdir` · should be valid UTF-8"),
}


@pytest.mark.parametrize(("key", "case"), FLAGS.items(), ids=list(FLAGS))
def test_one_mistake_in_an_option_gives_this_message(key, case):
    value, message = case
    _, found = from_flags({key: value}, folder="/srv", home="/home/ann")

    assert [message] == [" · ".join(filter(None, (one.where, one.text, one.hint))) for one in found]


def test_a_bad_port_in_the_environment_is_named():
    _, [problem] = from_environment({"PORT": "http"})

    assert problem.where == "`PORT` in the environment"
    assert problem.text == "should be a port number between 1 and 65535, not `http`"
