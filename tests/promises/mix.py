"""What the promise client asks for, and what each answer must be: the standard mix, as data."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .app import pattern
from .wire import Ask

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class Mix:
    """Shares of the requests, and how many slow conversations go on beside them. The app is `tests/promises/app.py`.

    `static` is (path, SHA-256) of a file that the edge serves; without it that share goes to `bytes`.
    """

    fresh: int = 25
    kept: int = 25
    post: int = 25
    bytes: int = 15
    static_share: int = 10
    static: tuple[str, str] | None = None
    size: int = 20_000
    uploads: int = 0
    downloads: int = 0
    streams: int = 0
    timeout: float = 10.0
    seed: int = 1

    def names(self) -> Iterator[str]:
        """Yield an endless, repeatable order of requests."""
        names = ["fresh", "kept", "post", "bytes", "static" if self.static else "bytes"]
        shares = [self.fresh, self.kept, self.post, self.bytes, self.static_share]
        order = random.Random(self.seed)
        while True:
            yield from order.choices(names, shares, k=100)

    def ask(self, name: str, tag: str) -> Ask:
        """Make the request of that name."""
        match name:
            case "fresh" | "kept":
                return Ask(name=name, path="/tag", tag=tag, body_is=f"tag {tag}\n".encode(), close=name == "fresh")
            case "post":
                noted = f"noted {tag}\n".encode()
                return Ask(name=name, path="/ledger", tag=tag, method="POST", body=tag.encode(), body_is=noted)
            case "static":
                path, sha256 = self.static or ("/", "")
                return Ask(name=name, path=path, tag=tag, sha256_is=sha256, echoes=False)
            case _:
                return Ask(name=name, path=f"/bytes?n={self.size}", tag=tag, body_is=pattern(self.size))

    def upload(self, tag: str) -> Ask:
        body = pattern(self.size)
        sha256 = hashlib.sha256(body).hexdigest().encode()
        return Ask(name="upload", path="/digest", tag=tag, method="POST", body=body, body_is=sha256, close=True)

    def download(self, tag: str) -> Ask:
        size = self.size * 10
        return Ask(name="download", path=f"/bytes?n={size}", tag=tag, body_is=pattern(size), close=True)

    def stream(self, tag: str) -> Ask:
        events = b"".join(b"id: %d\ndata: event %d\n\n" % (n, n) for n in range(10))
        return Ask(name="sse", path="/sse?n=10&every=0.1", tag=tag, body_is=events, echoes=False, close=True)
