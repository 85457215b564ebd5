"""Filters and values that the templates use."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from .auth import current_user
from .language import language_of, reading_minutes
from .rendering import lead_image, render


def init_app(app: Flask) -> None:
    app.add_template_filter(render, "markdown")
    app.add_template_filter(lead_image)
    app.add_template_filter(language_of)
    app.add_template_filter(reading_minutes)
    app.add_template_filter(long_date)
    app.jinja_env.globals["current_user"] = current_user
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def long_date(moment: datetime, language: str = "en") -> str:
    if language.startswith("zh"):
        return f"{moment.year} 年 {moment.month} 月 {moment.day} 日"
    return f"{moment.day} {moment:%B %Y}"
