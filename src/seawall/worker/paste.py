"""A PasteDeploy `.ini` as a target, as `pserve` and `gunicorn --paste` load it."""

from __future__ import annotations

import configparser
import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

from . import complaints, importing
from .failure import Details, TargetError

if TYPE_CHECKING:
    from .reference import Reference


def load(reference: Reference, folder: str) -> Any:
    """Load the app of a section, with the file's logging set up when it has some."""
    ini = reference.ini
    if not os.path.isfile(ini):
        raise complaints.missing_file(reference, ini)
    deploy = _deploy(reference)
    _set_up_logging(ini)
    return importing.guarded(
        lambda: deploy.loadapp("config:" + ini, name=reference.attribute), "import_failed", reference.text, folder
    )


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
