"""The schema is enough to make the options of a command."""

from __future__ import annotations

import click
from click.testing import CliRunner

from seawall.config.load import configure
from seawall.config.pinned import StaticPin
from seawall.config.schema import SETTINGS
from seawall.model.values import Network, UrlPrefix


def option(setting):
    if setting.kind.arity == "switch":
        return click.Option(setting.declarations, default=None, help=setting.help)
    multiple = setting.kind.arity in {"many", "table"}
    return click.Option(setting.declarations, multiple=multiple, metavar=setting.kind.metavar, help=setting.help)


def test_what_click_parsed_becomes_a_config(tmp_path):
    seen = []
    params = [option(setting) for setting in SETTINGS if setting.flag.startswith("--")]
    command = click.Command(
        "up", params=[*params, click.Argument(["app"], required=False)], callback=lambda **kw: seen.append(kw)
    )
    words = "shop:app -d --static /a=x --static /b=c=d --behind loopback,10.0.0.1 --max-body 1g --no-detach --workers 3"

    result = CliRunner().invoke(command, words.split())

    assert result.output == ""
    config = configure(seen[0], {}, folder=str(tmp_path), current="/srv").config
    assert config.app.value == "shop:app"
    assert config.detach.value is False
    assert config.workers.value == 3
    assert config.static.value == (StaticPin(UrlPrefix("/a/"), "/srv/x"), StaticPin(UrlPrefix("/b/"), "/srv/c=d"))
    assert config.behind.value.words == ("loopback", "10.0.0.1/32")
    assert Network("::1/128") in config.behind.value.proxies
    assert config.host is None
