from __future__ import annotations

import pytest

from seawall.config.lines import key_lines, line_of

TEXT = '''\
app = "x"   # port = 1
static."/a".b = 1
  [ env ]
A = """
port = 3
"""
"B\\u0043" = \'x = y\'
hosts = [
  "a = b",
]
[other."x.y"]
port = 4
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("app",), 1),
        (("static",), 2),
        (("static", "/a", "b"), 2),
        (("env",), 3),
        (("env", "A"), 4),
        (("port",), None),
        (("env", "BC"), 7),
        (("env", "hosts", 0), 8),
        (("env", "missing"), 3),
        (("other", "x.y", "port"), 12),
    ],
)
def test_a_key_is_found_on_its_line_or_on_that_of_what_is_around_it(path, line):
    assert line == line_of(key_lines(TEXT), path)
