"""A browser's manners, in sixty lines: it keeps cookies, fills in the forms that a page has, and follows redirects."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from e2e.site import Answer, Site


@dataclass
class Visitor:
    """`at` is the address of the page last seen; a redirect that leaves the site fails."""

    site: Site
    at: str = "/"
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.site.port}"

    def get(self, path: str) -> Answer:
        return self._follow(self._ask("GET", path))

    def submit(self, page: Answer, **values: str) -> Answer:
        """Fill in the page's form that has these fields, its hidden fields as they are, and send it."""
        form = _form_with(page.text, set(values))
        body = urlencode({**form.hidden, **values}).encode()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": self.origin,
            "Referer": self.origin + self.at,
        }
        return self._follow(self._ask("POST", urljoin(self.at, form.action) or self.at, body, headers))

    def _ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        self.at = path
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        answer = self.site.ask(method, path, body=body, headers={**(headers or {}), **(cookie if self.cookies else {})})
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        return answer

    def _follow(self, answer: Answer) -> Answer:
        while answer.status in {301, 302, 303, 307, 308}:
            there = urlsplit(urljoin(self.origin + self.at, answer.headers["Location"]))
            assert f"{there.scheme}://{there.netloc}" == self.origin, answer.headers["Location"]
            answer = self._ask("GET", there.path + (f"?{there.query}" if there.query else ""))
        return answer


def multipart(fields: dict[str, str], files: dict[str, tuple[str, bytes]]) -> tuple[bytes, dict[str, str]]:
    """The body of a form with files, and the header that goes with it."""
    boundary = secrets.token_hex(16)
    parts = [f'name="{name}"\r\n\r\n'.encode() + value.encode() for name, value in fields.items()]
    parts += [
        f'name="{name}"; filename="{file}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode() + content
        for name, (file, content) in files.items()
    ]
    head = f"--{boundary}\r\nContent-Disposition: form-data; ".encode()
    body = b"".join(head + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


@dataclass
class _Form:
    action: str
    names: set[str] = field(default_factory=set)
    hidden: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[_Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "form":
            self.found.append(_Form(has.get("action") or ""))
        elif tag in {"input", "textarea", "select"} and self.found and has.get("name"):
            self.found[-1].names.add(has["name"])
            if has.get("type") == "hidden":
                self.found[-1].hidden[has["name"]] = has.get("value") or ""


def _form_with(page: str, names: set[str]) -> _Form:
    forms = _Forms()
    forms.feed(page)
    return next(form for form in forms.found if names <= form.names)
