"""All benchmarks in a row, with the same few options."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
import run
import slow_clients
import start


@pytest.fixture
def asked(monkeypatch):
    """What each benchmark was asked; the sites are none."""
    seen = []

    @contextmanager
    def site():
        seen.append("site")
        yield "http://127.0.0.1:8080", "/tmp/run"

    def benchmark(arguments):
        seen.append(arguments)
        return 0

    monkeypatch.setattr(run, "site", site)
    monkeypatch.setattr(slow_clients, "main", benchmark)
    monkeypatch.setattr(start, "main", benchmark)
    return seen


def test_each_mode_has_a_new_site_and_the_start_comes_last(asked):
    assert run.main(["--clients", "9", "--rounds", "2", "--seconds", "0.5"]) == 0

    modes = [slow_clients.options().parse_args(each) for each in asked[1:-1:2]]
    assert asked[:-1:2] == ["site"] * 3
    assert [each.mode for each in modes] == ["headers", "bodies", "readers"]
    assert {(each.clients, each.rounds, each.seconds, each.run_dir) for each in modes} == {(9, 2, 0.5, "/tmp/run")}
    assert start.options().parse_args(asked[-1]).rounds == 2


def test_without_options_each_benchmark_takes_its_own(asked):
    run.main([])

    own = slow_clients.options().parse_args(asked[1])
    assert (own.clients, own.rounds, own.seconds, own.control) == (5000, 3, 10.0, False)
    assert start.options().parse_args(asked[-1]).rounds == 9


def test_one_goal_that_is_missed_is_told_by_the_exit_code(asked, monkeypatch):
    monkeypatch.setattr(start, "main", lambda _: 1)

    assert run.main([]) == 1
