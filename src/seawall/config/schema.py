"""The settings: one list, from which come the keys of the file, the options, the reference and every message."""

from __future__ import annotations

from dataclasses import dataclass

from seawall.config import words
from seawall.config.kinds import Kind, measured, parsed, path, several, switch, whole
from seawall.model.values import Duration, Host, HostName, InvalidValueError, Port, Size, UrlPrefix


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One thing a person can pin.

    help: one line for a terminal.  default: in words, completes "when nobody says: …".  example: the line in TOML.
    flag: "" when it can only stand in the file; "APP" for the argument.  short: `-d`.
    """

    key: str
    kind: Kind
    help: str
    default: str
    example: str
    flag: str
    short: str = ""
    more: str = ""

    @property
    def declarations(self) -> tuple[str, ...]:
        """What click wants: every spelling of the option, then the name of the parameter."""
        long = f"{self.flag}/--no-{self.flag.removeprefix('--')}" if self.kind.arity == "switch" else self.flag
        return (*filter(None, (self.short, long)), self.key)


def _setting(key: str, kind: Kind, help: str, default: str, example: str, **rest: str) -> Setting:  # noqa: A002
    flag = rest.pop("flag", "--" + key.replace("_", "-"))
    return Setting(key=key, kind=kind, help=help, default=default, example=f"{key} = {example}", flag=flag, **rest)


def _body(text: str) -> Size:
    size = Size.parse(text)
    if not 1024 <= size.bytes <= 1024**4:
        raise InvalidValueError(f"should be a size between 1 KB and 1 TB, not `{text}`")
    return size


_SIZE = measured(_body, "a size such as `25MB`, or a number of bytes", "SIZE")
_TIME = measured(Duration.parse, "a time such as `30s`, `2m` or `500ms`, or a number of seconds", "TIME")
_HOST = parsed(Host.parse, "an address such as `127.0.0.1`, `0.0.0.0` or `::`", "ADDRESS")
_PORT = whole(1, 65_535, words="a port number between 1 and 65535", metavar="PORT", make=Port)
_HOSTS = several(parsed(HostName.parse, "a host name such as `example.com`", "NAME"), "a list of host names")
_PREFIX = parsed(UrlPrefix.parse, "a URL path that starts with `/`", "PATH")
_USER = words.pattern(
    r"[A-Za-z_][A-Za-z0-9_.-]{0,31}|[0-9]{1,9}", "the name or number of an account such as `www-data`", "NAME"
)
_FLAW = words.pattern(r"CVE-[0-9]{4}-[0-9]{4,7}", "an id such as `CVE-2026-42946`", "CVE", upper=True)
_FILE = path("a path to a file", "FILE")
_FOLDER = path("a path to a folder", "DIR")
_APP = parsed(str, "an app such as `shop.wsgi:application`, `app:create_app()`, a file or a folder", "APP")

SETTINGS: tuple[Setting, ...] = (
    _setting("app", _APP, "The app to run", "found in the folder", '"shop.wsgi:application"', flag="APP"),
    _setting("host", _HOST, "Address to listen on", "`127.0.0.1`; `0.0.0.0` when `PORT` is set", '"0.0.0.0"'),
    _setting("port", _PORT, "Port to listen on", "`PORT` from the environment, else 8080", "8000"),
    _setting("server", words.server(), "What calls the app", "`gunicorn`", '"gunicorn"'),
    _setting("workers", whole(1, 512), "Processes that run the app", "from the cores and the memory", "4"),
    _setting("threads", whole(1, 1_024), "Requests that one process works on at once", "from the app", "8"),
    _setting(
        "deadline",
        _TIME,
        "The longest silence of the app",
        "30s",
        '"2m"',
        more="When the app is silent for longer, the edge answers 504. A stream that keeps sending may take hours.",
    ),
    _setting("max_body", _SIZE, "The largest request body", "what the app allows, else 25 MB", '"100MB"'),
    _setting(
        "static",
        words.static(),
        "Serve the files of DIR at URL",
        "what the app serves itself",
        '{ "/static/" = "public" }',
        more="Added to what the app has; an entry with the same URL replaces the app's.",
    ),
    _setting("prefix", _PREFIX, "URL prefix that the app lives under", "what the app says, else `/`", '"/shop"'),
    _setting("hosts", _HOSTS, "Host names that the site answers to", "any", '["example.com", "*.example.com"]'),
    _setting(
        "behind",
        words.behind(),
        "Outer proxies whose forwarded addresses are believed",
        "`nothing`",
        '["cloudflare", "10.0.0.0/8"]',
        more="From anybody else, forwarding headers are overwritten.",
    ),
    _setting("health", words.request_path(), "URL path that says if the app is well", "one of its own", '"/health"'),
    _setting(
        "env",
        words.variables(),
        "Environment variables for the app",
        "none",
        '{ DJANGO_SETTINGS_MODULE = "shop.settings" }',
        flag="",
        more="Stronger than `env_file`, which is stronger than the environment that Seawall was started in.",
    ),
    _setting("env_file", _FILE, "File with environment variables for the app", "none", '".env"'),
    _setting("chdir", _FOLDER, "Folder that the app runs in", "the app's folder", '"backend"'),
    _setting(
        "python",
        path("a path to an interpreter such as `.venv/bin/python`", "FILE", program=True),
        "Interpreter that runs the app",
        "the active or a neighbouring virtual environment",
        '".venv/bin/python"',
    ),
    _setting(
        "nginx",
        path("a path to a program such as `/usr/sbin/nginx`", "FILE", program=True),
        "Nginx to use",
        "the system's, else the one that came with Seawall",
        '"/usr/sbin/nginx"',
    ),
    _setting(
        "accept_nginx_flaws",
        several(_FLAW, "a list of ids such as `CVE-2026-42946`"),
        "Known flaws of the Nginx at hand that you accept",
        "none",
        '["CVE-2026-42946"]',
    ),
    _setting("run_dir", _FOLDER, "Folder for sockets, state and logs", "private, per app", '"run"'),
    _setting("detach", switch(), "Serve in the background", "`false`", "true", short="-d"),
    _setting("user", _USER, "Account to become when started as root", "an unprivileged one", '"www-data"'),
    _setting("import_timeout", _TIME, "The longest that importing the app may take", "120s", '"5m"'),
)

BY_KEY: dict[str, Setting] = {setting.key: setting for setting in SETTINGS}
