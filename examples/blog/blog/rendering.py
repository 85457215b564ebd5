"""Markdown to HTML that is safe to show."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import mistune
import nh3
from flask import url_for
from markupsafe import Markup

MEDIA_SCHEME = "media:"
LEAD_IMAGE = re.compile(r"!\[[^\]]*\]\(media:([^)\s]+)")
LONE_IMAGE = re.compile(r'<img [^>]*?title="([^"]*)"[^>]*>')
PLUGINS = ["strikethrough", "table", "footnotes", "url"]
TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"),
    *("code", "kbd", "em", "strong", "del", "sub", "sup", "abbr", "a", "img"),
    *("ul", "ol", "li", "dl", "dt", "dd", "figure", "figcaption", "section"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title", "class"},
    "abbr": {"title"},
    "img": {"src", "alt", "title", "loading"},
    "li": {"id"},
    "ol": {"start"},
    "section": {"class"},
    "sup": {"class", "id"},
    "td": {"class"},
    "th": {"class"},
}
# The classes and ids that this renderer itself produces, and no others.
OWN_MARKS = re.compile(r"fn(ref)?-[\w-]+|footnotes?|footnote-ref|align-(left|center|right)")

MediaUrl = Callable[[str], str]


def render(body: str, *, external: bool = False) -> Markup:
    def media_url(name: str) -> str:
        return url_for("media.static", filename=name, _external=external)

    return to_html(body, media_url)


def to_html(body: str, media_url: MediaUrl) -> Markup:
    renderer = _Renderer(media_url)
    markdown = mistune.create_markdown(escape=False, renderer=renderer, plugins=PLUGINS)
    return Markup(_sanitise(str(markdown(body))))


def lead_image(body: str) -> str | None:
    """The file name of the first uploaded image in the text."""
    found = LEAD_IMAGE.search(body)
    return found.group(1) if found else None


def _sanitise(html: str) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_filter_attribute,
        url_schemes={"http", "https", "mailto"},
    )


def _filter_attribute(tag: str, attribute: str, value: str) -> str | None:
    if attribute in ("class", "id"):
        return value if OWN_MARKS.fullmatch(value) else None
    return value


class _Renderer(mistune.HTMLRenderer):
    def __init__(self, media_url: MediaUrl) -> None:
        super().__init__(escape=False)
        self._media_url = media_url

    def image(self, text: str, url: str, title: str | None = None) -> str:
        if url.startswith(MEDIA_SCHEME):
            url = self._media_url(url[len(MEDIA_SCHEME) :])
        tag = super().image(text, url, title)
        return tag.replace("<img ", '<img loading="lazy" ', 1)

    def paragraph(self, text: str) -> str:
        lone = LONE_IMAGE.fullmatch(text)
        if lone is None:
            return super().paragraph(text)
        return f"<figure>{text}<figcaption>{lone.group(1)}</figcaption></figure>\n"

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        # A class, because the content security policy refuses inline styles.
        mark = f' class="align-{align}"' if align else ""
        tag = "th" if head else "td"
        return f"<{tag}{mark}>{text}</{tag}>\n"

    def block_html(self, html: str, **_: Any) -> str:
        return html + "\n"
