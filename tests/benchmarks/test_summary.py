"""A benchmark that cannot miss its goal is worth nothing."""

from __future__ import annotations

import pytest
from kit import summary
from kit.summary import Goal


def window(throughput=100.0, p99=10.0, pss=100_000, errors=None, **crowd: int | None):
    fast = {"throughput": throughput, "p50_ms": 1.0, "p99_ms": p99, "max_ms": p99, "errors": errors or {}}
    counts = dict.fromkeys(("cut_early", "cut_due", "cut_late"), 0)
    kernel = {"bytes": 5_000_000, "limit": 9_000_000, "aborts": 1}
    seen = {"ready": 10, "taken_in": 10, "ramp_seconds": 0.1, "cut_how": {}, "cut_lifetimes": []} | counts | crowd
    return {"fast": fast, "pss": pss, "kernel_tcp": kernel, "crowd": seen}


def results(*rounds: tuple[dict, dict], pids=()):
    pairs = [{"without": without, "slow": slow} for without, slow in rounds]
    return {"rounds": pairs, "slow": {"clients": 10}, "pids": list(pids)}


def missed(raw) -> set[str]:
    return {goal.name for goal in summary.goals(raw) if not goal.met}


def test_equal_windows_meet_every_goal() -> None:
    assert set() == missed(results((window(pss=0), window()), pids=[1]))


@pytest.mark.parametrize(
    ("slow", "name"),
    [
        (window(throughput=94), "throughput, slow / without"),
        (window(p99=12.6), "p99, slow / without"),
        (window(p99=None), "p99, slow / without"),
        (window(errors={"timeout": 1}), "errors of the fast client"),
        (window(ready=9), "slow clients held (least)"),
        (window(taken_in=9), "taken in by the server (least)"),
        (window(cut_early=1), "cut too early or too late"),
        (window(cut_late=1), "cut too early or too late"),
        (window(pss=10 * 14 * 1024), "memory per slow client"),
        (window(pss=1), "memory per slow client"),
        (window(pss=None), "memory per slow client"),
    ],
)
def test_each_goal_can_be_missed(slow, name) -> None:
    assert {name} == missed(results((window(pss=0), slow), pids=[1]))


def test_neighbours_in_time_are_compared() -> None:
    """A machine that halves its speed from round to round changes no ratio."""
    raw = results((window(100), window(98)), (window(50), window(49)), (window(25), window(24.5)))

    assert pytest.approx(0.98) == summary.ratio(raw["rounds"], "throughput", "slow", "without")


def test_one_odd_round_does_not_decide() -> None:
    raw = results((window(100), window(98)), (window(100), window(10)), (window(100), window(99)))

    assert pytest.approx(0.98) == summary.ratio(raw["rounds"], "throughput", "slow", "without")


def test_no_figure_is_a_miss() -> None:
    assert not Goal("memory", None, 12).met
    assert "MISS  memory" in str(Goal("memory", None, 12))


def test_the_report_shows_every_window_and_every_goal() -> None:
    raw = results((window(), window(errors={"timeout": 3})))
    raw["rounds"][0]["control"] = window()

    text = summary.report(raw)

    assert [line.split()[1] for line in text.splitlines()[1:4]] == ["without", "control", "slow"]
    assert "sockets killed for want of it: 0" in text
    assert "last of each kind: {'timeout': 3}" in text
    assert all(str(goal) in text for goal in summary.goals(raw))
