"""The key that signs session cookies: the same one in every worker process."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

WAIT_SECONDS = 3.0


def secret_key(data: Path) -> str:
    return os.environ.get("BLOG_SECRET_KEY") or _persisted(data / "secret_key")


def _persisted(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
    return _read(path)


def _read(path: Path) -> str:
    """Read the key back, waiting for a process that created it a moment ago."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        text = path.read_text(encoding="ascii")
        if text.endswith("\n") and text.strip():
            return text.strip()
        if time.monotonic() > deadline:
            raise RuntimeError(
                f"{path} holds no complete key. Delete it and a new one is made, "
                "or end it with a newline if you wrote it yourself."
            )
        time.sleep(0.02)
