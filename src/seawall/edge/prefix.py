"""Which addresses are the app's: all of them, or those below one prefix (P37).

The prefix stays in the address that the app gets; the worker takes it off once and tells the app where it is mounted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from seawall.edge import static
from seawall.edge.proxy import to_app
from seawall.syntax.nginx import Comment, Prefix, Tree, directive, joined, variables

if TYPE_CHECKING:
    from seawall.model.stack import Stack
    from seawall.model.values import UrlPrefix


def locations(stack: Stack) -> tuple[Tree, ...]:
    """Write the locations of the site, one group for each concern."""
    prefix = stack.edge.prefix
    urls = {site.url for site in stack.edge.static}
    app = () if prefix in urls else (directive("location", Prefix(prefix.path), block=to_app(stack)),)
    behind_files = (directive("location", "@app", block=to_app(stack)),) if urls else ()
    return (_outside(prefix), app, static.locations(stack), behind_files)


def _outside(prefix: UrlPrefix) -> Tree:
    if prefix.is_root:
        return ()
    there = quote(prefix.path, safe="/:@!&'()*+,;=~")
    return (
        Comment(f"the app is below {prefix.path}, and nothing is beside it"),
        directive("location", "=", "/", block=(directive("return", 302, there),)),
        directive(
            "location",
            "=",
            Prefix(prefix.bare),
            block=(directive("return", 308, joined(there, variables("$is_args$args"))),),
        ),
        directive("location", "/", block=(directive("return", 404),)),
    )
