from __future__ import annotations

import os

import pytest

from seawall.config.load import LARGEST_FILE, Loaded, configure, find, read_text, read_variables
from seawall.config.pinned import Config, Pinned, StaticPin
from seawall.errors import ConfigError
from seawall.model.decisions import Level, Source
from seawall.model.values import Duration, Host, Port, UrlPrefix
from tools import require_root


@pytest.fixture
def shop(tmp_path):
    """Make a repository `shop` in a home folder, with the app in `shop/web`."""
    app = tmp_path / "home" / "shop" / "web"
    app.mkdir(parents=True)
    (app.parent / ".git").mkdir()
    return app


def configured(app, flags=None, env=None):
    home = str(app.parent.parent)
    return configure(flags or {}, {"HOME": home, **(env or {})}, folder=str(app), current=str(app))


def refused(app):
    with pytest.raises(ConfigError) as caught:
        configured(app)
    return [(problem.where, problem.text) for problem in caught.value.problems]


def test_without_any_configuration_nothing_is_pinned(shop):
    assert configured(shop) == Loaded(Config())
    assert configured(shop).folder == ""


def test_flags_win_over_the_environment_and_that_over_the_file(shop):
    (shop / "seawall.toml").write_text('port = 1\nworkers = 2\ndeadline = "1m"\nhost = "::1"\n')

    config = configured(shop, {"workers": "3", "static": ()}, {"PORT": "5000"}).config

    assert config == Config(
        port=Pinned(Port(5000), Source.ENVIRONMENT, "`PORT`"),
        workers=Pinned(3, Source.FLAG, "`--workers`"),
        deadline=Pinned(Duration(60.0), Source.FILE, "seawall.toml:3"),
        host=Pinned(Host("::1"), Source.FILE, "seawall.toml:4"),
    )


def test_a_platform_that_sets_port_is_listened_to_on_every_interface(shop):
    assert configured(shop, env={"PORT": "5000"}).config.host == Pinned(Host("0.0.0.0"), Source.ENVIRONMENT, "`PORT`")


def test_an_empty_port_is_no_port(shop):
    assert Config() == configured(shop, env={"PORT": ""}).config


def test_a_port_flag_keeps_the_host_private_even_when_the_environment_has_a_port(shop):
    config = configured(shop, {"port": "9000"}, {"PORT": "5000"}).config

    assert config == Config(port=Pinned(Port(9000), Source.FLAG, "`--port`"))


def test_paths_start_at_the_file_or_at_the_current_directory(shop):
    (shop.parent / "seawall.toml").write_text('chdir = "./web"\nrun_dir = "~/run"\n[static]\n"/s" = "../s"\n')

    config = configured(shop, {"nginx": "./nginx", "python": "~/py"}).config

    home = shop.parent.parent
    assert config.chdir.value == str(shop)
    assert config.run_dir.value == str(home / "run")
    assert config.static == Pinned(
        (StaticPin(UrlPrefix("/s/"), f"{shop.parent}/../s"),), Source.FILE, "../seawall.toml:3"
    )
    assert config.nginx.value == str(shop / "nginx")
    assert config.python.value == str(home / "py")


def test_the_nearest_file_wins(shop):
    (shop / "seawall.toml").write_text("port = 1")
    (shop.parent / "seawall.toml").write_text("port = 2")

    loaded = configured(shop)

    assert loaded.config.port.value == Port(1)
    assert (loaded.file, loaded.folder) == (str(shop / "seawall.toml"), str(shop))


def test_nothing_above_the_repository_is_read(shop):
    (shop.parent.parent / "seawall.toml").write_text("port = 2")

    assert Config() == configured(shop).config


def test_without_a_repository_the_home_folder_itself_is_not_read(tmp_path):
    app = tmp_path / "home" / "a" / "b"
    app.mkdir(parents=True)
    (tmp_path / "home" / "seawall.toml").write_text("port = 2")
    (app.parent / "seawall.toml").write_text("port = 3")

    assert configured(app).config.port.value == Port(3)
    (app.parent / "seawall.toml").unlink()
    assert configured(app).config.port is None


def test_outside_of_repository_and_home_only_the_folder_itself_is_read(tmp_path):
    app = tmp_path / "a"
    app.mkdir()
    (tmp_path / "seawall.toml").write_text("port = 2")

    assert find(str(app), current=str(app), home="/home/ann") == (None, ())


def test_a_strangers_file_above_the_app_is_not_read_and_that_is_said(shop):
    require_root("to give a file away")
    (shop.parent / "seawall.toml").write_text("port = 2")
    os.chown(shop.parent / "seawall.toml", 12345, -1)

    loaded = configured(shop)

    assert loaded.config == Config()
    assert [(remark.level, remark.text) for remark in loaded.remarks] == [
        (Level.WARNING, "`../seawall.toml` not read: another user's, and above your app"),
    ]


def test_a_file_beside_the_app_is_read_whoever_owns_it(shop):
    require_root("to give a file away")
    (shop / "seawall.toml").write_text("port = 2")
    os.chown(shop / "seawall.toml", 12345, -1)

    assert configured(shop).config.port.value == Port(2)


def test_a_folder_that_does_not_exist_is_left_to_others_to_report(shop):
    (shop / "seawall.toml").write_text("port = 2")

    assert configured(shop / "missing").config.port.value == Port(2)


def test_pyproject_holds_settings_too_with_its_own_lines(shop):
    (shop / "pyproject.toml").write_text(
        '[project]\nname = "x"\nport = 1\n\n[tool.seawall]\nport = 5\nenv = { A = "b" }\n'
    )

    config = configured(shop).config

    assert config.port == Pinned(Port(5), Source.FILE, "pyproject.toml:6")
    assert config.env.value.pairs == (("A", "b"),)


def test_a_mistake_in_a_subtable_of_pyproject_has_its_line(shop):
    (shop / "pyproject.toml").write_text('[tool.seawall]\nport = 5\n\n[tool.seawall.static]\n"a" = "b"\n')

    assert refused(shop) == [
        ("pyproject.toml:5 (`static.a`)", "should be a URL path that starts with `/`, not `a`"),
    ]


def test_beside_seawall_toml_the_table_in_pyproject_is_not_read_and_that_is_said(shop):
    (shop / "pyproject.toml").write_text("[tool.seawall]\nport = 5\n")
    (shop / "seawall.toml").write_text("port = 6\n")

    loaded = configured(shop)

    assert loaded.config.port.value == Port(6)
    assert [(remark.level, remark.text) for remark in loaded.remarks] == [
        (Level.NOTE, "`[tool.seawall]` in `pyproject.toml` is not read, `seawall.toml` wins"),
    ]


@pytest.mark.parametrize("text", ["[project]\nname = ", "tool = 3", '[tool]\nseawall2 = "x"', "# seawall\n= 3"])
def test_a_pyproject_that_says_nothing_to_us_is_none_of_our_business(shop, text):
    (shop / "pyproject.toml").write_text(text)

    assert Config() == configured(shop).config


def test_a_broken_pyproject_with_our_table_is_refused(shop):
    (shop / "pyproject.toml").write_text("[tool.seawall]\nport = \n")

    [(where, text)] = refused(shop)
    assert where == "pyproject.toml:2:8"
    assert text.startswith("is not valid TOML: ")


def test_our_table_that_is_no_table_is_refused(shop):
    (shop / "pyproject.toml").write_text("[tool]\nseawall = 3\n")

    assert refused(shop) == [("pyproject.toml (`tool.seawall`)", "should be a table")]


def test_problems_of_all_sources_come_at_once(shop):
    (shop / "seawall.toml").write_text("workers = 0\n")
    with pytest.raises(ConfigError) as caught:
        configured(shop, {"port": "x"}, {"PORT": "y"})

    assert [problem.where for problem in caught.value.problems] == [
        "`--port`",
        "`PORT` in the environment",
        "seawall.toml:1 (`workers`)",
    ]


def test_a_file_that_is_not_utf8_is_refused_with_its_line(shop):
    (shop / "seawall.toml").write_bytes(b'app = "x"\n# caf\xe9\n')

    assert refused(shop) == [("seawall.toml:2", "should be valid UTF-8")]


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(shop):
    (shop / "seawall.toml").write_bytes(b"\xef\xbb\xbf# x\r\nport = 3\r\n")

    assert configured(shop).config.port == Pinned(Port(3), Source.FILE, "seawall.toml:2")


def test_a_huge_file_is_refused_unread(shop):
    (shop / "seawall.toml").write_bytes(b"#" * (LARGEST_FILE + 1))

    assert refused(shop) == [("seawall.toml", "should be smaller than 1 MB")]


def test_an_unreadable_file_is_refused_with_the_reason(tmp_path):
    with pytest.raises(ConfigError) as caught:
        read_text(tmp_path / "missing", "missing")

    assert caught.value.problems[0].text == "cannot be read: no such file or directory"


def test_the_table_wins_over_the_env_file(shop):
    (shop / "seawall.toml").write_text('env_file = ".env"\n[env]\nB = "table"\n')
    (shop / ".env").write_text("A=$HOME\nB=file\nC='x y'\n")

    variables = read_variables(configured(shop).config, current=str(shop))

    assert variables == (("A", "$HOME"), ("B", "table"), ("C", "x y"))


def test_a_missing_env_file_names_who_asked_for_it(shop):
    config = configured(shop, {"env_file": ".env"}).config
    with pytest.raises(ConfigError) as caught:
        read_variables(config, current=str(shop))

    [problem] = caught.value.problems
    assert (problem.where, problem.text) == (".env (`--env-file`)", "cannot be read: no such file or directory")
