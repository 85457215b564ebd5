"""Which account a person may name."""

from __future__ import annotations

import pytest

from seawall.cli.account import _account
from seawall.cli.output import Output
from seawall.cli.session import open_session
from seawall.errors import MachineError


def test_an_account_may_be_named_by_its_number(tmp_path):
    session = open_session(Output.standard(), str(tmp_path), {"user": "0"})

    assert session.config.user.value == "0"
    assert _account("0", session).name == "root"


def test_a_number_without_an_account_has_the_command_that_makes_one(tmp_path):
    session = open_session(Output.standard(), str(tmp_path), {"user": "54321987"})

    with pytest.raises(MachineError) as caught:
        _account("54321987", session)

    assert (caught.value.where, caught.value.hint) == ("`--user`", "useradd --system --uid 54321987 shop")
