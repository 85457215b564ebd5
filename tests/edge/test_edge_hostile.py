"""Whatever a stack holds stays a leaf: the configuration has the same bones as for harmless values, or is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import read, shape
from stacks import a_stack

from seawall.edge import files, render
from seawall.errors import UnsayableError
from seawall.model.files import File
from seawall.model.values import InvalidValueError
from seawall.syntax.nginx import emit

NASTY = "\"'\\;{}#()[]<>|&`!?*~^$ %\t\r\n/.,:=@+-_aZ0é中\u2028\u2029\u0085"
text = st.text(st.one_of(st.sampled_from(NASTY), st.characters()), min_size=1, max_size=12)
paths = st.lists(text, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))


def _bones(items) -> list:
    return [(name, len(args), _bones(block) if block else block) for name, args, block in _code(items)]


def _code(items) -> list:
    return [item for item in items if item[0] != "#"]


@given(url=paths, folder=paths, run=paths, prefix=paths)
def test_no_value_becomes_syntax(url, folder, run, prefix):
    try:
        stack = a_stack(run, static=((prefix + url, folder),), prefix=prefix)
        harmless = a_stack("/run/x", static=(("/p/s", "/srv"),), prefix="/" if stack.edge.prefix.is_root else "/p")
        written = emit(render(stack, public=True))
    except (UnsayableError, InvalidValueError):
        return
    assert read(written) == shape(render(stack, public=True))
    assert _bones(read(written)) == _bones(shape(render(harmless, public=True)))


def test_a_folder_that_no_file_system_can_have_is_refused():
    with pytest.raises(UnsayableError, match="not the path of a folder"):
        files(a_stack(static=(("/s/", "/a\0b"),)))


@given(folder=paths.filter(lambda path: "\0" not in path))
def test_no_other_folder_is_refused_or_enters_a_file(folder):
    plain, hostile = (files(a_stack(static=(("/s/", name),))) for name in ("/srv", folder))
    assert [item.text for item in plain if isinstance(item, File)] == [
        item.text for item in hostile if isinstance(item, File)
    ]


@pytest.mark.parametrize("run", ["/run/a$b", "/run/$host", "/run/x\x00", "/run/x\x1b"])
def test_a_runtime_folder_that_nginx_cannot_say_is_refused(run):
    with pytest.raises(UnsayableError):
        files(a_stack(run))


def test_the_scgi_link_is_refused_until_it_is_there():
    from dataclasses import replace

    from seawall.model.stack import Link

    stack = a_stack()
    with pytest.raises(UnsayableError, match="cannot speak"):
        render(replace(stack, server=replace(stack.server, link=Link.SCGI)), public=True)
