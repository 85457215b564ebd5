"""What the syntax tree tells, before anything runs."""

from __future__ import annotations

import textwrap

import pytest

from seawall.worker.scan import scan
from seawall.worker.signs import read


@pytest.mark.parametrize(
    ("source", "apps", "factories", "maybe"),
    [
        ("app = Flask(__name__)", ["app"], [], []),
        ("site: Flask = flask.Flask(__name__)", ["site"], [], []),
        ("def create_app(config=None): ...", [], ["create_app"], []),
        ("app = create_app()", ["app"], [], []),
        ("from shop import create_app, app", [], ["create_app"], ["app"]),
        ("def hello(environ, start_response): ...", ["hello"], [], []),
        ("async def hello(scope, receive, send): ...", ["hello"], [], []),
        ("try:\n    app = Flask('a')\nexcept Exception:\n    raise", ["app"], [], []),
        ("if __name__ == '__main__':\n    app = Flask('a')", [], [], []),
        ("import falcon\napi = falcon.App()", ["api"], [], []),
        ("import textual\nui = textual.App()", [], [], []),
        ("server = socketserver.make()", [], [], ["server"]),
        ("def app(:", [], [], ["app"]),
        ("print('tool')", [], [], []),
    ],
)
def test_evidence(tmp_path, source, apps, factories, maybe):
    file = tmp_path / "module.py"
    file.write_text(source)
    evidence = scan(str(file))
    assert (evidence.apps, evidence.factories, evidence.maybe) == (apps, factories, maybe)


@pytest.mark.parametrize(
    ("source", "signs"),
    [
        ("STORE = {}\ndef put(): STORE['a'] = 1", ["`STORE` in module.py is changed by `put`"]),
        ("STORE = {}\ndef drop(): del STORE['a']", ["`STORE` in module.py is changed by `drop`"]),
        ("STORE = defaultdict(list)\ndef put(): STORE['a'].append(1)", ["`STORE` in module.py is changed by `put`"]),
        ("count = 0\ndef hit():\n    global count\n    count += 1", ["`count` in module.py is changed by `hit`"]),
        ("STORE: dict = {}\ndef put(): STORE.update(a=1)", ["`STORE` in module.py is changed by `put`"]),
        ("STORE = {}\ndef read(): return STORE['a']", []),
        ("STORE = {}\ndef put():\n    STORE = {}\n    STORE['a'] = 1", []),
        ("STORE = {}\ndef put(STORE): STORE['a'] = 1", []),
        ("VIEWS = []\ndef view(f): VIEWS.append(f)\n@view\ndef page(): ...", []),
        ("CACHE = {}\ndef get(): CACHE['a'] = 1", []),
        (
            "app.config['SECRET_KEY'] = secrets.token_hex()",
            ["the secret key in module.py is made anew by each process"],
        ),
        ("SECRET_KEY = os.environ['KEY']", []),
    ],
)
def test_signs_of_state(tmp_path, source, signs):
    file = tmp_path / "module.py"
    file.write_text(textwrap.dedent(source))
    assert read(str(file)) == signs
