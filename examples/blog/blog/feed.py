"""The Atom feed."""

from __future__ import annotations

from datetime import datetime, timezone
from xml.etree import ElementTree as ET

from flask import Blueprint, Response, current_app, request, url_for

from .db import storage
from .language import language_of
from .rendering import render
from .storage import Post

bp = Blueprint("feed", __name__)

ATOM = "http://www.w3.org/2005/Atom"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ENTRIES = 20
BEGINNING = datetime(2026, 1, 1, tzinfo=timezone.utc)
# XML 1.0 has no way to write these, not even escaped.
FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])

ET.register_namespace("", ATOM)


@bp.get("/feed.atom")
def atom() -> Response:
    root = _feed(storage().posts(limit=ENTRIES))
    xml = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    response = Response(xml, mimetype="application/atom+xml")
    response.add_etag()
    response.make_conditional(request)
    return response


def _feed(posts: list[Post]) -> ET.Element:
    root = ET.Element(f"{{{ATOM}}}feed")
    here = url_for("feed.atom", _external=True)
    _add(root, "id", here)
    site = current_app.config
    _add(root, "title", f"{site['SITE_TITLE']} {site['SITE_TITLE_ZH']}")
    _add(root, "subtitle", site["SITE_TAGLINE"])
    _add(root, "link", rel="self", href=here, type="application/atom+xml")
    _add(root, "link", rel="alternate", href=url_for("posts.index", _external=True))
    latest = max((post.updated for post in posts), default=BEGINNING)
    _add(root, "updated", latest.isoformat())
    for post in posts:
        root.append(_entry(post))
    return root


def _entry(post: Post) -> ET.Element:
    entry = ET.Element(f"{{{ATOM}}}entry", {XML_LANG: language_of(post.title + post.body)})
    _add(entry, "id", f"urn:uuid:{post.id}")
    _add(entry, "title", post.title)
    address = url_for("posts.show", slug=post.slug, _external=True)
    _add(entry, "link", rel="alternate", href=address)
    _add(entry, "published", post.published.isoformat())
    _add(entry, "updated", post.updated.isoformat())
    _add(_add(entry, "author"), "name", post.author)
    for tag in post.tags:
        _add(entry, "category", term=tag)
    if post.summary:
        _add(entry, "summary", post.summary)
    _add(entry, "content", render(post.body, external=True), type="html")
    return entry


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{ATOM}}}{tag}", attributes)
    if text:
        element.text = str(text).translate(FORBIDDEN)
    return element
