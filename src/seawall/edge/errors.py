r"""What the edge answers when it answers itself: a small page with the request's id, in HTML or JSON as asked.

The kind is chosen by exact values of Accept: a map with patterns beside captures is the trigger of CVE-2026-42533.
The pages live at paths that no client can ask for, because Nginx resolves `/..` in every URI that arrives.

A connection to the app that failed is not a broken answer. Nginx says 502 to both; here the first becomes 503 with
Retry-After, told apart by the time the connection took, which is `-` when there was none.
"""

from __future__ import annotations

from typing import LiteralString

from seawall.edge.maps import mapping
from seawall.syntax.nginx import BLANK, Comment, Directive, Prefix, Tree, Variables, directive, entry, variables

PAGES: tuple[LiteralString, ...] = (
    "/../html",
    "/../json",
    "/../502/html",
    "/../502/json",
    "/../503/html",
    "/../503/json",
)

_REASONS: tuple[tuple[int, LiteralString, LiteralString], ...] = (
    (400, "Bad request", "The request could not be understood."),
    (403, "Forbidden", "This is not for the public."),
    (404, "Not found", "There is nothing at this address."),
    (405, "Method not allowed", "This address does not take this kind of request."),
    (408, "Request timed out", "The request took too long to arrive."),
    (411, "Length required", "The request does not say how long it is."),
    (413, "Content too large", "The upload is larger than this site accepts."),
    (414, "Address too long", "The address of this request is too long."),
    (415, "Unsupported content", "The request holds something that this site does not take."),
    (416, "Range not satisfiable", "The file does not have the part that was asked for."),
    (417, "Expectation failed", "The request expects something that this site does not do."),
    (421, "Misdirected request", "This server does not answer for the host that was asked for."),
    (429, "Too many requests", "Please wait a moment and try again."),
    (431, "Request headers too large", "The headers of this request, most likely its cookies, are too large."),
    (500, "Server error", "Something went wrong here. It has been recorded."),
    (501, "Not implemented", "This server does not know this kind of request."),
    (502, "Bad gateway", "The application broke off its answer."),
    (503, "Busy", "The application cannot take more requests just now. Please try again in a moment."),
    (504, "Gateway timeout", "The application did not answer in time."),
    (505, "Version not supported", "This server does not speak this version of HTTP."),
)
_OWN_RULE = (421, 431, 502)

# What clients that want JSON send; all else gets the page for people.
_ASKS_FOR_JSON: tuple[LiteralString, ...] = (
    "application/json",
    "application/json, */*",
    "application/json,*/*",
    "application/json;charset=utf-8",
    "application/json; charset=utf-8",
    "application/json, text/plain, */*",
    "application/json, text/javascript, */*",
    "application/json, text/javascript, */*; q=0.01",
    "application/json, */*;q=0.5",
    "application/json, */*;q=0.8",
    "application/json,text/plain,*/*",
    "application/json, text/event-stream",
    "application/hal+json",
    "application/ld+json",
    "application/problem+json",
    "application/problem+json, application/json",
    "application/vnd.api+json",
    "application/graphql-response+json, application/json",
    "text/json",
)

_HTML: LiteralString = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>$status $edge_error_title</title>
<style>
body { margin: 15vh auto; max-width: 34em; padding: 0 1em; font: 1rem/1.5 system-ui, sans-serif }
:root { color-scheme: light dark } h1 { font-size: 1.6rem } small { opacity: .65 }
</style>
<h1>$edge_error_title</h1>
<p>$edge_error_text</p>
<p><small>$status &middot; request REQUEST_ID</small></p>
</html>
"""
_JSON: LiteralString = (
    '{"status": $status, "title": "$edge_error_title", "detail": "$edge_error_text", "request_id": "REQUEST_ID"}\n'
)


def error_maps() -> Tree:
    """Say in which kind and in which words; once for all servers."""
    return (
        Comment("errors that the edge makes: HTML for people, JSON for programs that ask for exactly that"),
        mapping(
            "$http_accept", "$edge_error_kind", entry("default", "html"), *(entry(k, "json") for k in _ASKS_FOR_JSON)
        ),
        BLANK,
        mapping(
            "$status",
            "$edge_error_title",
            entry("default", "Error"),
            *(entry(str(code), title) for code, title, _ in _REASONS),
        ),
        BLANK,
        mapping(
            "$status",
            "$edge_error_text",
            entry("default", "The request could not be served."),
            *(entry(str(code), text) for code, _, text in _REASONS),
        ),
        BLANK,
        Comment(
            "no connection to the app (queue full, too many inside, not there): 503; an answer that broke off: 502"
        ),
        mapping(
            "$upstream_connect_time",
            "$edge_unreached",
            entry("default", 502),
            entry("", 503),
            entry("-", 503),
        ),
        BLANK,
        mapping("$status", "$edge_retry_after", entry("default", ""), entry("503", 1), entry("504", 5)),
    )


def error_rules(*, method_to_app: bool = False) -> Tree:
    """Send each error to its page. `method_to_app`: what files cannot answer (POST), the app may."""
    taken = (*_OWN_RULE, 405) if method_to_app else _OWN_RULE
    codes = tuple(code for code, _, _ in _REASONS if code not in taken)
    return (
        *((directive("error_page", 405, "=", "@app"),) if method_to_app else ()),
        directive("error_page", *codes, variables("/../$edge_error_kind")),
        directive("error_page", 421, variables("@misdirected_$edge_error_kind")),
        directive("error_page", 494, "=431", variables("/../$edge_error_kind")),
        directive("error_page", 502, "=", variables("/../$edge_unreached/$edge_error_kind")),
    )


def error_pages(request_id: Variables) -> Tree:
    """Write the pages, for the body of a server."""
    nodes: list[Directive | Comment] = []
    for page in PAGES:
        code = 503 if "503" in page else 502 if "502" in page else 200
        nodes.append(_page(("=", Prefix(page)), code, request_id, json=page.endswith("json")))
    # A wrong host is refused before the location is chosen, again and again on each redirect to a path; a named
    # location is entered behind that check.
    nodes.append(_page(("@misdirected_html",), 200, request_id, json=False))
    nodes.append(_page(("@misdirected_json",), 200, request_id, json=True))
    return tuple(nodes)


def _page(where: tuple[str | Prefix, ...], code: int, request_id: Variables, *, json: bool) -> Directive:
    """Answer with the page. `return 200` keeps the status of the error that led here."""
    text = (_JSON if json else _HTML).replace("REQUEST_ID", request_id.text)
    kind = "application/json" if json else "text/html"
    internal = (directive("internal"),) if where[0] == "=" else ()
    return directive(
        "location",
        *where,
        block=(
            *internal,
            directive("client_max_body_size", 0),
            directive("types", block=()),
            directive("default_type", kind),
            directive("add_header", "Cache-Control", "no-store", "always"),
            directive("add_header", "Content-Security-Policy", _POLICY, "always"),
            directive("add_header", "X-Content-Type-Options", "nosniff", "always"),
            directive("add_header", "Retry-After", variables("$edge_retry_after"), "always"),
            directive("return", code, Variables(text)),
        ),
    )


_POLICY: LiteralString = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
