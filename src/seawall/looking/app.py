"""Ask the app's own interpreter about the app: one child, one import, nothing left behind."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cattrs

from seawall.doing import waiting
from seawall.doing.contained import Contained, run_contained
from seawall.errors import AppError, UndecidedError
from seawall.model.facts import AppFacts

PROBE = Path(__file__).parent.parent / "worker" / "probe_main.py"
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Question:
    """target: None to have it found.  env: the whole environment of the child.  patience: seconds, then it is ended.

    interpreter_because: why this one, for the facts.
    """

    target: str | None
    folder: Path
    interpreter: str
    env: Mapping[str, str]
    patience: float
    interpreter_because: str = ""


async def look_at_app(question: Question, progress: Progress) -> AppFacts:
    """Import the app once, by its own interpreter, and return what it told.

    Raises AppError or UndecidedError with the user's own frame, never with ours.
    """
    events: list[dict[str, Any]] = []
    request = json.dumps({"target": question.target, "folder": str(question.folder)})
    async with waiting.told(lambda: _doing(events), progress):
        done = await run_contained(
            (question.interpreter, str(PROBE), request),
            env=question.env,
            cwd=question.folder,
            on_line=lambda line: _note(events, line),
            deadline=question.patience,
        )
    report = next((event for event in events if event.get("event") == "report"), None)
    if report is None:
        raise _silent(question, events, done)
    if not report["ok"]:
        raise complain(report["error"], question)
    return replace(cattrs.structure(report["app"], AppFacts), interpreter_because=question.interpreter_because)


def complain(error: Mapping[str, Any], question: Question) -> AppError:
    """The probe's report of a failure as the error that a person sees, with the command that shows it without us."""
    kind = UndecidedError if error.get("kind") == "ambiguous" else AppError
    detail = error.get("traceback") or "\n".join(error.get("tree") or ())
    return kind(
        error["message"],
        where=error.get("where") or "",
        saw=error.get("saw") or "",
        hint=error.get("hint") or _without_us(error, question),
        detail=detail.rstrip(),
    )


def _without_us(error: Mapping[str, Any], question: Question) -> str:
    """The command that fails in the same way without Seawall; "" when there is none."""
    if error.get("kind") == "syntax":
        checked = str(error.get("where") or "").rpartition(":")[0]
        return f"`{shlex.join((question.interpreter, '-m', 'py_compile', checked))}` shows it alone" if checked else ""
    place = str(error.get("target") or "").partition(":")[0].removesuffix(".py").replace("/", ".")
    if error.get("kind") != "import_failed" or not _DOTTED.fullmatch(place):
        return ""
    command = (question.interpreter, "-c", f"import {place}")
    return f"`cd {shlex.quote(str(question.folder))} && {shlex.join(command)}` fails in the same way without Seawall"


def _note(events: list[dict[str, Any]], line: str) -> None:
    try:
        event = json.loads(line)
    except ValueError:
        return
    if isinstance(event, dict):
        events.append(event)


def _doing(events: list[dict[str, Any]]) -> str:
    importing = next((event["target"] for event in reversed(events) if event.get("event") == "importing"), None)
    return f"importing `{importing}`" if importing else "looking for the app"


def _silent(question: Question, events: list[dict[str, Any]], done: Contained) -> AppError:
    target = next((event["target"] for event in reversed(events) if event.get("event") == "importing"), question.target)
    shown = f"`{target}`" if target else f"the app in `{question.folder}`"
    if done.timed_out:
        return AppError(
            f"{shown} is still importing after {question.patience:g} s",
            where=str(question.folder),
            saw="no report from the import",
            hint='guard what blocks with `if __name__ == "__main__":`, or wait longer with `--import-timeout 5m`',
            detail=done.err.rstrip(),
        )
    if not events:
        return AppError(
            f"`{question.interpreter}` did not get as far as the app",
            where=str(question.folder),
            saw=f"exit code {done.code}, and no word from it",
            hint=f"`{shlex.join((question.interpreter, '-V'))}` should print `Python 3.8` or newer; else name another "
            "with `--python FILE`",
            detail=done.err.rstrip(),
        )
    return AppError(
        f"{shown} ended its interpreter while it was imported",
        where=question.interpreter,
        saw=f"exit code {done.code}",
        hint=f"{question.interpreter} -c 'import {(target or 'app').partition(':')[0]}'",
        detail=done.err.rstrip(),
    )
