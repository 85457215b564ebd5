"""Ports are ours early, open late, never shared, and a conflict names its holder."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from seawall.doing import holders, sockets
from seawall.errors import MachineError
from seawall.model.values import Address, Host, Port

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
_INTERFACES = Path("/proc/net/if_inet6")
no_ipv6 = not _INTERFACES.exists() or not _INTERFACES.read_text()
needs_ipv6 = pytest.mark.skipif(no_ipv6, reason="this machine has no IPv6")


def an_address(host="127.0.0.1"):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return Address(Host(host), Port(probe.getsockname()[1]))


def connects(address):
    with socket.socket(socket.AF_INET6 if address.host.is_ipv6 else socket.AF_INET) as client:
        return client.connect_ex((address.host.address, address.port.number)) == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", pytest.param("::1", marks=needs_ipv6)])
def test_a_reserved_port_refuses_connections_until_it_is_opened(host):
    address = an_address(host)
    with sockets.reserve(address) as sock:
        assert not connects(address)
        sockets.open_for_all(sock, 64)
        assert connects(address)
        assert not sock.getblocking()


def test_r17_a_reserved_port_cannot_be_had_by_anybody_else():
    address = an_address()
    with sockets.reserve(address), socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with pytest.raises(OSError, match="in use"):
            other.bind((address.host.address, address.port.number))
        with pytest.raises(MachineError, match="is in use"):
            sockets.reserve(address)


@linux_only
def test_r17_a_port_in_use_names_its_holder_and_a_port_that_is_free():
    code = (
        "import socket, sys; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); input()"
    )
    with subprocess.Popen((sys.executable, "-c", code), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        address = Address(Host("127.0.0.1"), Port(int(holder.stdout.readline())))
        with pytest.raises(MachineError) as caught:
            sockets.reserve(address)
        holder.communicate(b"\n")
    error = caught.value

    assert error.what == f"port {address.port} is in use"
    assert error.saw.startswith(f"pid {holder.pid} (`{sys.executable} -c import socket")
    other = int(error.hint.removeprefix("`seawall up … --port ").removesuffix("`"))
    sockets.reserve(Address(address.host, Port(other))).close()


@pytest.mark.skipif(not hasattr(socket, "SO_REUSEPORT"), reason="no SO_REUSEPORT")
@pytest.mark.parametrize("option", ["SO_REUSEPORT", "SO_REUSEADDR"])
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_r17_a_port_is_never_shared_with_a_squatter(option, host):
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, getattr(socket, option), 1)
        squatter.bind((host, 0))
        squatter.listen()
        address = Address(Host("127.0.0.1"), Port(squatter.getsockname()[1]))
        with pytest.raises(MachineError, match="is in use"):
            sockets.reserve(address)


def test_r17_a_squatter_that_listens_after_a_weak_reservation_is_noticed():
    address = an_address()
    weak = sockets._bind(address, shared=True)
    with weak, socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind((address.host.address, address.port.number))
        squatter.listen()
        with pytest.raises(MachineError, match="is in use"):
            sockets.open_for_all(weak, 64)


def test_r17_connections_in_time_wait_do_not_keep_the_port_from_us():
    address = an_address()
    for _ in range(3):
        with sockets.reserve(address) as sock:
            sockets.open_for_all(sock, 64)
            with socket.create_connection((address.host.address, address.port.number)) as client:
                sock.setblocking(True)
                accepted, _ = sock.accept()
                accepted.close()  # the side that closes first keeps TIME_WAIT
                assert client.recv(1) == b""


def test_an_address_of_another_machine_is_refused_with_a_hint():
    with pytest.raises(MachineError) as caught:
        sockets.reserve(Address(Host("192.0.2.1"), Port(8080)))

    assert caught.value.what == "this machine does not have the address 192.0.2.1"
    assert caught.value.hint == "`seawall up … --host 0.0.0.0`"


def test_a_low_port_says_from_where_on_ports_are_free():
    code = """
        import os
        from seawall.doing import holders, sockets
        from seawall.errors import MachineError
        from seawall.model.values import Address, Host, Port
        if os.geteuid() == 0:
            os.setresuid(54321, 54321, 54321)
        try:
            sockets.reserve(Address(Host("127.0.0.1"), Port(81)))
        except MachineError as error:
            print(error.what, "|", error.saw)
    """
    done = subprocess.run(
        (sys.executable, "-c", textwrap.dedent(code)), capture_output=True, text=True, check=True, cwd="/"
    )

    assert done.stdout.startswith("port 81 needs more rights |")
    assert "may use ports from" in done.stdout


def test_what_the_kernel_says_about_a_low_port_is_put_into_words():
    error = sockets._refused(Address(Host("127.0.0.1"), Port(80)), PermissionError(13, "Permission denied"))

    assert error.what == "port 80 needs more rights"
    assert error.saw.startswith("Permission denied; user id ")


def test_p17_a_unix_socket_has_the_mode_that_was_asked_for(tmp_path):
    with sockets.listen_unix(tmp_path / "app.sock", 8) as sock:
        assert stat.S_IMODE(os.lstat(tmp_path / "app.sock").st_mode) == 0o660
        assert not sock.getblocking()
        assert sockets.somebody_listens(tmp_path / "app.sock")


def test_r31_a_socket_file_that_nobody_listens_on_is_replaced(tmp_path):
    sockets.listen_unix(tmp_path / "app.sock", 8).close()
    assert not sockets.somebody_listens(tmp_path / "app.sock")
    with sockets.listen_unix(tmp_path / "app.sock", 8):
        assert sockets.somebody_listens(tmp_path / "app.sock")


def test_a_socket_that_somebody_listens_on_is_left_alone(tmp_path):
    with sockets.listen_unix(tmp_path / "app.sock", 1):
        with pytest.raises(MachineError, match="in use"):
            sockets.listen_unix(tmp_path / "app.sock", 8)
        assert sockets.somebody_listens(tmp_path / "app.sock")


def test_a_socket_whose_queue_is_full_is_in_use(tmp_path):
    path = str(tmp_path / "app.sock")
    with sockets.listen_unix(path, 0), socket.socket(socket.AF_UNIX) as first, socket.socket(socket.AF_UNIX) as second:
        for client in (first, second):
            client.setblocking(False)
            client.connect_ex(path)
        assert sockets.somebody_listens(path)


def test_a_file_that_is_not_a_socket_is_left_alone(tmp_path):
    (tmp_path / "app.sock").write_text("mine")
    with pytest.raises(MachineError, match="in the way"):
        sockets.listen_unix(tmp_path / "app.sock", 8)

    assert (tmp_path / "app.sock").read_text() == "mine"


def test_a_path_too_long_for_a_socket_names_the_flag():
    with pytest.raises(MachineError) as caught:
        sockets.listen_unix("/tmp/" + "x" * 99, 8)

    assert caught.value.saw == "104 bytes, and the system allows 103"
    assert caught.value.hint == "`seawall up … --run-dir /tmp/seawall-run`"


@linux_only
@pytest.mark.parametrize(
    ("text", "address"),
    [("0100007F", "127.0.0.1"), ("00000000", "0.0.0.0"), ("0" * 24 + "01000000", "::1"), ("0" * 32, "::")],
)
@pytest.mark.skipif(sys.byteorder == "big", reason="the texts are from a little-endian machine")
def test_addresses_are_read_as_the_kernel_prints_them(text, address):
    assert holders._address_text(text) == address
