"""A PasteDeploy `.ini` as a target, as `pserve` and `gunicorn --paste` load it."""

from __future__ import annotations

import configparser
import importlib
import os
import sys
from typing import Any

from . import importing
from .failure import Details, TargetError
from .reference import Reference


def load(reference: Reference, folder: str) -> object:
    """The app of a section, with the file's logging set up when it has some."""
    ini = reference.ini
    if not os.path.isfile(ini):
        details = Details(saw="no such file", where=ini, hint="name a file that exists")
        raise TargetError("no_module", reference.text, "`{}` cannot be found".format(reference.text), details)
    deploy = _deploy(reference)
    _set_up_logging(ini)
    app = importing.guarded(
        lambda: deploy.loadapp("config:" + ini, name=reference.attribute), "import_failed", reference.text, folder
    )
    return app  # type: ignore[no-any-return]


def _deploy(reference: Reference) -> Any:
    try:
        return importlib.import_module("paste.deploy")
    except ImportError:
        details = Details(
            saw="no module named `paste.deploy`",
            where=reference.ini,
            hint="`{} -m pip install PasteDeploy`".format(sys.executable),
        )
        text = "`{}` is loaded by PasteDeploy, which the app's environment lacks".format(reference.text)
        raise TargetError("no_paste", reference.text, text, details) from None


def _set_up_logging(ini: str) -> None:
    parser = configparser.RawConfigParser()
    parser.read(ini)
    if parser.has_section("loggers"):
        import logging.config

        defaults = {"__file__": ini, "here": os.path.dirname(ini)}
        logging.config.fileConfig(ini, defaults, disable_existing_loggers=False)
