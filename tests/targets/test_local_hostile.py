"""Any facts and any configuration plan and render, or raise a documented error; untrusted strings are leaves only."""

from __future__ import annotations

import ast
import json
from dataclasses import replace

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from builders import a_folder, an_app, facts, pinned
from seawall import edge
from seawall.config.pinned import Config, StaticPin, Variables
from seawall.config.plain import to_json
from seawall.errors import AppError, MachineError, RefusalError, UnsayableError
from seawall.model.facts import StaticMount
from seawall.model.files import File, SymbolicLink
from seawall.model.values import InvalidValueError, UrlPrefix
from seawall.planning.plan import plan
from seawall.targets import local
from syntax.reading import read, shape

NASTY = [
    "'; autoindex on; #",
    '\\"; } server { listen 1; }',
    "$host${uri}$(id)`id`",
    "a\nautoindex on;",
    "a\r\n\tb",
    "a\u2028b\u2029c\u0085d",
    "}{",
    "# no",
    "\\' \\\\",
    "🌊 海",
    "\x1b[31m",
    "x" * 5_000,
    "/" + "y" * 300,
    "..",
    "/../..",
    "//",
    "%2e%2e/%00",
    "\x00",
    "\ud800",
    "",
]
texts = st.one_of(
    st.sampled_from(NASTY),
    st.sampled_from(NASTY).map("/srv/".__add__),
    st.text("/;${}\"'\\\n\r\t=:%#~. a0\u2028", max_size=20).map("/".__add__),
    st.text(max_size=30),
)


@st.composite
def worlds(draw):
    """Facts and a configuration in which every text that comes from outside is hostile."""
    mounts = draw(st.lists(st.builds(StaticMount, texts, texts | st.none(), texts), max_size=3))
    app = an_app(
        target=draw(texts),
        chosen_because=draw(texts),
        framework=draw(texts),
        framework_version=draw(texts),
        folder=draw(texts),
        paths=tuple(draw(st.lists(texts, max_size=2))),
        static=tuple(mounts),
        prefix=draw(texts),
        hosts=tuple(draw(st.lists(texts, max_size=2))),
        routes=tuple(draw(st.lists(texts, max_size=2))),
        remarks=tuple(draw(st.lists(texts, max_size=2))),
        state=tuple(draw(st.lists(texts, max_size=1))),
    )
    app = replace(app, interpreter=replace(app.interpreter, executable=draw(texts), prefix=draw(texts)))
    world = facts(
        app=app,
        run_folder=draw(texts),
        state_folder=draw(texts),
        folders={mount.folder: a_folder(mount.folder, sample=draw(texts)) for mount in mounts if mount.folder},
    )
    config = Config(
        env=pinned(Variables((("HOSTILE", draw(texts)),))),
        static=draw(st.none() | st.builds(_pin, texts, texts)),
        prefix=draw(st.none() | texts.map(_prefix)),
        user=None,
    )
    return replace(world, nginx=replace(world.nginx, binary=draw(texts))), config


def _prefix(text):
    try:
        return pinned(UrlPrefix.parse("/" + text))
    except InvalidValueError:
        return None


def _pin(url, folder):
    prefix = _prefix(url)
    return pinned((StaticPin(prefix.value, folder),)) if prefix else None


def _names(tree) -> set:
    found = set()
    for name, *rest in tree:
        if name == "#":
            continue
        found.add(name)
        if rest[1] is not None and name not in {"map", "geo", "types"}:
            found |= _names(rest[1])
    return found


ORDINARY = plan(
    facts(app=an_app(prefix="/a", static=(StaticMount("/a/static", "/srv/shop/static", "Flask"),))), Config()
).stack
WITHOUT = plan(facts(), Config()).stack
DIRECTIVES = set().union(*(_names(read(edge.files(stack)[0].text)) for stack in (ORDINARY, WITHOUT)))
DOCUMENTED = (AppError, RefusalError, MachineError, UnsayableError)


@given(world=worlds())
@example(world=(facts(app=an_app(prefix="a\nb")), Config()))
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_every_untrusted_string_is_a_leaf_or_a_documented_error(world):
    try:
        decided = plan(*world)
        written = local.files(decided)
    except DOCUMENTED:
        return
    texts_of = {str(entry.path): entry.text for entry in written if isinstance(entry, File)}
    stack = decided.stack

    assert read(texts_of["conf/nginx.conf"]) == shape(edge.render(stack, public=True))
    assert _names(read(texts_of["conf/nginx.conf"])) <= DIRECTIVES
    assert _names(read(texts_of["rehearsal/nginx.conf"])) <= DIRECTIVES
    assert _settings(texts_of["conf/gunicorn.conf.py"])["chdir"] == stack.app.folder
    started = json.loads(texts_of["conf/serve.json"])
    assert (started["target"], started["folder"], started["paths"]) == (
        stack.app.target,
        stack.app.folder,
        list(stack.app.paths),
    )
    assert json.loads(texts_of["conf/plan.json"]) == json.loads(json.dumps(to_json(decided)))
    _assert_links_stay_inside(written)
    _assert_no_value_of_a_variable(texts_of, stack)


def _settings(text):
    module = ast.parse(text)
    assert all(isinstance(node, ast.Assign) for node in module.body)
    return {node.targets[0].id: ast.literal_eval(node.value) for node in module.body}


def _assert_links_stay_inside(written):
    for entry in written:
        assert not entry.path.is_absolute()
        assert ".." not in entry.path.parts
        if isinstance(entry, SymbolicLink):
            assert entry.path.parts[0] == "web"
            assert "\0" not in str(entry.path) + entry.target


def _assert_no_value_of_a_variable(texts_of, stack):
    assert json.loads(texts_of["conf/plan.json"])["stack"]["app"]["env"] == {
        name: "[redacted]" for name, _ in stack.app.env
    }
