"""The four laws of an emitter: round trip, refusal, determinism, stability."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import read, shape

from seawall.errors import UnsayableError
from seawall.syntax.nginx import (
    BLANK,
    TOKEN_LIMIT,
    Comment,
    Condition,
    Directive,
    Joined,
    Pattern,
    Prefix,
    Variables,
    directive,
    emit,
    entry,
    joined,
    paragraphs,
    token,
    variables,
)

NASTY = "\"'\\;{}#()[]<>|&`!?*~^$ \t\r\n/.,:=@%+-_aZ0é中\u2028\u2029\u0085\u00a0\x00\x1b\x7f\ud800"
anything = st.text(st.one_of(st.sampled_from(NASTY), st.characters()), max_size=40)
plain = st.text(st.one_of(st.sampled_from(NASTY), st.characters()), max_size=40).filter(
    lambda text: not _refused(text) and "$" not in text
)
names = st.from_regex(r"[a-z][a-z0-9_]{0,11}", fullmatch=True).filter(lambda name: name not in {"if", "include"})
leaves = st.one_of(
    plain,
    st.integers(0, 10**9),
    st.builds(Variables, st.one_of(plain, plain.map(lambda text: f"$uri{text}"))),
    st.builds(lambda text: Joined((text, Variables("$is_args$args"))), plain),
    st.builds(Prefix, plain.map(lambda text: f"/{text}$")),
    st.sampled_from([Pattern(p) for p in (r"\.php$", r"^/[a-f]{8,}\.\w+$", r"a\\b", r'"\"x', r"\t\n", r"(a|b)\d+;")]),
)
comments = st.builds(
    Comment,
    st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60).filter(
        lambda text: not text.endswith("\\")
    ),
)
simple = st.builds(Directive, names, st.lists(leaves, max_size=4).map(tuple))
conditions = st.builds(
    Condition,
    st.just(Variables("$host")),
    st.sampled_from(["~", "~*", "!~", "!~*"]),
    st.sampled_from([Pattern(r"^(a|b)\.\d{2}$"), Pattern("a"), Pattern(r'x"\\y')]),
    st.lists(simple, max_size=2).map(tuple),
)


def blocks(children):
    return st.builds(
        Directive, names, st.lists(leaves, max_size=3).map(tuple), st.lists(children, max_size=4).map(tuple)
    )


nodes = st.recursive(st.one_of(simple, comments, conditions, st.just(BLANK)), blocks, max_leaves=12)
trees = st.lists(nodes, max_size=6).map(tuple)


def _refused(text: str) -> bool:
    return any((ord(c) < 32 and c not in "\t\r\n") or 127 <= ord(c) < 160 or 0xD800 <= ord(c) < 0xE000 for c in text)


@given(trees)
def test_round_trip_an_independent_reader_sees_the_tree_that_was_meant(tree):
    assert read(emit(tree)) == shape(tree)


@given(anything)
def test_refusal_a_value_is_carried_as_it_is_or_refused(text):
    if _refused(text) or "$" in text:
        with pytest.raises(UnsayableError):
            emit((directive("return", 200, text),))
    else:
        assert read(emit((directive("return", 200, text),))) == [("return", ["200", text], None)]


@given(anything)
def test_refusal_a_comment_stays_a_comment(text):
    try:
        written = emit((Comment(text), directive("ok")))
    except UnsayableError:
        return
    assert [item[0] for item in read(written)] == ["#", "ok"]


@given(trees)
def test_determinism_the_same_tree_gives_the_same_bytes(tree):
    assert emit(tree) == emit(tree)


@given(trees)
def test_stability_what_was_read_back_is_written_the_same(tree):
    written = emit(tree)
    assert read(emit(_again(read(written)))) == read(written)


def _again(items):
    return tuple(
        Comment(item[1])
        if item[0] == "#"
        else Directive(
            Variables(item[0]),
            tuple(Variables(arg) for arg in item[1]),
            None if item[2] is None else _again(item[2]),
        )
        for item in items
    )


@pytest.mark.parametrize("text", ["a$b", "${x}", "$"])
def test_a_dollar_is_refused_where_nginx_would_expand_it(text):
    with pytest.raises(UnsayableError, match="cannot be written"):
        token(text)
    with pytest.raises(UnsayableError):
        token(joined(text, variables("$uri")))


def test_a_dollar_stands_for_itself_in_a_prefix_location():
    assert token(Prefix("/a$b/")) == '"/a$b/"'


@pytest.mark.parametrize("size", [TOKEN_LIMIT - 1, TOKEN_LIMIT, TOKEN_LIMIT + 1])
def test_a_token_that_would_break_the_reader_is_refused(size):
    if size <= TOKEN_LIMIT:
        assert len(token("a" * size)) == size
    else:
        with pytest.raises(UnsayableError):
            token("a" * size)


@pytest.mark.parametrize("key", ["~^a", "\\default", "~*x"])
def test_a_map_key_that_nginx_would_obey_is_refused(key):
    with pytest.raises(UnsayableError):
        entry(key, "1")


def test_text_is_aligned_and_has_its_reasons_beside_it():
    tree = paragraphs(
        (Comment("why"), directive("a", 1), directive("long_name", "x y")),
        (),
        (directive("server", block=(directive("listen", "unix:/run/x.sock"), BLANK, directive("b"))),),
    )
    assert emit(tree) == (
        '# why\na         1;\nlong_name "x y";\n\nserver {\n    listen unix:/run/x.sock;\n\n    b;\n}\n'
    )


def test_a_long_directive_goes_on_below_its_first_argument():
    text = emit((directive("types", *["x" * 50] * 3), directive("a", 1)))
    assert text == f"types {'x' * 50} {'x' * 50}\n      {'x' * 50};\na     1;\n"


def test_patterns_stay_readable():
    assert token(Pattern(r"/\.(?!well-known(?:/|$))")) == r"/\.(?!well-known(?:/|$))"
    assert token(Pattern(r"[0-9a-f]{8}\.css$")) == r'"[0-9a-f]{8}\.css$"'
