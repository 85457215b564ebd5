from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import HASH, NAME, PASSWORD
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from blog import create_app
from blog.db import storage
from blog.storage import User, new_id

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = create_app({"DATA": str(tmp_path / "data"), "TESTING": True})
    with app.app_context():
        storage().add_user(User(new_id(), NAME, HASH))
    yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def token(client: FlaskClient) -> Callable[[str], str]:
    """The CSRF token of the form on a page."""

    def read(page: str) -> str:
        found = TOKEN.search(client.get(page).text)
        assert found, f"no form on {page}"
        return found.group(1)

    return read


@pytest.fixture
def author(client: FlaskClient, token: Callable[[str], str]) -> FlaskClient:
    form = {"name": NAME, "password": PASSWORD, "csrf_token": token("/login")}
    assert client.post("/login", data=form).status_code == 303
    return client


@pytest.fixture
def picture() -> Callable[..., BytesIO]:
    def make(kind: str = "PNG", size: tuple[int, int] = (40, 30), **options: object) -> BytesIO:
        stream = BytesIO()
        Image.new("RGB", size, "teal").save(stream, kind, **options)
        stream.seek(0)
        return stream

    return make
