"""Effects: what was answered must have happened, and nothing twice."""

from __future__ import annotations

from .client import Kind, Mix
from .servers import Got, Talk, call, played

POSTS = Mix(fresh=0, kept=0, post=1, bytes=0, static_share=0, timeout=1.0)


def test_a_lost_effect_is_found(ledger) -> None:
    """Answered 2xx, not in the ledger."""

    def forget_third(talk: Talk, got: Got, answer: bytes) -> None:
        talk.wfile.write(answer)
        if got.number == 3:
            ledger.path.write_text(ledger.path.read_text().replace(f"{got.tag}\n", ""))

    report, seen = played(forget_third, POSTS, ledger, rate=20)

    assert [(Kind.LOST, seen[2].tag)] == [(f.kind, f.tag) for f in report.failed]


def test_a_doubled_effect_is_found(ledger) -> None:
    """A proxy that tries the next server after the first has worked."""

    def third_twice(talk: Talk, got: Got, answer: bytes) -> None:
        talk.wfile.write(call(got) if got.number == 3 else answer)

    report, seen = played(third_twice, POSTS, ledger)

    assert [(Kind.DOUBLED, seen[2].tag)] == [(f.kind, f.tag) for f in report.failed]


def test_an_unanswered_post_may_have_worked_but_only_once(ledger) -> None:
    """The reset is the failure; the token in the ledger is none, two of them are."""

    def reset(talk: Talk, got: Got, answer: bytes) -> None:
        if got.number == 2:
            call(got)
        talk.reset()

    report, seen = played(reset, POSTS, ledger, rate=20)

    assert {Kind.RESET: len(seen), Kind.DOUBLED: 1} == report.by_kind()
