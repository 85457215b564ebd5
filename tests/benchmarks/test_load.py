"""What the fast client counts as an answer, and what wrk's report says."""

from __future__ import annotations

from array import array

import pytest
from kit import load, wrk
from kit.scenario import Fast, Mode, Slow, Target, fast_from_json, slow_from_json, to_json

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
WRK = """Running 3s test @ http://127.0.0.1:8080/
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.78ms    1.10ms  25.26ms   88.51%
    Req/Sec     9.29k     1.08k   10.66k    76.67%
  Latency Distribution
     50%  950.00us
     75%    2.19ms
     90%    2.90ms
     99%    1.20s
  27735 requests in 3.00s, 4.42MB read
"""
TROUBLE = """  Socket errors: connect 0, read 7, write 0, timeout 2
  Non-2xx or 3xx responses: 5
"""
END = "Requests/sec:   9241.10\nTransfer/sec:      1.47MB\n"


@pytest.mark.parametrize("cut", range(len(OK)))
def test_an_answer_is_whole_or_not_yet_one(cut) -> None:
    assert load.split_answer(OK[:cut]) is None
    assert load.split_answer(OK) == (OK[:-9], b"hello")


@pytest.mark.parametrize(
    "bad",
    [
        OK.replace(b"200 OK", b"502 No"),
        OK.replace(b"Content-Length: 5", b"Connection: close"),
        OK + b"!",
        b"garbage\r\n\r\n",
    ],
)
def test_anything_else_is_an_error(bad) -> None:
    with pytest.raises(ValueError, match=r"."):
        load.split_answer(bad)


def test_percentiles_in_milliseconds() -> None:
    figures = load.summary(array("d", [n / 1000 for n in range(1, 101)]), {}, 2.0, 0.5)

    assert (
        figures["throughput"],
        figures["p50_ms"],
        figures["p99_ms"],
        figures["max_ms"],
    ) == (50.0, 51.0, 100.0, 100.0)
    assert figures["client_cpu_share"] == 0.25


def test_nothing_answered_has_no_percentiles() -> None:
    assert load.summary(array("d"), {}, 1.0, 0.0)["p99_ms"] is None


def test_wrk_is_read_with_its_errors() -> None:
    figures = wrk.read(WRK + TROUBLE + END)

    assert (figures["requests"], figures["throughput"]) == (27735, 9241.1)
    assert (figures["p50_ms"], figures["p99_ms"]) == (0.95, 1200.0)
    assert figures["errors"] == {"read": 7, "timeout": 2, "status": 5}
    assert wrk.read(WRK + END)["errors"] == {}


def test_half_a_wrk_report_is_none() -> None:
    with pytest.raises(ValueError, match="not a wrk report"):
        wrk.read(WRK)


def test_scenarios_survive_the_way_to_their_process() -> None:
    target, slow, fast = Target(host="127.0.0.1", port=80), Slow(mode=Mode.BODIES, clients=5), Fast(path="/x")

    assert (target, slow, ["127.0.0.2"]) == slow_from_json(to_json(target, slow, sources=["127.0.0.2"]))
    assert (target, fast) == fast_from_json(to_json(target, fast))


def test_the_parts_of_a_crowd_are_the_crowd() -> None:
    slow = Slow(mode=Mode.HEADERS, clients=5001)

    assert [slow.share(part, 2).clients for part in (0, 1)] == [2501, 2500]


@pytest.mark.parametrize("url", ["https://127.0.0.1", "127.0.0.1:80", "http://127.0.0.1/path", "http://"])
def test_a_target_is_an_address(url) -> None:
    with pytest.raises(ValueError, match="want http"):
        Target.parse(url)
