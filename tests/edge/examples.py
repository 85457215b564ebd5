"""The stacks whose configurations are kept as golden files."""

from __future__ import annotations

from stacks import a_stack

STATIC = (("/static/", "/srv/shop/static"), ("/media/", "/srv/shop/media"))
EXAMPLES = {
    "plain": {},
    "static": {"static": STATIC},
    "prefix": {"prefix": "/a/b", "static": (("/a/b/static/", "/srv/shop/static"),)},
    "hosts": {"hosts": ("example.com", "*.example.org"), "static": STATIC, "listen": ("0.0.0.0:80", "[::]:80")},
    "behind": {"proxies": ("10.0.0.0/8", "fd00::/8")},
    "many_static": {
        "static": (
            ("/", "/srv/shop/public"),
            ("/static/", "/srv/shop/static"),
            ("/static/vendor/", "/srv/shop/node"),
            ("/++resource++logo/", "/srv/shop/logo"),
            ('/odd "name"; {é}/', "/srv/shop/o'dd; $x {"),
        )
    },
    "no_abilities": {"abilities": frozenset(), "static": STATIC, "proxies": ("10.0.0.0/8",)},
    "small": {"size": {"spool": 0}, "time": {"header": 2.5}},
}


def example(name: str, run: str = "/run/shop", **changes: object):
    from seawall.model.values import Duration, Size

    given = EXAMPLES[name] | changes
    if name == "small":
        given |= {"size": {"spool": Size(0)}, "time": {"header": Duration(2.5)}}
    return a_stack(run, **given)
