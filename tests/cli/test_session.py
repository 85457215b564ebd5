"""What a person may type as APP, and which folder it then runs in."""

import pytest

from seawall.cli.output import Output
from seawall.cli.session import locate, open_session
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


def test_the_argument_is_a_pinned_app_and_stronger_than_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seawall.toml").write_text('app = "shop:app"\n')

    given = open_session(Output.standard(), "other:app", {}).config.app
    filed = open_session(Output.standard(), None, {}).config.app

    assert (given.value, given.source, given.where) == ("other:app", "flag", "`APP`")
    assert (filed.value, filed.source, filed.where) == ("shop:app", "file", "seawall.toml:1")


def test_a_folder_names_no_app(tmp_path):
    assert open_session(Output.standard(), str(tmp_path), {}).config.app is None


def test_another_command_is_told_the_runtime_folder_only_where_it_was_typed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    typed = open_session(Output.standard(), None, {"run_dir": "run"}).where
    (tmp_path / "seawall.toml").write_text('run_dir = "run"\n')

    assert typed == ("--run-dir", f"{tmp_path}/run")
    assert open_session(Output.standard(), None, {}).where == ()
