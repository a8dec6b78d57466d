from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace
from small_sets import loaded_shop, results, timeless

from actors import Result
from actors.errors import ReplicationFailed
from actors.measure.result import AuditReport, ThresholdResult
from actors.study.document import ReplicationSet
from actors.study.together import Together

LOADED = loaded_shop()


@pytest.fixture(scope="module")
def six() -> Sequence[Result]:
    return results(LOADED, 6)


def together(played: Sequence[Result], asked: int | None = None) -> ReplicationSet:
    gathered = Together(LOADED, 5)
    for result in played:
        gathered.add(result)
    return gathered.document(len(played) if asked is None else asked, wall_s=1.0)


def test_the_order_of_arrival_leaves_no_trace(six: Sequence[Result]) -> None:
    assert timeless(together(six)) == timeless(together(six[::-1]))


def test_each_replication_is_there_with_its_own_figures(six: Sequence[Result]) -> None:
    found = together(six)

    assert [one.replication for one in found.each] == [0, 1, 2, 3, 4, 5]
    assert [one.placed for one in found.each] == [result.orders.placed for result in six]
    placed = found.figures["orders.placed"]
    assert placed.mean == pytest.approx(sum(r.orders.placed for r in six) / 6)
    assert placed.min == min(result.orders.placed for result in six)


def test_a_figure_that_some_replications_lack_says_how_many_had_it(six: Sequence[Result]) -> None:
    bare = [replace(result, waited=None) for result in six[:4]]
    found = together([*bare, *six[4:]])

    assert found.figures["waited"].n == 2
    assert found.figures["latency_s.mean"].n == 6
    assert "only 2 of 6 replications had a sample of waited" in found.warnings


def judged(six: Sequence[Result], values: Sequence[float | None]) -> ReplicationSet:
    """The set if `latency p99 < 10s` had these actual values."""

    def alone(value: float | None) -> ThresholdResult:
        ok = value is not None and value < 10
        return replace(six[0].thresholds[0], value=value, ok=ok)

    pairs = zip(six, values, strict=True)
    return together(
        [replace(one, thresholds=(alone(value), one.thresholds[1])) for one, value in pairs]
    )


def test_a_threshold_is_held_against_the_mean(six: Sequence[Result]) -> None:
    found = judged(six, [8, 8, 8, 8, 8, 10.5])
    first = found.thresholds[0]

    assert first.ok
    assert first.actual == "8.42s"
    assert first.half_width == "1.07s"
    assert first.failed_in == (5,)
    assert not first.undecided
    assert found.exit_code == 0


def test_a_threshold_whose_mean_is_beyond_the_limit_fails_the_set(six: Sequence[Result]) -> None:
    found = judged(six, [9, 9, 9, 9, 9, 30])

    assert not found.thresholds[0].ok
    assert found.exit_code == 99


def test_a_limit_within_the_interval_is_undecided_and_warned_of(six: Sequence[Result]) -> None:
    found = judged(six, [9.5, 9.9, 10.2, 9.4, 9.7, 10.1])

    assert found.thresholds[0].ok
    assert found.thresholds[0].undecided
    assert any("'latency p99 < 10s' lies within" in warning for warning in found.warnings)


def test_a_replication_without_a_sample_fails_the_threshold(six: Sequence[Result]) -> None:
    found = judged(six, [1, 1, 1, 1, 1, None])

    assert not found.thresholds[0].ok
    assert found.thresholds[0].actual is None
    assert found.thresholds[0].value.n == 5
    assert found.exit_code == 99


def test_one_broken_audit_breaks_the_set_and_is_named(six: Sequence[Result]) -> None:
    first, *others = six[3].audit.checks
    culprit = replace(first, ok=False, detail="web-1-7 is lost")
    broken = replace(six[3], audit=AuditReport(ok=False, checks=(culprit, *others)))
    found = together([*six[:3], broken, *six[4:]])

    assert not found.audit.ok
    assert found.audit.checks[0].detail == "broken in replication 3; in 3: web-1-7 is lost"
    assert found.audit.checks[1].detail == "holds in 6 replications"
    assert found.exit_code == 98


def test_of_several_failures_the_worst_decides(six: Sequence[Result]) -> None:
    def failing(result: Result) -> Result:
        return replace(result, thresholds=(replace(result.thresholds[0], value=99.0),) * 2)

    def broken(result: Result) -> Result:
        check = replace(result.audit.checks[0], ok=False)
        return replace(result, audit=AuditReport(ok=False, checks=(check,)))

    slow = [failing(result) for result in six]
    assert together(slow).exit_code == 99
    assert together(slow, asked=7).exit_code == 130
    assert together([broken(slow[0]), *slow[1:]], asked=7).exit_code == 98
    crashed = replace(slow[5], crashes=2)
    assert together([broken(slow[0]), *slow[1:5], crashed], asked=7).exit_code == 1


def test_a_set_that_is_not_complete_is_interrupted(six: Sequence[Result]) -> None:
    found = together(six, asked=7)

    assert found.interrupted
    assert (found.replications, found.finished) == (7, 6)
    assert found.exit_code == 130


def test_nothing_finished_is_an_interrupted_set_without_figures() -> None:
    found = together([], asked=3)

    assert found.exit_code == 130
    assert found.figures == {}
    assert found.each == ()


def test_another_scenarios_result_is_refused(six: Sequence[Result]) -> None:
    other = replace(six[1], groups={})
    with pytest.raises(ReplicationFailed, match="replication 1 has other figures"):
        together([six[0], other])
