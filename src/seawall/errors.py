"""Every error that Seawall raises.

    SeawallError              1   anything below
    ├── ConfigError           2   the configuration: all problems at once
    ├── UsageError            2   the command line: no such command or option
    ├── AppError              3   your app: it cannot be found, imported or called
    │   └── UndecidedError    4   your decision is needed: several apps fit
    ├── RefusalError          5   Seawall can run this app, but not so
    ├── MachineError          6   this machine: no usable Nginx, port taken, limits, rights
    ├── AlreadyRunningError   7   another `up` serves this app
    ├── NotRunningError       8   nothing serves this app
    ├── StartError            9   everything was right, and yet it did not come up (or the code of the part that failed)
    ├── ToolError            10   a program that we called failed
    └── UnsayableError       11   a value that the output language cannot hold

A part that dies for good while it serves ends `up` with that part's own exit code (128 + signal when it was killed).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class SeawallError(Exception):
    """What is wrong, where, what we saw, what to type next.

    Cause: something that fits none of the kinds below.
    Cure: the message's own hint.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str = "", saw: str = "", hint: str = "", detail: str = "") -> None:
        """`detail` is shown below the four parts as it is: a traceback, the last lines of a log."""
        super().__init__(what)
        self.what = what
        self.where = where
        self.saw = saw
        self.hint = hint
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in the configuration: `where` (`seawall.toml:4 (`workers`)`) and what was expected."""

    where: str
    text: str
    hint: str = ""


class ConfigError(SeawallError):
    """The configuration has one or more problems; `problems` lists them all.

    Cause: a key or an option that is misspelt, of the wrong type or out of range, in any place that is read.
    Cure: mend the lines that the message names; all of them are listed at once.
    """

    exit_code = 2

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first = problems[0]
        count = f"{len(problems)} problems" if len(problems) > 1 else "a problem"
        super().__init__(f"the configuration has {count}", where=first.where, saw=first.text, hint=first.hint)
        self.problems = problems


class UsageError(SeawallError):
    """The command line names a command or an option that there is not.

    Cause: a command or an option that is misspelt, or an argument too many.
    Cure: take the name that the hint offers, or see `seawall --help`.
    """

    exit_code = 2


class AppError(SeawallError):
    """The app cannot be found, imported or called.

    Cause: no such module or attribute, a factory that wants arguments, an exception while it is imported.
    Cure: the traceback is cut at your own frame; mend what it shows, or name the app: `seawall up module:attribute`.
    """

    exit_code = 3


class UndecidedError(AppError):
    """Several apps fit; the hint holds the exact commands to choose from.

    Cause: the folder holds more than one app, and nothing says which of them is meant.
    Cure: type one of the commands in the hint, or keep the choice as `app = …` in `seawall.toml`.
    """

    exit_code = 4


class RefusalError(SeawallError):
    """Seawall can run this app, but not so.

    Cause: what was asked for would not work or not be safe: an ASGI app, a static folder that holds the source code, a
    Python that no server at hand supports.
    Cure: the hint names the way that works.
    """

    exit_code = 5


class MachineError(SeawallError):
    """This machine lacks something: an Nginx, a free port, descriptors, rights, a short enough path.

    Cause: the port is taken, a folder may not be entered, a limit is too low, no usable Nginx was found.
    Cure: type what the hint says; `seawall doctor` looks at everything that a site needs from the machine.
    """

    exit_code = 6


class AlreadyRunningError(SeawallError):
    """Another `up` serves this app.

    Cause: the runtime folder of this app is held by a supervisor that runs.
    Cure: `seawall status` tells about it, `seawall down` stops it; for a second copy, give `--run-dir` and `--port`.
    """

    exit_code = 7


class NotRunningError(SeawallError):
    """Nothing serves this app.

    Cause: `status`, `logs` or `down` found no site for this folder.
    Cure: call it in the app's folder, or with the same APP or `--run-dir` as `seawall up`.
    """

    exit_code = 8


class StartError(SeawallError):
    """Everything was right, and yet it did not come up; `code` is the exit code of the part that failed.

    Cause: the app was imported, but then gave no answer to a real request, or ended before it did.
    Cure: the app's last lines are shown; mend them, or name a path that it answers quickly with `--health /PATH`.
    """

    exit_code = 9

    def __init__(
        self, what: str, *, where: str = "", saw: str = "", hint: str = "", detail: str = "", code: int = 0
    ) -> None:
        super().__init__(what, where=where, saw=saw, hint=hint, detail=detail)
        self.code = code


class ToolError(SeawallError):
    """A program that we called failed.

    Cause: Nginx refused its configuration or a framework's own command ended with an error; its last lines are shown.
    Cure: `seawall doctor` checks the Nginx at hand; `--nginx FILE` takes another one.
    """

    exit_code = 10


class UnsayableError(SeawallError):
    """A value that the output language cannot hold without changing it.

    Cause: a value with a character that Nginx has no spelling for, such as `$` or a line break.
    Cure: take another value; Seawall refuses rather than write something else than was meant.
    """

    exit_code = 11
