"""The only printer: results on stdout, everything else on stderr, colour only where a person looks."""

from __future__ import annotations

import json
import os
import shutil
import sys
from threading import RLock
from typing import TYPE_CHECKING, Literal, TextIO

from seawall.cli.safetext import cells, fit, keep_colour, safe, sayable
from seawall.config.plain import to_json
from seawall.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console
    from rich.table import Table

    from seawall.errors import SeawallError
    from seawall.model.decisions import Decision, Remark
    from seawall.model.stack import Plan

Part = tuple[str, str]  # a text and its style, "" when plain
Row = list[tuple[Part, ...]]

_CLEAR_LINE = "\r\x1b[2K"


class Output:
    """Created once per command and passed down. Lines of several writers do not mix."""

    def __init__(self, out: TextIO, err: TextIO, env: Mapping[str, str]) -> None:
        self._out = out
        self._err = err
        self._env = env
        self._lock = RLock()
        self._consoles: dict[int, Console | None] = {}
        self._progress = ""
        self._live = False

    @classmethod
    def standard(cls) -> Output:
        return cls(sys.stdout, sys.stderr, os.environ)

    def result(self, text: str) -> None:
        """Print a line of what the command was asked for, on stdout."""
        self._print(self._out, (safe(text), ""))

    def say(self, text: str) -> None:
        """Print a line for the person, on stderr."""
        self._print(self._err, (safe(text), ""))

    def success(self, text: str) -> None:
        self._print(self._err, (safe(text), "green"))

    def warning(self, text: str, hint: str = "") -> None:
        self._labelled("warning", "bold yellow", text, hint)

    def note(self, text: str, hint: str = "") -> None:
        self._labelled("note", "bold", text, hint)

    def show_remark(self, remark: Remark) -> None:
        style = "bold yellow" if remark.level == "warning" else "bold"
        self._labelled(remark.level.value, style, remark.text, remark.hint)

    def show_error(self, error: SeawallError) -> None:
        """Print the four parts: what is wrong, where, what we saw, what to type next."""
        with self._lock:
            self._print(self._err, ("error", "bold red"), (f": {safe(error.what)}", ""))
            hint = self._problems(error) if isinstance(error, ConfigError) else self._evidence(error)
            if hint:
                self._print(self._err)
                self._print(self._err, ("hint", "cyan"), (f": {_hanging(hint, 6)}", ""))

    def show_plan(self, plan: Plan, *, aside: bool = False) -> None:
        """Print the decisions as a table, on stdout or as an `aside` on stderr, then the remarks on stderr."""
        self._table(self._err if aside else self._out, [_plan_row(decision) for decision in plan.decisions])
        if plan.remarks:
            self._print(self._err)
        for remark in plan.remarks:
            self.show_remark(remark)

    def show_table(self, rows: Sequence[Sequence[str]], header: Sequence[str] = ()) -> None:
        """Print aligned columns on stdout."""
        head: list[Row] = [[((safe(cell), "bold"),) for cell in header]] if header else []
        body: list[Row] = [[((safe(cell), ""),) for cell in row] for row in rows]
        self._table(self._out, head + body)

    def show_json(self, value: object) -> None:
        """Print JSON on stdout: fields in the order of their declaration, ASCII, so no terminal is in danger."""
        self._print(self._out, (json.dumps(to_json(value), indent=2), ""))

    def progress(self, text: str) -> None:
        """Show what is going on: a live line on a terminal, else one line per new text."""
        with self._lock:
            if text == self._progress:
                return
            if self._console(self._err) and self._err.isatty():
                self._clear()
                self._write(self._err, fit(safe(text), shutil.get_terminal_size().columns - 1))
                self._live = True
            else:
                self._print(self._err, (safe(text), ""))
            self._progress = text

    def progress_done(self) -> None:
        with self._lock:
            self._clear()
            self._progress = ""

    def app_line(self, stream: Literal["stdout", "stderr"], name: str, line: bytes) -> None:
        """Pass on a whole line of the app, its line break included: as it is, or named and harmless on a terminal."""
        target = self._out if stream == "stdout" else self._err
        with self._lock:
            self._clear()
            console = self._console(target)
            if not console or not target.isatty():
                self._pass_on(target, line)
                return
            dim, reset = ("\x1b[2m", "\x1b[0m") if console.color_system and not console.no_color else ("", "")
            for part in line.removesuffix(b"\n").split(b"\n"):
                text = keep_colour(part.removesuffix(b"\r").decode("utf-8", "backslashreplace"), on=bool(reset))
                self._write(target, f"{dim}{safe(name)} │{reset} {text}{reset}\n")

    # Private

    def _labelled(self, label: str, style: str, text: str, hint: str) -> None:
        with self._lock:
            self._print(self._err, (label, style), (f": {safe(text)}", ""))
            if hint:
                self._print(self._err, ("  hint", "cyan"), (f": {_hanging(hint, 8)}", ""))

    def _problems(self, error: ConfigError) -> str:
        for problem in error.problems:
            self._print(self._err, (f"  at {safe(problem.where)}", ""))
            self._print(self._err, (f"    {safe(problem.text)}", ""))
            if problem.hint and len(error.problems) > 1:
                self._print(self._err, ("    hint", "cyan"), (f": {_hanging(problem.hint, 10)}", ""))
        if len(error.problems) > 1 and any(problem.hint for problem in error.problems):
            return ""
        return error.hint or "`seawall up --help` says what each setting takes"

    def _evidence(self, error: SeawallError) -> str:
        if error.where:
            self._print(self._err, (f"  at {safe(error.where)}", ""))
        if error.saw:
            self._print(self._err, (f"  saw {safe(error.saw)}", ""))
        if error.detail:
            self._print(self._err)
        for line in error.detail.rstrip().expandtabs(4).splitlines():
            self._print(self._err, (f"  {safe(line)}".rstrip(), "dim"))
        return error.hint

    def _print(self, stream: TextIO, *parts: Part) -> None:
        with self._lock:
            self._clear()
            console = self._console(stream)
            if not console:
                self._write(stream, "".join(text for text, _ in parts) + "\n")
                return
            from rich.text import Text

            texts = [(sayable(stream, text), style) for text, style in parts]
            console.print(Text.assemble(*texts), soft_wrap=True)

    def _table(self, stream: TextIO, rows: list[Row]) -> None:
        with self._lock:
            self._clear()
            if console := self._console(stream):
                console.print(
                    _grid([[tuple((sayable(stream, t), s) for t, s in cell) for cell in row] for row in rows])
                )
                return
            for line in _aligned([["".join(text for text, _ in cell) for cell in row] for row in rows]):
                self._write(stream, line + "\n")

    def _console(self, stream: TextIO) -> Console | None:
        """Rich knows terminals; where nobody looks it is not even imported."""
        if id(stream) not in self._consoles:
            watched = stream.isatty() or bool(self._env.get("FORCE_COLOR"))
            console: Console | None = None
            if watched and self._env.get("TERM") not in {"dumb", "unknown"}:
                from rich.console import Console

                console = Console(file=stream, markup=False, highlight=False, emoji=False, _environ=self._env)
            self._consoles[id(stream)] = console
        return self._consoles[id(stream)]

    def _clear(self) -> None:
        if self._live:
            self._live = False
            self._write(self._err, _CLEAR_LINE)

    def _write(self, stream: TextIO, text: str) -> None:
        stream.write(sayable(stream, text))
        stream.flush()

    def _pass_on(self, stream: TextIO, line: bytes) -> None:
        stream.flush()
        stream.buffer.write(line)
        stream.buffer.flush()


def _hanging(text: str, indent: int) -> str:
    return ("\n" + " " * indent).join(safe(line) for line in text.splitlines())


def _plan_row(decision: Decision) -> Row:
    origin = f" ({safe(decision.where or decision.source.value)})"
    return [
        ((safe(decision.key), "bold"),),
        ((safe(decision.value), ""),),
        ((safe(decision.because), ""), (origin, "dim")),
    ]


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell + " " * (width - cells(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _grid(rows: list[Row]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for index in range(len(rows[0]) if rows else 0):
        table.add_column(no_wrap=index == 0, overflow="fold")
    for row in rows:
        table.add_row(*(Text.assemble(*cell) for cell in row))
    return table
