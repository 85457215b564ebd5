"""What an author typed into the editor, checked and turned into a post."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .slugs import parse_tags
from .storage import Post, new_id, now

MAX_TITLE = 160
MAX_SUMMARY = 400
MAX_BODY = 200_000


@dataclass(frozen=True)
class Draft:
    title: str = ""
    summary: str = ""
    tags: str = ""
    body: str = ""

    @classmethod
    def from_form(cls, form: Mapping[str, str]) -> Draft:
        return cls(
            title=" ".join(form.get("title", "").split()),
            summary=" ".join(form.get("summary", "").split()),
            tags=form.get("tags", "").strip(),
            body=form.get("body", "").replace("\r\n", "\n").strip(),
        )

    @classmethod
    def from_post(cls, post: Post) -> Draft:
        return cls(post.title, post.summary, ", ".join(post.tags), post.body)

    def problems(self) -> list[str]:
        found: list[str] = []
        if not self.title:
            found.append("A post needs a title.")
        if not self.body:
            found.append("A post needs some text.")
        if len(self.title) > MAX_TITLE:
            found.append(f"Keep the title under {MAX_TITLE} characters.")
        if len(self.summary) > MAX_SUMMARY:
            found.append(f"Keep the summary under {MAX_SUMMARY} characters.")
        if len(self.body) > MAX_BODY:
            found.append(f"Keep the text under {MAX_BODY:,} characters.")
        return found

    def to_post(self, slug: str, author: str) -> Post:
        moment = now()
        return Post(
            id=new_id(),
            slug=slug,
            title=self.title,
            summary=self.summary,
            body=self.body,
            tags=parse_tags(self.tags),
            author=author,
            published=moment,
            updated=moment,
        )

    def applied_to(self, post: Post) -> Post:
        """The same post with new words. Its address stays, so links keep working."""
        return replace(
            post,
            title=self.title,
            summary=self.summary,
            body=self.body,
            tags=parse_tags(self.tags),
            updated=now(),
        )
