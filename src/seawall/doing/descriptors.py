"""Which descriptors a child inherits, and under which numbers."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from seawall.doing import linux

if TYPE_CHECKING:
    import signal

Descriptors = Mapping[int, int] | tuple[int, ...]


def inheritance(
    pass_fds: Descriptors, die_with_parent: signal.Signals | None
) -> tuple[Callable[[], None] | None, tuple[int, ...]]:
    """Tell what the child does before exec, and which descriptors survive it."""
    moves = dict(pass_fds) if isinstance(pass_fds, Mapping) else {}
    kept = tuple(moves) if isinstance(pass_fds, Mapping) else pass_fds
    places = {number: source for number, source in moves.items() if number != source}
    hang_on = linux.die_with_parent(die_with_parent) if die_with_parent else None
    if not places and not hang_on:
        return None, kept
    _occupy(tuple(places))

    def before_exec() -> None:
        if hang_on:
            hang_on()
        # Two rounds: a target may be the source of another.
        copies = [(fcntl.fcntl(source, fcntl.F_DUPFD_CLOEXEC, 64), number) for number, source in places.items()]
        for copy, number in copies:
            os.dup2(copy, number)

    return before_exec, kept


def _occupy(numbers: tuple[int, ...]) -> None:
    """Make sure that each number is taken here, by `/dev/null` if by nothing else.

    `subprocess` opens a pipe of its own before it forks. Were that to get the number 3, putting the app's socket
    there would cut it, and a failed exec would look like a success.
    """
    for number in numbers:
        try:
            os.fstat(number)
        except OSError:
            null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
            if null != number:
                os.dup2(null, number, inheritable=False)
                os.close(null)
