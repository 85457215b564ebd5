"""The control: a TCP acceptor that does nothing, so that holding clients here shows what the clients alone cost.

For readers it writes once, as much as the kernel takes, and never again.
"""

from __future__ import annotations

import errno
import resource
import selectors
import socket
import sys

from kit.scenario import Mode

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n" + b"x" * 60_000
SEND_BUFFER = 32_768


def accept_all(listener: socket.socket, kept: dict[int, socket.socket], mode: Mode) -> None:
    """Take everybody who waits."""
    while True:
        try:
            sock, _ = listener.accept()
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ECONNABORTED):
                return
            raise
        sock.setblocking(False)
        kept[sock.fileno()] = sock
        if mode is Mode.READERS:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            sock.send(ANSWER)


def serve(mode: Mode) -> None:
    """Print the port, accept until the parent closes standard input."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    listener.setblocking(False)
    kept: dict[int, socket.socket] = {}
    print(listener.getsockname()[1], flush=True)
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is sys.stdin:
                    return
                accept_all(listener, kept, mode)


if __name__ == "__main__":
    serve(Mode(sys.argv[1]))
