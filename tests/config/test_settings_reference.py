from __future__ import annotations

from pathlib import Path

import pytest

from seawall.config.reference import settings_page
from seawall.config.schema import SETTINGS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"


def test_the_page_is_the_one_the_schema_makes():
    assert settings_page() == PAGE.read_text(encoding="utf-8"), "run `make gen`"


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_a_setting_speaks_as_the_others_do(setting):
    """No full stop: the help stands in a terminal, and the page adds its own."""
    assert setting.help[0].isupper()
    assert not setting.help.endswith(".")
    assert len(setting.help) <= 60
    assert setting.key in setting.declarations
