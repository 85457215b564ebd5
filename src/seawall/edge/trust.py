"""Whose word is believed about client, scheme, host and port.

The app is told only what this edge knows itself, or what a declared outer proxy told it; whatever a client claims is
overwritten or cleared (P04-P07, C31, C35, C37). `$http_host` is never passed on: the app gets the host that Nginx
validated, with the port that the client typed. Conditions stand in the server block only, where they are safe; a map
with patterns beside captures would be the trigger of CVE-2026-42533.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

from seawall.edge import abilities
from seawall.edge.errors import PAGES
from seawall.edge.maps import mapping
from seawall.syntax.nginx import (
    BLANK,
    Comment,
    Condition,
    Directive,
    Tree,
    Variables,
    directive,
    entry,
    paragraphs,
    pattern,
    variables,
)

if TYPE_CHECKING:
    from seawall.model.stack import Stack

# Headers that some app or framework believes; none of them comes from us, so none arrives.
_CLEARED = (
    "Client-IP",
    "CF-Connecting-IP",
    "Fastly-Client-IP",
    "Forwarded",
    "Forwarded-For",
    "Proxy",
    "Proxy-Connection",
    "Script-Name",
    "True-Client-IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "X-Forwarded",
    "X-Forwarded-By",
    "X-Forwarded-Path",
    "X-Forwarded-Prefix",
    "X-Forwarded-Protocol",
    "X-Forwarded-Scheme",
    "X-Forwarded-Server",
    "X-Forwarded-Ssl",
    "X-Forwarded-Uri",
    "X-Host",
    "X-HTTP-Host-Override",
    "X-Original-Forwarded-For",
    "X-Original-Host",
    "X-Original-URI",
    "X-Original-URL",
    "X-Rewrite-URL",
    "X-Scheme",
    "X-Script-Name",
    "X-Url-Scheme",
)


def believes_proxies(stack: Stack) -> bool:
    return bool(stack.edge.trust.proxies) and abilities.REALIP.name in stack.edge.abilities


def request_id(stack: Stack) -> Variables:
    """Name the variable that holds the request's id, in log, error page and app alike."""
    return variables("$edge_id") if believes_proxies(stack) else variables("$request_id")


def trust(stack: Stack) -> Tree:
    """Work out, once for all servers, what is known about a request."""
    return paragraphs(_proxies(stack), _client(), _scheme(stack), _default_port(), _nameless(stack), _host_check(stack))


def host_rules(stack: Stack) -> Tree:
    """Refuse a host that is malformed, missing (HTTP/1.0 may) or not the request line's; then name host and port.

    For the body of a server: conditions in here run before any location is chosen.
    """
    return (
        Comment("the host must be plain, and the same in request line and header (S5)"),
        Condition(
            variables("$edge_host_check"),
            "!~*",
            pattern(r"^(?:([a-z0-9_.-]+|\[[0-9a-f:.]+\]) \1\.?(?::[0-9]{1,5})?)?$"),
            (directive("return", 421),),
        ),
        BLANK,
        Comment("the app gets the validated host with the port that the client typed (P07)"),
        directive("set", variables("$edge_host"), variables("$host")),
        _set_when("$http_host", ":(?<typed_port>[0-9]{1,5})$", "$edge_host", "$host:$typed_port"),
        *(() if stack.edge.hosts else _own_address()),
        *(_outer_host() if believes_proxies(stack) else ()),
        directive("set", variables("$edge_port"), variables("$edge_default_port")),
        _set_when("$edge_host", ":(?<host_port>[0-9]{1,5})$", "$edge_port", "$host_port"),
        *(_outer_port_and_id() if believes_proxies(stack) else ()),
    )


def forwarding(stack: Stack) -> Tree:
    """Write every header that tells the app who is asking: the full set, because a location inherits all or none."""
    told = (
        ("Host", variables("$edge_host")),
        ("X-Forwarded-For", variables("$edge_client")),
        ("X-Real-IP", variables("$edge_client")),
        ("X-Forwarded-Proto", variables("$edge_scheme")),
        ("X-Forwarded-Host", variables("$edge_host")),
        ("X-Forwarded-Port", variables("$edge_port")),
        ("X-Request-ID", request_id(stack)),
    )
    return (
        Comment("who is asking, in our words only (P06)"),
        *(directive("proxy_set_header", name, value) for name, value in told),
        BLANK,
        Comment("what some app might believe, and nobody here has checked"),
        *(directive("proxy_set_header", name, "") for name in _CLEARED),
    )


def _proxies(stack: Stack) -> Tree:
    """Say which peers are outer proxies, and take the client's address from them."""
    if not believes_proxies(stack):
        return ()
    networks = stack.edge.trust.proxies
    return (
        Comment("outer proxies that were declared: their word about the client is believed, nobody else's"),
        *(directive("set_real_ip_from", network.cidr) for network in networks),
        directive("real_ip_header", "X-Forwarded-For"),
        directive("real_ip_recursive", "on"),
        BLANK,
        directive(
            "geo",
            variables("$realip_remote_addr"),
            variables("$edge_from_proxy"),
            block=(entry("default", 0), *(entry(network.cidr, 1) for network in networks)),
        ),
        BLANK,
        _told_by_proxy("$edge_outer_host", "$http_x_forwarded_host"),
        _told_by_proxy("$edge_outer_port", "$http_x_forwarded_port"),
        _told_by_proxy("$edge_outer_id", "$http_x_request_id"),
    )


def _client() -> Tree:
    return (
        Comment("a check of our own arrives on the private socket, which has no address (P05)"),
        mapping(
            "$remote_addr", "$edge_client", entry("default", variables("$remote_addr")), entry("unix:", "127.0.0.1")
        ),
    )


def _scheme(stack: Stack) -> Tree:
    if not believes_proxies(stack):
        return (mapping("$scheme", "$edge_scheme", entry("default", variables("$scheme"))),)
    return (
        mapping(
            "$edge_from_proxy $http_x_forwarded_proto",
            "$edge_scheme",
            entry("default", variables("$scheme")),
            entry("1 http", "http"),
            entry("1 https", "https"),
        ),
    )


def _default_port() -> Tree:
    return (mapping("$edge_scheme", "$edge_default_port", entry("default", 80), entry("https", 443)),)


def _nameless(stack: Stack) -> Tree:
    """Give HTTP/1.0 without a host, as old load balancers ask, the address it came to; not where the hosts are known.

    `_` is the name of the only server, and so the host of a request that names none.
    """
    if stack.edge.hosts:
        return ()
    asked, nobody = "$server_protocol $host $http_host", "HTTP/1.0 _ "
    return (
        Comment("HTTP/1.0 may leave out the host, as the checks of old load balancers do"),
        mapping(asked, "$edge_hosts", entry("default", variables("$host $http_host")), entry(nobody, "")),
        mapping(
            asked,
            "$edge_nameless",
            entry("default", ""),
            entry(nobody, variables("$server_addr $server_port")),
        ),
    )


def _host_check(stack: Stack) -> Tree:
    """Leave out requests that could not be parsed: they come here for their error page and have no host."""
    pages = (entry(page, "") for page in PAGES)
    hosts = variables("$host $http_host") if stack.edge.hosts else variables("$edge_hosts")
    return (mapping("$uri", "$edge_host_check", entry("default", hosts), *pages),)


def _own_address() -> Tree:
    return (
        _set_when(
            "$edge_nameless", "^(?<own_address>[0-9.]+) (?<own_port>[0-9]+)$", "$edge_host", "$own_address:$own_port"
        ),
        _set_when(
            "$edge_nameless",
            "^(?<own_address6>[0-9a-f:.]*:[0-9a-f:.]*) (?<own_port6>[0-9]+)$",
            "$edge_host",
            "[$own_address6]:$own_port6",
        ),
    )


def _outer_host() -> Tree:
    return (
        _set_when(
            "$edge_outer_host",
            r"^(?<outer_host>(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?)(?:,|$)",
            "$edge_host",
            "$outer_host",
        ),
    )


def _outer_port_and_id() -> Tree:
    return (
        _set_when("$edge_outer_port", "^(?<outer_port>[0-9]{1,5})$", "$edge_port", "$outer_port"),
        BLANK,
        Comment("an id from an outer proxy is kept when it is harmless in a log and on a page"),
        directive("set", variables("$edge_id"), variables("$request_id")),
        _set_when("$edge_outer_id", "^(?<outer_id>[a-z0-9._:=/+@-]{1,128})$", "$edge_id", "$outer_id"),
    )


def _set_when(source: LiteralString, expression: LiteralString, name: LiteralString, value: LiteralString) -> Condition:
    return Condition(
        variables(source), "~*", pattern(expression), (directive("set", variables(name), variables(value)),)
    )


def _told_by_proxy(name: LiteralString, header: LiteralString) -> Directive:
    return mapping("$edge_from_proxy", name, entry("default", ""), entry("1", variables(header)))
