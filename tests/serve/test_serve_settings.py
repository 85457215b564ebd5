"""Settings are data."""

from __future__ import annotations

import pytest
from served import ECHO, start_server

from seawall.worker import settings


def test_literals_of_every_kind_are_read():
    text = "# by Seawall\nworkers = 2\nbind = ['a', 'b']\nreload = False\nuser = None\nname = 'it\\'s'\n"
    assert settings.parse(text) == {
        "workers": 2,
        "bind": ["a", "b"],
        "reload": False,
        "user": None,
        "name": "it's",
    }


@pytest.mark.parametrize(
    "text", ["import os", "workers = os.cpu_count()", "a.b = 1", "f'{1}'", "x: int = 1", "open('x')"]
)
def test_code_is_refused_and_never_run(text):
    with pytest.raises(ValueError):
        settings.parse(text)


def test_c41_a_setting_that_this_gunicorn_does_not_know_is_passed_over():
    with start_server(ECHO, settings={"invented_in_99_1": True}) as served:
        assert served.get().status == 200
        assert "invented" not in served.log


def test_p33_no_control_socket_is_opened():
    with start_server(ECHO) as served:
        assert served.get().status == 200
        assert "ontrol socket" not in served.log


def test_a_value_that_gunicorn_refuses_is_an_error():
    with start_server(ECHO, settings={"workers": "many"}) as served:
        assert served.process.wait(10) == 1
        assert "Error: " in served.log
