"""The first start, which several worker processes may make at once."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from blog import create_app
from blog.secret import secret_key
from blog.sqlite import SQLiteStorage

SITE = Path(__file__).resolve().parents[1]
START = """
import sys, time
from blog import create_app
time.sleep(max(0, float(sys.argv[1]) - time.time()))
print(create_app().secret_key)
"""


def test_processes_starting_together_seed_once(tmp_path: Path) -> None:
    moment = str(time.time() + 1.5)
    environment = {**os.environ, "BLOG_DATA": str(tmp_path), "PYTHONPATH": str(SITE)}
    environment.pop("BLOG_SECRET_KEY", None)
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", START, moment],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    outputs = [worker.communicate(timeout=60) for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0, 0], outputs
    assert len({out for out, _ in outputs}) == 1
    storage = SQLiteStorage(tmp_path / "blog.sqlite3")
    assert storage.count_posts() == 9
    storage.close()


def test_private_files_are_private(tmp_path: Path) -> None:
    create_app({"DATA": str(tmp_path)})
    for name in ("secret_key", "blog.sqlite3"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert all(file.stat().st_mode & 0o044 for file in (tmp_path / "media").iterdir())


def test_write_ahead_log_is_on(tmp_path: Path) -> None:
    create_app({"DATA": str(tmp_path)})
    with closing(sqlite3.connect(tmp_path / "blog.sqlite3")) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_key_stays_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BLOG_SECRET_KEY", raising=False)
    assert secret_key(tmp_path) == secret_key(tmp_path)
    monkeypatch.setenv("BLOG_SECRET_KEY", "from outside")
    assert secret_key(tmp_path) == "from outside"


def test_half_written_key_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BLOG_SECRET_KEY", raising=False)
    monkeypatch.setattr("blog.secret.WAIT_SECONDS", 0.05)
    (tmp_path / "secret_key").write_text("abc")
    with pytest.raises(RuntimeError, match="Delete it"):
        secret_key(tmp_path)
