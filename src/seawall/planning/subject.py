"""What is served, and by which Python."""

from __future__ import annotations

from dataclasses import replace

from seawall.config.pinned import Config
from seawall.model.decisions import Decision, Source
from seawall.model.facts import AppFacts
from seawall.planning.choice import pinned_or

_NAMED = "named"


def explain_app(config: Config, app: AppFacts) -> Decision:
    """The app's canonical name, however it was written."""
    pinned = replace(config.app, value=app.target) if config.app else None
    rule = "" if pinned and app.chosen_because == _NAMED else app.chosen_because
    framework = f"{app.framework} {app.framework_version}".strip()
    because = "; ".join(filter(None, (framework, rule)))
    return pinned_or("app", pinned, app.target, because, source=Source.DETECTED).decision


def explain_python(config: Config, app: AppFacts) -> Decision:
    """The program itself, which may have been named by the folder of its environment."""
    executable = app.interpreter.executable
    version = "Python " + ".".join(map(str, app.interpreter.version))
    if config.python:
        return pinned_or("python", replace(config.python, value=executable), executable, version).decision
    because = "; ".join(filter(None, (version, app.interpreter_because)))
    return Decision("python", executable, because, Source.DETECTED)
