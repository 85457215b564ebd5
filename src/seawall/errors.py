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
    """What is wrong, where, what we saw, what to type next."""

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
    """The configuration has one or more problems; `problems` lists them all."""

    exit_code = 2

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first = problems[0]
        count = f"{len(problems)} problems" if len(problems) > 1 else "a problem"
        super().__init__(f"the configuration has {count}", where=first.where, saw=first.text, hint=first.hint)
        self.problems = problems


class UsageError(SeawallError):
    """The command line names a command or an option that there is not."""

    exit_code = 2


class AppError(SeawallError):
    """The app cannot be found, imported or called."""

    exit_code = 3


class UndecidedError(AppError):
    """Several apps fit; the hint holds the exact commands to choose from."""

    exit_code = 4


class RefusalError(SeawallError):
    """Seawall can run this app, but not so."""

    exit_code = 5


class MachineError(SeawallError):
    """This machine lacks something: an Nginx, a free port, descriptors, rights, a short enough path."""

    exit_code = 6


class AlreadyRunningError(SeawallError):
    """Another `up` serves this app."""

    exit_code = 7


class NotRunningError(SeawallError):
    """Nothing serves this app."""

    exit_code = 8


class StartError(SeawallError):
    """Everything was right, and yet it did not come up; with `code`, the exit code of the part that failed."""

    exit_code = 9

    def __init__(
        self, what: str, *, where: str = "", saw: str = "", hint: str = "", detail: str = "", code: int = 0
    ) -> None:
        super().__init__(what, where=where, saw=saw, hint=hint, detail=detail)
        self.code = code


class ToolError(SeawallError):
    """A program that we called failed."""

    exit_code = 10


class UnsayableError(SeawallError):
    """A value that the output language cannot hold without changing it."""

    exit_code = 11
