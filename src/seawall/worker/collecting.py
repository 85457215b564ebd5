"""Have Django collect its static files into a folder of ours, for a project whose own is not usable."""

from __future__ import annotations

import importlib
import json
import sys
from typing import Sequence

from . import target


def main() -> None:
    name, folder, paths, destination = sys.argv[1:]
    del sys.argv[1:]
    collect(name, folder, json.loads(paths), destination)


def collect(name: str, folder: str, paths: Sequence[str], destination: str) -> None:
    """Load the app, so that its settings are in force, and point `STATIC_ROOT` elsewhere for this process alone."""
    target.load(name, folder, paths)
    settings = importlib.import_module("django.conf").settings
    settings.STATIC_ROOT = destination
    importlib.import_module("django.core.management").call_command("collectstatic", interactive=False, verbosity=0)
