"""How much and how slowly a client may send. Every value is written: defaults differ between builds and versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seawall.edge import abilities
from seawall.edge.units import size, time
from seawall.syntax.nginx import Comment, Tree, directive, paragraphs

if TYPE_CHECKING:
    from seawall.edge.place import Place
    from seawall.model.stack import Stack


def limits(stack: Stack, place: Place) -> Tree:
    return paragraphs(_sizes(stack), _times(stack), _header_rules(), _temporary_files(stack, place))


def _sizes(stack: Stack) -> Tree:
    """Say the limits that edge and server share (contract C12-C14)."""
    line = size(stack.size.header_line)
    count = (
        (directive("max_headers", stack.size.header_count),)
        if abilities.MAX_HEADERS.name in stack.edge.abilities
        else ()
    )
    return (
        Comment("request sizes; the server behind has the same limits"),
        directive("client_max_body_size", size(stack.size.body)),
        directive("client_body_buffer_size", "16k"),
        directive("client_body_in_file_only", "off"),
        directive("client_header_buffer_size", "2k"),
        directive("large_client_header_buffers", stack.size.header_lines, line),
        *count,
    )


def _times(stack: Stack) -> Tree:
    minimum = (
        (directive("keepalive_min_timeout", "0"),)
        if abilities.KEEPALIVE_MIN_TIMEOUT.name in stack.edge.abilities
        else ()
    )
    return (
        Comment("a slow client costs a few kilobytes here and nothing in the app"),
        directive("client_header_timeout", time(stack.time.header)),
        directive("client_body_timeout", time(stack.time.body)),
        directive("send_timeout", time(stack.time.send)),
        directive("keepalive_timeout", time(stack.time.keepalive)),
        *minimum,
        directive("keepalive_requests", 1000),
        directive("keepalive_time", "1h"),
        directive("reset_timedout_connection", "on"),
        directive("lingering_close", "on"),
        directive("lingering_time", "30s"),
        directive("lingering_timeout", "5s"),
    )


def _header_rules() -> Tree:
    return (
        Comment("`X_Forwarded_For` would reach the app as the same variable as `X-Forwarded-For`"),
        directive("underscores_in_headers", "off"),
        directive("ignore_invalid_headers", "on"),
        Comment("what is refused as /static/.env is refused as //static/.env; the app still gets the bytes as sent"),
        directive("merge_slashes", "on"),
        Comment("a redirect names the path only, so it is right behind any port and any outer proxy"),
        directive("absolute_redirect", "off"),
        directive("server_tokens", "off"),
    )


def _temporary_files(stack: Stack, place: Place) -> Tree:
    """Name all five folders, used or not: Nginx makes them at start, in a compiled-in place when none is given."""
    others = tuple(
        directive(name, str(place.temp / folder))
        for ability, name, folder in (
            (abilities.FASTCGI, "fastcgi_temp_path", "fastcgi"),
            (abilities.UWSGI, "uwsgi_temp_path", "uwsgi"),
            (abilities.SCGI, "scgi_temp_path", "scgi"),
        )
        if ability.name in stack.edge.abilities
    )
    return (
        directive("client_body_temp_path", str(place.temp / "body")),
        directive("proxy_temp_path", str(place.temp / "proxy")),
        *others,
    )
