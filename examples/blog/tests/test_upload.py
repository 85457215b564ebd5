from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from blog import create_app
from blog.images import NotAnImage, store
from blog.media import markdown_for
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

Token = Callable[[str], str]
Picture = Callable[..., BytesIO]
JSON = {"Accept": "application/json"}


def upload(author: FlaskClient, token: Token, file: BytesIO, name: str = "a.png", **headers: str) -> TestResponse:
    form = {"image": (file, name), "alt": "A [pier]", "csrf_token": token("/new")}
    return author.post("/upload", data=form, headers=headers)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_pictures_are_kept(author: FlaskClient, token: Token, picture: Picture, kind: str) -> None:
    reply = upload(author, token, picture(kind), "../../x.html", **JSON)
    assert reply.status_code == 201
    name = re.fullmatch(r"/media/([0-9a-f]{32}\.(png|jpg|webp|gif))", reply.json["url"])
    assert name
    assert reply.json["markdown"] == f"![A pier](media:{name[1]})"
    with author.get(reply.json["url"]) as served, Image.open(BytesIO(served.data)) as image:
        assert served.content_type.startswith("image/")
        assert image.format == kind


def test_without_javascript_there_is_a_page(author: FlaskClient, token: Token, picture: Picture) -> None:
    reply = upload(author, token, picture())
    assert reply.status_code == 201
    assert "![A pier](media:" in reply.text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
    ],
)
def test_other_files_are_refused(app: Flask, author: FlaskClient, token: Token, content: bytes) -> None:
    before = set(Path(app.config["MEDIA"]).iterdir())
    reply = upload(author, token, BytesIO(content), "photo.png", **JSON)
    assert reply.status_code == 400
    assert "welcome" in reply.json["error"]
    assert set(Path(app.config["MEDIA"]).iterdir()) == before


def test_no_file(author: FlaskClient, token: Token) -> None:
    assert author.post("/upload", data={"csrf_token": token("/new")}).status_code == 400


def test_large_uploads(tmp_path: Path) -> None:
    app = create_app({"DATA": str(tmp_path), "MAX_CONTENT_LENGTH": 1000})
    form = {"image": (BytesIO(b"x" * 2000), "a.png")}
    reply = app.test_client().post("/upload", data=form)
    assert reply.status_code == 413
    assert "16 MB" in reply.text


def test_metadata_is_removed(tmp_path: Path, picture: Picture) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    for kind in ("JPEG", "PNG", "WEBP"):
        name = store(picture(kind, exif=exif.tobytes()), tmp_path)
        assert b"SECRET" not in (tmp_path / name).read_bytes()
    name = store(picture("JPEG", comment=b"SECRET"), tmp_path)
    assert b"SECRET" not in (tmp_path / name).read_bytes()


def test_rotated_photographs_stand_upright(tmp_path: Path, picture: Picture) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    name = store(picture("JPEG", (40, 20), exif=exif.tobytes()), tmp_path)
    with Image.open(tmp_path / name) as image:
        assert image.size == (20, 40)


def test_double_pictures_of_phones_become_plain_ones(tmp_path: Path) -> None:
    stream = BytesIO()
    first, second = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (8, 8), "blue")
    first.save(stream, "MPO", save_all=True, append_images=[second])
    name = store(stream, tmp_path)
    assert name.endswith(".jpg")
    with Image.open(tmp_path / name) as image:
        assert image.format == "JPEG"


def test_animations_stay_animated(tmp_path: Path) -> None:
    stream = BytesIO()
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "green", "blue")]
    frames[0].save(stream, "GIF", save_all=True, append_images=frames[1:], comment=b"SECRET")
    name = store(stream, tmp_path)
    with Image.open(tmp_path / name) as image:
        assert image.n_frames == 3
    assert b"SECRET" not in (tmp_path / name).read_bytes()


def test_very_large_pictures_shrink_and_bombs_are_refused(tmp_path: Path, picture: Picture) -> None:
    name = store(picture(size=(3000, 300)), tmp_path)
    with Image.open(tmp_path / name) as image:
        assert image.size == (2400, 240)
    with pytest.raises(NotAnImage):
        store(picture(size=(8000, 5001)), tmp_path)


def test_same_picture_same_file(tmp_path: Path, picture: Picture) -> None:
    assert store(picture(), tmp_path) == store(picture(), tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_descriptions_cannot_break_the_markdown() -> None:
    assert markdown_for("a.png", "x](javascript:1)\n![") == "![x (javascript:1) !](media:a.png)"
