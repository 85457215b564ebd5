"""Which of an app's paths are worth a question: health first, then the front page."""

from __future__ import annotations

import re
from typing import Iterable, List

MOST = 8
HEALTH = ("/healthz", "/health", "/livez", "/readyz", "/ping", "/status", "/_health", "/up")

# A question must change nothing and must end.
_NEVER = re.compile(
    r"log[_-]?(?:out|off)|sign[_-]?out|delete|remove|reset|shutdown|restart|stop|kill|cron|stream|events|sse|socket"
    r"|unsubscribe|webhook|callback",
    re.IGNORECASE,
)


def choose(paths: Iterable[str]) -> List[str]:
    """Pick at most eight harmless paths, the likeliest health path first."""
    fit = sorted({path for path in paths if path.startswith("/") and not _NEVER.search(path)}, key=_rank)
    return fit[:MOST]


def _rank(path: str) -> tuple[int, int, str]:
    bare = path.rstrip("/") or "/"
    for position, health in enumerate(HEALTH):
        if bare == health:
            return 0, position, path
    if bare.endswith(HEALTH):
        return 1, len(path), path
    return (2 if bare == "/" else 3), len(path), path
