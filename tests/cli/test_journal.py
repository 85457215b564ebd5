"""Logs are read while they are turned over."""

from __future__ import annotations

import asyncio
import contextlib

from click.testing import CliRunner

from seawall.cli import journal
from seawall.cli.logs import command


def test_a_log_that_is_away_for_a_moment_is_read_on_when_it_is_back(tmp_path):
    log = tmp_path / "app.log"
    shown = []

    async def turn_over():
        seen = asyncio.Event()
        watching = asyncio.create_task(journal.watch({"app": log}, lambda *line: (shown.append(line), seen.set())))
        await asyncio.sleep(0.05)
        log.write_text("back\n")
        await seen.wait()
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching

    assert list(journal.read({"app": log}, 5)) == []
    asyncio.run(asyncio.wait_for(turn_over(), 10))
    assert shown == [("app", "back")]


def test_a_number_of_lines_is_not_negative():
    done = CliRunner().invoke(command, ["-n", "-5"])

    assert done.exit_code == 2
    assert "-5 is not in the range x>=0" in done.output
