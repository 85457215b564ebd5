"""How the edge hands a request to the app, and takes the answer back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seawall.edge import abilities
from seawall.edge.maps import mapping
from seawall.edge.trust import forwarding
from seawall.edge.units import number, size, time
from seawall.errors import UnsayableError
from seawall.model.stack import Link
from seawall.syntax.nginx import BLANK, Comment, Tree, directive, entry, paragraphs, variables

if TYPE_CHECKING:
    from seawall.model.stack import Stack


def upstream(stack: Stack) -> Tree:
    """Name the app: one peer behind a symbolic link, which a deploy points to the next generation."""
    off = abilities.UPSTREAM_KEEPALIVE_OFF.name in stack.edge.abilities
    return (
        Comment(
            "above max_conns the edge answers 503 at once; each worker counts its own, because in a shared `zone` the"
        ),
        Comment("requests of a killed worker would stay counted for ever, until nothing is admitted (P18, C27)"),
        Comment("no failure takes the only peer out of service (C29)"),
        Comment("no connection is kept: a local one is cheap, and a kept one closes under the next request (P19, C24)"),
        directive(
            "upstream",
            "app",
            block=(
                directive("server", f"unix:{stack.run.link}", f"max_conns={stack.capacity.admitted}", "max_fails=0"),
                *((directive("keepalive", 0),) if off else ()),
            ),
        ),
    )


def upgrade_maps() -> Tree:
    """Pass on an upgrade to WebSocket and no other, h2c least of all (S11, C38)."""
    return (
        Comment("an upgrade to WebSocket is passed on, and no other: h2c would be a tunnel past the edge (S11)"),
        mapping("$http_upgrade", "$edge_upgrade", entry("default", ""), entry("websocket", "websocket")),
        mapping("$edge_upgrade", "$edge_connection", entry("default", "close"), entry("websocket", "upgrade")),
    )


def proxy_rules(stack: Stack) -> Tree:
    """Say the rules of the link, once for all servers."""
    return paragraphs(_waiting(stack), _request(), _answer(stack))


def to_app(stack: Stack) -> Tree:
    """Hand the request over; the body of every location that does so. No path part: the app gets the bytes as sent."""
    if stack.server.link is not Link.HTTP:
        raise UnsayableError(f"the edge cannot speak {stack.server.link} yet", hint="link = http")
    return (
        *forwarding(stack),
        BLANK,
        *_disk(stack),
        directive("proxy_set_header", "Upgrade", variables("$edge_upgrade")),
        directive("proxy_set_header", "Connection", variables("$edge_connection")),
        directive("proxy_pass", "http://app"),
    )


def _disk(stack: Stack) -> Tree:
    """Only where the app answers: a static file is in the page cache, and a thread would cost more than it saves."""
    if abilities.THREADS.name not in stack.edge.abilities:
        return ()
    return (
        Comment("an answer that waits on disk is written and read by threads, so that a slow disk stops no worker"),
        directive("aio", "threads"),
        directive("aio_write", "on"),
        BLANK,
    )


def _waiting(stack: Stack) -> Tree:
    deadline = time(stack.time.deadline)
    return (
        Comment("the deadline: how long the app may be silent (C01, C03)"),
        directive("proxy_connect_timeout", time(stack.time.connect)),
        directive("proxy_send_timeout", deadline),
        directive("proxy_read_timeout", deadline),
        Comment("one peer: nothing is sent twice (C28)"),
        directive("proxy_next_upstream", "off"),
    )


def _request() -> Tree:
    return (
        Comment("the request arrives whole before the app hears of it, so a slow client holds no worker (P11)"),
        directive("proxy_http_version", "1.1"),
        directive("proxy_request_buffering", "on"),
        directive("proxy_pass_request_headers", "on"),
        directive("proxy_pass_request_body", "on"),
        directive("proxy_headers_hash_max_size", 1024),
        directive("proxy_headers_hash_bucket_size", 128),
    )


def _answer(stack: Stack) -> Tree:
    """Take the answer at the app's pace and give it at the client's; `X-Accel-Buffering: no` lets it flow (P26)."""
    header = stack.size.response_header.bytes
    return (
        Comment("the answer is taken as fast as the app gives it, what does not fit in memory goes to disk"),
        directive("proxy_buffering", "on"),
        Comment("few and small: with the one for the header they are what each slow reader costs in memory"),
        directive("proxy_buffer_size", number(header)),
        directive("proxy_buffers", 3, number(header // 2)),
        directive("proxy_busy_buffers_size", number(header)),
        directive("proxy_temp_file_write_size", number(2 * header)),
        directive("proxy_max_temp_file_size", size(stack.size.spool)),
        directive("proxy_ignore_client_abort", "off"),
        directive("proxy_intercept_errors", "off"),
        directive("proxy_redirect", "off"),
        Comment("the app cannot steer the edge, except to let its own answer flow (S13)"),
        directive(
            "proxy_ignore_headers",
            "X-Accel-Redirect",
            "X-Accel-Expires",
            "X-Accel-Limit-Rate",
            "X-Accel-Charset",
        ),
    )
