"""Files that the edge serves from disk; what is not there is the app's to answer (P14-P16, S1, S22-S24).

Each map has a tree of its own below `<run>/web`, laid out like the URL, that ends in a symbolic link to the folder. So
the name of a folder never enters the configuration, `root` is enough and `alias` is not needed, and maps may lie inside
each other. `disable_symlinks … from=` our own link lets that one pass; a link inside the folder is not followed, and
the app decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seawall.edge.errors import error_rules
from seawall.edge.hidden import HIDDEN, PERHAPS
from seawall.errors import UnsayableError
from seawall.model.files import SymbolicLink
from seawall.syntax.nginx import BLANK, Comment, Directive, Pattern, Prefix, Tree, directive, pattern, variables

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from seawall.model.stack import Stack, StaticMap
    from seawall.model.values import UrlPrefix

# `app.3f2a9c1b.css`, `app-3f2a9c1b0d.min.js`: a name with a hash of the content never gets another content. At least
# eight hex digits with a letter and a figure among them, so neither dates nor words; not the last group of a UUID.
_HASHED = pattern(
    r"(?<!-[0-9a-f]{4})[.-](?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{8,64}"
    r"\.(?:css|js|mjs|map|min\.css|min\.js|chunk\.css|chunk\.js|css\.map|js\.map|json|wasm"
    r"|woff2?|ttf|otf|eot|svg|png|jpe?g|gif|webp|avif|ico)$"
)
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


def file_rules() -> Tree:
    """Say how files are read and checked, once for all servers."""
    return (
        directive("sendfile", "on"),
        directive("tcp_nopush", "on"),
        directive("tcp_nodelay", "on"),
        directive("etag", "on"),
        directive("if_modified_since", "exact"),
        directive("max_ranges", 16),
        Comment("checking a path for links costs a handful of system calls; a changed file is seen within a second"),
        directive("open_file_cache", "max=1024", "inactive=10s"),
        directive("open_file_cache_valid", "1s"),
        directive("open_file_cache_min_uses", 2),
        directive("open_file_cache_errors", "off"),
    )


def links(stack: Stack) -> tuple[SymbolicLink, ...]:
    """List the symbolic links to make, relative to the runtime folder."""
    web = stack.run.web.relative_to(stack.run.path)
    return tuple(
        SymbolicLink(_link(web, number, site.url), _target(site.folder))
        for number, site in enumerate(stack.edge.static)
    )


def locations(stack: Stack) -> Tree:
    """Write one location for each map, below the one that hands everything else to the app."""
    nodes: list[Directive | Comment] = []
    for number, site in enumerate(stack.edge.static):
        nodes += (Comment(f"files of {_shown(site)}"), _location(stack, number, site))
    return tuple(nodes)


def _location(stack: Stack, number: int, site: StaticMap) -> Directive:
    """`^~` keeps other locations' patterns out; the ones inside still count."""
    web = stack.run.web
    return directive(
        "location",
        "^~",
        Prefix(site.url.path),
        block=(
            directive("root", str(web / str(number))),
            directive("disable_symlinks", "on", f"from={_link(web, number, site.url)}"),
            directive("recursive_error_pages", "on"),
            *error_rules(method_to_app=True),
            *_served(_ASK_AGAIN),
            BLANK,
            *(_refused(never) for never in HIDDEN),
            _left_to_app(PERHAPS) if site.url == stack.edge.prefix else _refused(PERHAPS),
            BLANK,
            Comment("a name that holds a hash of its content"),
            directive("location", "~", _HASHED, block=_served(_FOREVER)),
        ),
    )


def _served(caching: str) -> Tree:
    return (
        directive("add_header", "Cache-Control", caching),
        directive("add_header", "X-Content-Type-Options", "nosniff", "always"),
        directive("try_files", variables("$uri"), "@app"),
    )


def _refused(names: Pattern) -> Directive:
    return directive("location", "~*", names, block=(directive("return", 404),))


def _left_to_app(names: Pattern) -> Directive:
    """Pass over the disk, where files and the app's own addresses share the root. Nobody sees the 418 on the way."""
    way = (directive("recursive_error_pages", "on"), directive("error_page", 418, "=", "@app"), *error_rules())
    return directive("location", "~*", names, block=(*way, directive("return", 418)))


def _link(web: PurePosixPath, number: int, url: UrlPrefix) -> PurePosixPath:
    return web / str(number) / url.path.strip("/")


def _shown(site: StaticMap) -> str:
    """Say where the map comes from, if that can stand in a comment."""
    return site.origin if site.origin.isprintable() and site.origin else "the app"


def _target(folder: str) -> str:
    """A path may hold anything but NUL, and no folder has that in its name."""
    if "\0" in folder:
        raise UnsayableError(f"{folder!r} is not the path of a folder", saw="a NUL character")
    return folder
