"""One deadline and one body limit; every other time and size is derived from them (contract rows C01-C16)."""

from __future__ import annotations

from seawall.config.pinned import Config
from seawall.model.decisions import Source
from seawall.model.facts import AppFacts
from seawall.model.stack import SizeBudget, TimeBudget
from seawall.model.values import Duration, Size
from seawall.planning.choice import Choice, pinned_or

DEADLINE = Duration(30)
BODY = Size(25 * 1024**2)
# A multipart body is larger than the file in it: boundaries, part headers, the other fields.
BODY_MARGIN = Size(64 * 1024)


def choose_deadline(config: Config) -> Choice[Duration]:
    """How long the app may be silent before the edge answers 504; a stream that keeps sending may take hours."""
    return pinned_or(
        "deadline", config.deadline, DEADLINE, "the longest silence of the app; all other times follow from it"
    )


def derive_times(deadline: Duration) -> TimeBudget:
    """The edge gives up first (504), then the worker is replaced, then the drain ends, then everything (C01, C06)."""
    kill = Duration(deadline.seconds + max(1.0, deadline.seconds * 0.05))
    return TimeBudget(
        deadline=deadline,
        connect=Duration(min(3.0, deadline.seconds)),
        header=Duration(30),
        body=Duration(30),
        send=Duration(60),
        keepalive=Duration(75),
        kill=kill,
        drain=Duration(kill.seconds + 1),
        grace=Duration(kill.seconds + 5),
    )


def choose_body(config: Config, app: AppFacts) -> Choice[Size]:
    """The app's own maximum, so that what the edge lets through is what the app accepts (P08, C12)."""
    if app.body_limit is not None:
        limit = Size(app.body_limit)
        return pinned_or("max body", config.max_body, limit, "the app's own limit", source=Source.DETECTED)
    return pinned_or("max body", config.max_body, BODY, "the app sets no limit")


def derive_sizes(body: Size, spool: Size) -> SizeBudget:
    return SizeBudget(
        body=Size(body.bytes + BODY_MARGIN.bytes),
        header_line=Size(16 * 1024),
        header_lines=4,
        header_count=100,
        response_header=Size(32 * 1024),
        spool=spool,
    )
