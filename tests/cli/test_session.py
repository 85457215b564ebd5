"""What a person may type as APP, and which folder it then runs in."""

import pytest

from seawall.cli.session import locate
from seawall.errors import AppError


def test_a_module_named_wsgi_is_no_file(tmp_path):
    assert locate("klaus.contrib.wsgi:application", tmp_path) == ("klaus.contrib.wsgi:application", tmp_path)


def test_a_file_of_that_name_wins(tmp_path):
    (tmp_path / "shop.wsgi").touch()
    assert locate("shop.wsgi:application", tmp_path) == (f"{tmp_path}/shop.wsgi:application", tmp_path)


@pytest.mark.parametrize("missing", ["shop.py", "shop.py:app", "production.ini", "my-shop.wsgi", "below/shop:app"])
def test_a_file_that_is_missing_is_said(missing, tmp_path):
    with pytest.raises(AppError, match="does not exist"):
        locate(missing, tmp_path)
