"""Small values that are checked once, when they are parsed, and never again."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)
_SIZE_STEPS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


class InvalidValueError(ValueError):
    """A text is not the value it should be; the message says what was expected."""


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A span of time. `seconds` may be a fraction."""

    seconds: float

    @classmethod
    def parse(cls, text: str | float) -> Duration:
        """`30`, `"30s"`, `"1m30s"`, `"500ms"`, `"2h"`; a bare number means seconds."""
        expected = f"should be a time such as `30s`, `2m` or `500ms`, not `{text}`"
        if isinstance(text, bool):
            raise InvalidValueError(expected)
        if isinstance(text, int | float) or re.fullmatch(r"\d+(\.\d+)?", text.strip()):
            seconds = float(text)
        else:
            match = _DURATION.fullmatch(text.strip().replace(" ", ""))
            if not match or not any(match.groups()):
                raise InvalidValueError(expected)
            hours, minutes, secs, millis = (float(group or 0) for group in match.groups())
            seconds = hours * 3600 + minutes * 60 + secs + millis / 1000
        if not 0 < seconds <= 86_400:
            raise InvalidValueError(f"should be a time between 1 ms and 24 h, not `{text}`")
        return cls(seconds)

    @property
    def milliseconds(self) -> int:
        return round(self.seconds * 1000)

    def __str__(self) -> str:
        if self.seconds < 1:
            return f"{self.milliseconds}ms"
        return f"{self.seconds:g}s"


@dataclass(frozen=True, slots=True, order=True)
class Size:
    """A number of bytes. As in nginx, `k`, `m` and `g` are powers of 1,024."""

    bytes: int

    @classmethod
    def parse(cls, text: str | int) -> Size:
        """`1024`, `"25MB"`, `"16 KiB"`, `"1g"`; a bare number means bytes."""
        expected = f"should be a size such as `25MB`, not `{text}`"
        if isinstance(text, bool):
            raise InvalidValueError(expected)
        match = _SIZE.fullmatch(str(text).strip())
        if not match:
            raise InvalidValueError(expected)
        number, unit = match.groups()
        if len(number) > 18:
            raise InvalidValueError(expected)
        return cls(int(float(number) * 1024 ** _SIZE_STEPS[unit.lower()]))

    def __str__(self) -> str:
        for unit, step in (("GB", 3), ("MB", 2), ("KB", 1)):
            if self.bytes >= 1024**step:
                return f"{self.bytes / 1024**step:.4g} {unit}"
        return f"{self.bytes} bytes"


@dataclass(frozen=True, slots=True, order=True)
class Port:
    number: int

    @classmethod
    def parse(cls, text: str | int) -> Port:
        expected = f"should be a port number between 1 and 65535, not `{text}`"
        if isinstance(text, bool) or not re.fullmatch(r"[0-9]{1,5}", str(text).strip()):
            raise InvalidValueError(expected)
        number = int(text)
        if not 1 <= number <= 65_535:
            raise InvalidValueError(expected)
        return cls(number)

    def __str__(self) -> str:
        return str(self.number)


@dataclass(frozen=True, slots=True, order=True)
class Host:
    """A literal address to listen on. `localhost` means 127.0.0.1: a name may resolve to two families (P03)."""

    address: str

    @classmethod
    def parse(cls, text: str) -> Host:
        plain = text.strip().removeprefix("[").removesuffix("]")
        if plain.lower() == "localhost":
            plain = "127.0.0.1"
        if plain == "*":
            plain = "0.0.0.0"  # noqa: S104 - the person asked for every interface
        if "%" in plain:
            raise InvalidValueError(f"should be an address without a zone (`%…`), not `{text}`")
        try:
            return cls(str(ipaddress.ip_address(plain)))
        except ValueError:
            raise InvalidValueError(
                f"should be an address such as `127.0.0.1`, `0.0.0.0` or `::`, not `{text}`"
            ) from None

    @property
    def is_ipv6(self) -> bool:
        return ":" in self.address

    @property
    def is_loopback(self) -> bool:
        return ipaddress.ip_address(self.address).is_loopback

    @property
    def is_any(self) -> bool:
        return ipaddress.ip_address(self.address).is_unspecified

    def __str__(self) -> str:
        return f"[{self.address}]" if self.is_ipv6 else self.address


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Where the public listens: a literal address and a port."""

    host: Host
    port: Port

    @property
    def url(self) -> str:
        """What a person on this machine types into a browser."""
        host = self.host
        if host.is_any:
            host = Host("::1" if host.is_ipv6 else "127.0.0.1")
        port = "" if self.port.number == 80 else f":{self.port}"
        return f"http://{host}{port}/"

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, order=True)
class UrlPrefix:
    """The start of a URL path, decoded, always beginning and ending in a slash: `/`, `/static/`, `/a/b/`."""

    path: str

    @classmethod
    def parse(cls, text: str) -> UrlPrefix:
        if not text.startswith("/"):
            raise InvalidValueError(f"should be a URL path that starts with `/`, not `{text}`")
        if any(ord(c) < 32 or ord(c) == 127 or c in "\u2028\u2029\u0085" for c in text):
            raise InvalidValueError(f"should be a URL path without control characters or line breaks, not {text!r}")
        parts = [part for part in text.split("/") if part]
        if any(part in {".", ".."} for part in parts):
            raise InvalidValueError(f"should be a URL path without `.` or `..`, not `{text}`")
        return cls("/" + "".join(f"{part}/" for part in parts))

    @property
    def is_root(self) -> bool:
        return self.path == "/"

    @property
    def bare(self) -> str:
        """Without the closing slash, as WSGI's SCRIPT_NAME wants it; the root is the empty string."""
        return self.path.rstrip("/")

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True, order=True)
class HostName:
    """A DNS name that the site answers to, `*.` allowed in front."""

    name: str

    @classmethod
    def parse(cls, text: str) -> HostName:
        name = text.strip().lower().removesuffix(".")
        try:
            name = name.encode("idna").decode() if not name.isascii() else name
        except UnicodeError:
            name = ""
        labels = name.removeprefix("*.").split(".")
        if not name or len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
            raise InvalidValueError(f"should be a host name such as `example.com` or `*.example.com`, not `{text}`")
        return cls(name)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True, order=True)
class Network:
    """Addresses of proxies in front of us, in CIDR form."""

    cidr: str

    @classmethod
    def parse(cls, text: str) -> Network:
        if "%" in text:
            raise InvalidValueError(f"should be a network without a zone (`%…`), not `{text}`")
        try:
            return cls(str(ipaddress.ip_network(text.strip(), strict=False)))
        except ValueError:
            raise InvalidValueError(f"should be an address or network such as `10.0.0.0/8`, not `{text}`") from None

    def __str__(self) -> str:
        return self.cidr
