"""The shared environments of the tests themselves."""

from __future__ import annotations

import subprocess

from environments import environment


def test_an_environment_is_built_once_and_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("SEAWALL_CACHE", str(tmp_path))
    first = environment("empty", [])
    stamp = first.lstat().st_mtime_ns
    assert environment("empty", []) == first
    assert first.lstat().st_mtime_ns == stamp
    prefix = subprocess.run([first, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True, check=True)
    assert prefix.stdout.strip() == str(first.parents[1])
