"""One JSON line for each request, with the time that the app took beside the time that the whole took.

The client's share is `seconds - app_seconds`: what Seawall kept away from the app. Nginx escapes quotes, backslashes
and control characters; bytes that are not UTF-8 stay as they came, so a reader decodes with `errors="replace"`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

from seawall.edge.maps import mapping
from seawall.edge.trust import request_id
from seawall.syntax.nginx import BLANK, Comment, Directive, Tree, Variables, directive, entry, variables

if TYPE_CHECKING:
    from seawall.edge.place import Place
    from seawall.model.stack import Stack

_FIELDS: tuple[tuple[LiteralString, LiteralString], ...] = (
    ("time", '"$time_iso8601"'),
    ("at", "$msec"),
    ("id", '"REQUEST_ID"'),
    ("client", '"$edge_client"'),
    ("method", '"$request_method"'),
    ("scheme", '"$edge_scheme"'),
    ("host", '"$host"'),
    ("path", '"$request_uri"'),
    ("protocol", '"$server_protocol"'),
    ("status", "$edge_status"),
    ("bytes", "$bytes_sent"),
    ("bytes_in", "$request_length"),
    ("seconds", "$request_time"),
    ("app_connect", "$edge_app_connect"),
    ("app_header", "$edge_app_header"),
    ("app_seconds", "$edge_app_seconds"),
    ("from", '"$edge_from"'),
    ("agent", '"$http_user_agent"'),
    ("referer", '"$http_referer"'),
    ("connection", "$connection"),
)


def logs(stack: Stack, place: Place) -> Tree:
    line = tuple(_field(name, value, stack) for name, value in _FIELDS)
    return (
        Comment("one JSON line for each request; the client's share of the time is seconds - app_seconds"),
        mapping("$upstream_addr", "$edge_from", entry("default", "app"), entry("", "edge")),
        _number("$upstream_connect_time", "$edge_app_connect"),
        _number("$upstream_header_time", "$edge_app_header"),
        _number("$upstream_response_time", "$edge_app_seconds"),
        Comment("JSON has no number 000, which Nginx writes when it closed without an answer"),
        mapping("$status", "$edge_status", entry("default", variables("$status")), entry("000", 0), entry("009", 9)),
        BLANK,
        directive("log_format", "seawall", "escape=json", "{", *line, "}"),
        directive("access_log", str(place.access_log), "seawall"),
        directive("log_not_found", "off"),
        directive("log_subrequest", "off"),
        directive("uninitialized_variable_warn", "off"),
    )


def _field(name: LiteralString, value: LiteralString, stack: Stack) -> Variables:
    """Write one member of the object; Nginx puts the pieces of a log format together as they are."""
    comma = "" if name == _FIELDS[-1][0] else ", "
    return Variables(f'"{name}": {value}{comma}'.replace("REQUEST_ID", request_id(stack).text))


def _number(source: LiteralString, name: LiteralString) -> Directive:
    return mapping(source, name, entry("default", variables(source)), entry("", "null"), entry("-", "null"))
