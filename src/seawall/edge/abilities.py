"""What one Nginx may have and another not, and the line that asks for it.

An ability is there when a ten-line configuration that holds `line` in `context` passes `nginx -t`. A version number
decides nothing: Debian's 1.22.1 accepts `max_headers`, which upstream has since 1.29.8. Contexts: `main`, `http`, and
`upstream`, a block with one server in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Ability:
    name: str
    context: Literal["main", "http", "upstream"]
    line: str


PCRE_JIT = Ability("pcre_jit", "main", "pcre_jit on;")
REALIP = Ability("realip", "http", "set_real_ip_from 127.0.0.1;")
MAX_HEADERS = Ability("max_headers", "http", "max_headers 100;")
KEEPALIVE_MIN_TIMEOUT = Ability("keepalive_min_timeout", "http", "keepalive_min_timeout 1s;")
GZIP = Ability("gzip", "http", "gzip off;")
FASTCGI = Ability("fastcgi", "http", "fastcgi_intercept_errors off;")
UWSGI = Ability("uwsgi", "http", "uwsgi_intercept_errors off;")
SCGI = Ability("scgi", "http", "scgi_intercept_errors off;")
THREADS = Ability("threads", "http", "aio threads;")
UPSTREAM_KEEPALIVE_OFF = Ability("upstream_keepalive_off", "upstream", "keepalive 0;")

ABILITIES = (
    PCRE_JIT,
    REALIP,
    MAX_HEADERS,
    KEEPALIVE_MIN_TIMEOUT,
    GZIP,
    FASTCGI,
    UWSGI,
    SCGI,
    THREADS,
    UPSTREAM_KEEPALIVE_OFF,
)
