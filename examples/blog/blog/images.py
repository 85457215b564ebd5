"""Uploaded pictures: recognised by their content, re-encoded, named by hash."""

from __future__ import annotations

import hashlib
import secrets
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from PIL import Image, ImageOps

EXTENSIONS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp", "GIF": "gif"}
MAX_PIXELS = 40_000_000
MAX_SIDE = 2400


class NotAnImage(Exception):
    """The file is no picture that this site accepts."""


def store(stream: IO[bytes], folder: Path) -> str:
    """Keep the picture in the folder and return its file name there."""
    try:
        content, extension = _reencode(stream)
    except NotAnImage:
        raise
    except Exception as cause:  # a decoder fed hostile bytes may raise anything
        raise NotAnImage("This file is damaged or not an image.") from cause
    name = f"{hashlib.sha256(content).hexdigest()[:32]}.{extension}"
    place(content, folder / name)
    return name


def place(content: bytes, path: Path) -> None:
    """Write a file that readers see either not at all or complete."""
    if path.exists():
        return
    unfinished = path.with_name(f".{secrets.token_hex(8)}")
    try:
        with unfinished.open("xb") as file:
            file.write(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _reencode(stream: IO[bytes]) -> tuple[bytes, str]:
    with Image.open(stream, formats=list(EXTENSIONS)) as image:
        # Many phones add a second picture to a JPEG, which then counts as MPO.
        kind = str(image.format).replace("MPO", "JPEG")
        frames = int(getattr(image, "n_frames", 1)) if kind in ("GIF", "WEBP") else 1
        if image.width * image.height * frames > MAX_PIXELS:
            raise NotAnImage("This image has too many pixels.")
        content = _animated(image, kind) if frames > 1 else _still(image, kind)
    return content, EXTENSIONS[kind]


def _still(image: Image.Image, kind: str) -> bytes:
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    picture = upright.convert(_mode(upright, kind))
    picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    # Camera position, comments and the like are in `info`; encoders copy some of it.
    picture.info.clear()
    options: dict[str, Any] = {"quality": 85} if kind in ("JPEG", "WEBP") else {}
    if profile and kind != "GIF":
        options["icc_profile"] = profile
    return _encode(picture, kind, options)


def _animated(image: Image.Image, kind: str) -> bytes:
    image.info.pop("comment", None)
    options: dict[str, Any] = {"save_all": True, "loop": image.info.get("loop", 0)}
    if kind == "WEBP":
        options |= {"exif": b"", "xmp": b""}
    return _encode(image, kind, options)


def _encode(image: Image.Image, kind: str, options: dict[str, Any]) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _mode(image: Image.Image, kind: str) -> str:
    transparent = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    return "RGBA" if transparent and kind != "JPEG" else "RGB"
