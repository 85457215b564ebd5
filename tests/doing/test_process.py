"""Programs are started without a shell, find their descriptors, and can be told apart."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from seawall.doing import identity, process
from seawall.errors import ToolError

PYTHON = sys.executable
ENV = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="parent-death signals exist only on Linux")


def python(code: str) -> tuple[str, ...]:
    return (PYTHON, "-I", "-S", "-c", textwrap.dedent(code))


async def output_of(argv, pass_fds=(), die_with_parent=None):
    child = await process.start(
        argv, env=ENV, cwd="/", stdout=subprocess.PIPE, pass_fds=pass_fds, die_with_parent=die_with_parent
    )
    text = (await child.stdout.read()).decode()
    assert await child.wait() == 0
    return text


@pytest.mark.parametrize("die", [None, signal.SIGTERM])
def test_the_child_finds_the_socket_at_descriptor_3_wherever_it_was_here(die):
    code = "import socket; print(socket.socket(fileno=3).getsockname()[1])"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        printed = asyncio.run(output_of(python(code), pass_fds={3: listener.fileno()}, die_with_parent=die))

    assert str(port) == printed.strip()


def test_two_descriptors_may_swap_their_places():
    first, second = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
    places = {first.fileno(): second.fileno(), second.fileno(): first.fileno()}
    code = f"""
        import socket
        for number in ({first.fileno()}, {second.fileno()}):
            print(socket.socket(fileno=number).getsockname()[1])
    """
    with first, second:
        printed = asyncio.run(output_of(python(code), pass_fds=places))

        assert [str(s.getsockname()[1]) for s in (second, first)] == printed.split()


def test_a_child_inherits_nothing_but_what_it_was_given():
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_server(("127.0.0.1", 0)) as other:
        os.set_inheritable(other.fileno(), True)
        code = "import os; print(sorted(int(n) for n in os.listdir('/dev/fd')))"
        printed = asyncio.run(output_of(python(code), pass_fds={3: listener.fileno()}))

    assert str(other.fileno()) not in printed.replace("]", ",").replace("[", " ").split()
    assert printed.startswith("[0, 1, 2, 3")


def test_a_program_that_is_not_there_is_a_tool_error_even_when_3_was_free():
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(ToolError) as caught:
        asyncio.run(output_of(("/no/such/program",), pass_fds={3: listener.fileno()}))

    assert caught.value.what == "`/no/such/program` cannot be started"
    assert caught.value.saw == "No such file or directory"


def test_a_child_lives_in_a_session_of_its_own():
    printed = asyncio.run(output_of(python("import os; print(os.getsid(0) == os.getpid())")))

    assert printed == "True\n"


@linux_only
def test_r07_a_child_dies_when_its_parent_is_killed(until):
    parent = f"""
        import asyncio, signal, sys
        sys.path.insert(0, {str(Path(process.__file__).parents[2])!r})
        from seawall.doing import process
        async def main():
            child = await process.start((sys.executable, "-c", "import time; time.sleep(600)"), env={{}}, cwd="/",
                                        die_with_parent=signal.SIGTERM)
            print(child.pid, flush=True)
            await child.wait()
        asyncio.run(main())
    """
    with subprocess.Popen((PYTHON, "-c", textwrap.dedent(parent)), stdout=subprocess.PIPE, text=True) as started:
        child = identity.identify(int(started.stdout.readline()))
        assert child
        started.kill()
    before = time.monotonic()
    until(lambda: not identity.alive(child))

    assert time.monotonic() - before < 1


def test_run_gives_code_and_output():
    finished = process.run(python("import sys; print(sys.stdin.read()); sys.stderr.write('e')"), env=ENV, input="hello")

    assert finished == process.Finished(0, "hello\n", "e")


def test_a_failing_tool_is_an_error_with_its_last_lines():
    code = "import sys\nfor n in range(50): print(n, file=sys.stderr)\nsys.exit(3)"
    with pytest.raises(ToolError) as caught:
        process.run((PYTHON, "-c", code), env=ENV)

    assert caught.value.saw == "exit code 3"
    assert caught.value.detail.splitlines() == [str(n) for n in range(30, 50)]
    assert process.run((PYTHON, "-c", code), env=ENV, check=False).code == 3


def test_a_tool_that_hangs_is_killed_with_its_children(until):
    code = "import os, subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).wait()"
    before = set(identity.descendants(os.getpid()))
    with pytest.raises(ToolError) as caught:
        process.run((PYTHON, "-c", code), env=ENV, timeout=0.5)

    assert caught.value.saw == "nothing within 0.5 s"
    until(lambda: set(identity.descendants(os.getpid())) <= before)


def test_s42_a_pid_that_was_used_again_is_not_the_same_process():
    me = identity.identify(os.getpid())
    stranger = identity.Identity(os.getpid(), "1@another-boot")

    assert me
    assert identity.alive(me)
    assert not identity.alive(stranger)
    assert not identity.kill(stranger, signal.SIGKILL)


def test_a_process_that_waits_to_be_reaped_is_not_alive(until):
    with subprocess.Popen((PYTHON, "-c", "")) as child:
        until(lambda: identity.identify(child.pid) is None)
        assert not identity.kill(identity.Identity(child.pid, ""), signal.SIGTERM)


def test_kill_reaches_the_process_that_was_meant():
    with subprocess.Popen((PYTHON, "-c", "import time; time.sleep(600)")) as child:
        found = identity.identify(child.pid)
        assert found
        assert child.pid in identity.children(os.getpid())
        assert identity.kill(found, signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
        assert not identity.kill(found, signal.SIGKILL)


def test_a_name_with_brackets_and_spaces_does_not_confuse_the_reader():
    fields = " ".join(["S", "77", *["0"] * 17, "4242", "0"])
    seen = identity._parse_stat(f"12 (a) b) ( {fields}".replace("( S", ") S"))

    assert (seen.parent, seen.state) == (77, "S")
    assert seen.started.startswith("4242@")


@pytest.mark.parametrize(
    ("code", "words"), [(3, "exit code 3"), (-9, "killed by SIGKILL"), (-200, "killed by signal 200")]
)
def test_how_a_program_ended_is_said_in_words(code, words):
    assert process.describe_code(code) == words
