"""WSGI, ASGI, factory or nothing: told from the object, never by calling it."""

from __future__ import annotations

import functools

import pytest

from seawall.worker.callables import missing_arguments, role_of


def function(environ, start_response): ...
def other_names(a, b): ...
def with_default(environ, start_response, charset="utf-8"): ...
def anything(*arguments, **named): ...
def factory(config=None, *, testing=False): ...
def create_app(settings, database): ...
def one_argument(value): ...
def asgi_shape(scope, receive, send): ...
async def coroutine(scope, receive, send): ...
async def async_factory(): ...


class Wsgi:
    def __call__(self, environ, start_response): ...


class Asgi:
    async def __call__(self, scope, receive, send): ...


class TwoStepAsgi:
    def __init__(self, scope): ...


class ClassAsWsgi:
    def __init__(self, environ, start_response): ...
    def __iter__(self): ...


class Handler:
    def __call__(self, request): ...


class Proxy:
    def __getattribute__(self, name):
        if name == "__call__":
            raise RuntimeError(name)
        return super().__getattribute__(name)

    def __call__(self, *arguments): ...


CASES = [
    (function, "wsgi"),
    (other_names, "wsgi"),
    (with_default, "wsgi"),
    (anything, "wsgi"),
    (functools.partial(with_default, charset="latin-1"), "wsgi"),
    (Wsgi(), "wsgi"),
    (Wsgi().__call__, "wsgi"),
    (ClassAsWsgi, "wsgi"),
    (coroutine, "asgi"),
    (asgi_shape, "asgi"),
    (Asgi(), "asgi"),
    (TwoStepAsgi, "asgi"),
    (factory, "factory"),
    (lambda: None, "factory"),
    (Wsgi, "factory"),
    (create_app, None),
    (one_argument, None),
    (async_factory, None),
    (Handler(), None),
    (Proxy(), None),
    ({}, None),
    (None, None),
    (functools, None),
]


@pytest.mark.parametrize(("value", "role"), CASES)
def test_the_role_is_told_by_the_signature(value, role):
    assert role_of(value) == role


def test_missing_arguments_are_named():
    assert missing_arguments(create_app, 0, []) == ["settings", "database"]
    assert missing_arguments(create_app, 1, []) == ["database"]
    assert missing_arguments(create_app, 0, ["settings"]) == ["database"]
    assert missing_arguments(factory, 0, []) == []
