"""Compression at the edge, the only layer that compresses (contract C21).

An answer that has a Content-Encoding passes as it is. `text/event-stream` is missing on purpose: a compressor holds
events back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seawall.edge import abilities
from seawall.syntax.nginx import Tree, directive

if TYPE_CHECKING:
    from seawall.model.stack import Stack

# text/html is always in the list; naming it is a warning.
_TYPES = (
    "text/css",
    "text/csv",
    "text/javascript",
    "text/markdown",
    "text/plain",
    "text/xml",
    "application/atom+xml",
    "application/geo+json",
    "application/javascript",
    "application/json",
    "application/ld+json",
    "application/manifest+json",
    "application/problem+json",
    "application/rss+xml",
    "application/wasm",
    "application/xhtml+xml",
    "application/xml",
    "font/otf",
    "font/ttf",
    "image/bmp",
    "image/svg+xml",
    "image/x-icon",
)


def compression(stack: Stack) -> Tree:
    if abilities.GZIP.name not in stack.edge.abilities:
        return ()
    return (
        directive("gzip", "on"),
        directive("gzip_comp_level", 4),
        directive("gzip_min_length", 1024),
        directive("gzip_http_version", "1.1"),
        directive("gzip_proxied", "any"),
        directive("gzip_vary", "on"),
        directive("gzip_types", *_TYPES),
    )
