"""Every form of target, read without running or evaluating anything."""

from __future__ import annotations

import pytest

from seawall.worker.failure import TargetError
from seawall.worker.reference import Call, parse


@pytest.mark.parametrize(
    ("text", "place", "attribute", "call"),
    [
        ("shop", "shop", "", None),
        ("shop.wsgi:application", "shop.wsgi", "application", None),
        ("shop:site.app", "shop", "site.app", None),
        ("shop:make()", "shop", "make", Call((), {})),
        ('shop:make("x", root="packages")', "shop", "make", Call(("x",), {"root": "packages"})),
        ("shop:make(debug=True, hosts=['a'])", "shop", "make", Call((), {"debug": True, "hosts": ["a"]})),
        ("lib/shop.py", "/srv/lib/shop.py", "", None),
        ("shop.py:app", "/srv/shop.py", "app", None),
        ("/abs/site.wsgi", "/abs/site.wsgi", "", None),
        ("my-app.py:app", "/srv/my-app.py", "app", None),
        ("production.ini", "/srv/production.ini", "main", None),
        ("conf/production.ini#other", "/srv/conf/production.ini", "other", None),
        ("shop:", "shop", "", None),
        ("店:应用", "店", "应用", None),
    ],
)
def test_a_target_is_read(text, place, attribute, call):
    reference = parse(text, "/srv")
    assert (reference.place(), reference.attribute, reference.call) == (place, attribute, call)


@pytest.mark.parametrize(
    "text",
    [
        "shop:make(open('x'))",
        "shop:make(**{'a': 1})",
        "shop:make()()",
        "shop:a[0]",
        "shop:a; b",
        ":app",
        "",
        "shop-web:app",
        "shop:__import__('os').system('true')",
        "shop\u2028:app",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(TargetError) as caught:
        parse(text, "/srv")
    assert caught.value.kind == "bad_target"
    assert "module:attribute" in caught.value.details.hint
