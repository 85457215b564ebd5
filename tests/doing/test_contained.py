"""The user's code runs once, reports as it goes, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from seawall.doing import identity, linux, process
from seawall.doing.contained import run_contained
from seawall.errors import ToolError

ENV = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="orphans are handed to us only on Linux")


def contained(code, *, deadline=20.0):
    lines = []
    argv = (sys.executable, "-I", "-S", "-c", textwrap.dedent(code))
    outcome = asyncio.run(run_contained(argv, env=ENV, cwd="/", on_line=lines.append, deadline=deadline))
    return outcome, lines


def is_there(pid):
    return identity.identify(int(pid)) is not None


REPORT = "import os, sys, time; report = os.fdopen(int(sys.argv[1]), 'w', buffering=1)\n"
DAEMON = textwrap.dedent("""
    def daemon(clean_environment=False):
        r, w = os.pipe()
        if os.fork() == 0:
            os.setsid()
            if os.fork():
                os._exit(0)
            os.write(w, str(os.getpid()).encode())
            if clean_environment:
                os.execve(sys.executable, [sys.executable, '-c', 'import time; time.sleep(600)'], {})
            time.sleep(600)
        os.wait()
        return int(os.read(r, 20))
""")


def test_report_lines_arrive_and_output_is_kept():
    outcome, lines = contained(
        REPORT + "print('{\"a\": 1}', file=report)\nprint('out')\nprint('err', file=sys.stderr)\nsys.exit(7)"
    )

    assert lines == ['{"a": 1}']
    assert (outcome.code, outcome.out, outcome.err) == (7, "out\n", "err\n")


def test_report_lines_arrive_while_the_child_still_runs(tmp_path):
    code = "import os, sys\nos.write(int(sys.argv[2]), b'one\\n')\nos.read(os.open(sys.argv[1], os.O_RDONLY), 1)"

    async def scenario(fifo):
        first = asyncio.Event()
        task = asyncio.create_task(
            run_contained(
                (sys.executable, "-c", code, fifo),
                env=ENV, cwd="/", on_line=lambda _: first.set(), deadline=20,
            )
        )  # fmt: skip
        async with asyncio.timeout(10):
            await first.wait()
        assert not task.done()
        writer = os.open(fifo, os.O_WRONLY)
        os.write(writer, b"x")
        os.close(writer)
        return await task

    fifo = str(tmp_path / "fifo")
    os.mkfifo(fifo)

    assert asyncio.run(scenario(fifo)).code == 0


def test_only_the_last_64_kb_of_output_are_kept():
    outcome, _ = contained("print('x' * 1_000_000); print('end')")

    assert len(outcome.out) == 64 * 1024
    assert outcome.out.endswith("end\n")


def test_the_deadline_ends_a_child_that_ignores_every_signal():
    before = time.monotonic()
    outcome, lines = contained(
        REPORT
        + "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        + "print(os.getpid(), file=report)\nwhile 1: pass",
        deadline=1.0,
    )

    assert outcome.timed_out
    assert 1.0 <= time.monotonic() - before < 3.0
    assert not is_there(lines[0])


@linux_only
@pytest.mark.parametrize("clean_environment", [False, True])
def test_a_daemon_with_its_own_session_is_not_left_behind(clean_environment):
    outcome, lines = contained(REPORT + DAEMON + f"print(daemon({clean_environment}), file=report)")

    assert outcome.code == 0
    assert not is_there(lines[0])


@linux_only
def test_daemons_of_a_child_that_hangs_are_not_left_behind():
    outcome, lines = contained(
        REPORT + DAEMON + "print(daemon(), file=report)\nprint(daemon(), file=report)\ntime.sleep(600)", deadline=1.0
    )

    assert outcome.timed_out
    assert len(lines) == 2
    assert not any(is_there(pid) for pid in lines)


def test_background_children_are_not_left_behind():
    sleeper = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"
    outcome, lines = contained(REPORT + f"import subprocess; print({sleeper}.pid, file=report)\nos._exit(0)")

    assert outcome.code == 0
    assert not is_there(lines[0])


def test_other_children_of_ours_are_left_alone():
    with subprocess.Popen((sys.executable, "-c", "import time; time.sleep(600)")) as mine:
        before = identity.identify(mine.pid)
        started = int(before.started.partition("@")[0]) if linux.IS_LINUX else 0
        while linux.IS_LINUX and int(time.clock_gettime(time.CLOCK_BOOTTIME) * os.sysconf("SC_CLK_TCK")) <= started + 1:
            pass  # the kernel counts start times in hundredths of a second
        contained("import os; os.fork()")
        assert identity.alive(before)
        mine.kill()


def test_tools_that_a_thread_starts_meanwhile_are_not_taken_for_leftovers():
    done = threading.Event()
    codes = set()

    def start_tools():
        while not done.is_set():
            codes.add(process.run(("/bin/sh", "-c", "exit 7"), env=ENV, check=False).code)

    thread = threading.Thread(target=start_tools)
    thread.start()
    try:
        for _ in range(10):
            contained("")
    finally:
        done.set()
        thread.join()

    assert codes == {7}


@linux_only
def test_orphans_go_elsewhere_again_afterwards():
    contained("")

    assert linux.adopt_orphans(False) is False


def test_cancelling_leaves_nothing_behind():
    lines = []

    async def scenario():
        first = asyncio.Event()
        argv = (sys.executable, "-c", REPORT + "print(os.getpid(), file=report); time.sleep(600)")

        def on_line(line):
            lines.append(line)
            first.set()

        task = asyncio.create_task(run_contained(argv, env=ENV, cwd="/", on_line=on_line, deadline=60))
        async with asyncio.timeout(10):
            await first.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())

    assert not is_there(lines[0])


def test_stdin_is_empty_and_an_interpreter_that_is_missing_is_a_tool_error():
    outcome, _ = contained("import sys; print(repr(sys.stdin.read()))")
    assert outcome.out == "''\n"
    with pytest.raises(ToolError, match="cannot be started"):
        asyncio.run(run_contained(("/no/python",), env=ENV, cwd="/", on_line=print, deadline=5))
