"""Where the edge listens.

The supervisor opens the public sockets and Nginx inherits them through its NGINX variable; an inherited socket is taken
when its address equals the one written here, so the address is literal and `ipv6only` is written. No `reuseport`:
there is one socket for all workers, and it outlives Nginx.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seawall.syntax.nginx import Comment, Directive, Tree, directive

if TYPE_CHECKING:
    from seawall.edge.place import Place
    from seawall.model.stack import Stack
    from seawall.model.values import Address


def listeners(stack: Stack, place: Place, *, public: bool, default: bool) -> Tree:
    """Say where a server listens; `default` takes the requests that no other server's name fits."""
    flags = ("default_server",) if default else ()
    # Socket options are given once for an address, so the default server has them.
    opened = tuple(_public(address, stack.capacity.backlog, flags) for address in stack.edge.listen) if public else ()
    private = directive("listen", f"unix:{place.socket}", *flags)
    return (*opened, Comment("for Seawall's own checks; its peer is always this machine"), private)


def _public(address: Address, backlog: int, flags: tuple[str, ...]) -> Directive:
    family = ("ipv6only=on",) if address.host.is_ipv6 else ()
    if not flags:
        return directive("listen", str(address))
    return directive("listen", str(address), *flags, f"backlog={backlog}", *family)
