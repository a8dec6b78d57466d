from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.scenario.arrivals import Pattern, Window, arrivals
from actors.scenario.schedule import Schedule

DAY = (Window("opening", 0.0, 2.0, 1.0), Window("peak", 2.0, 2.0, 2.0, None, 3))


def schedule(*windows: Window, pattern: Pattern = "even", size: int = 1) -> Schedule:
    return Schedule(windows or DAY, pattern, size, Random(1))


def test_moments_are_dealt_in_order_with_their_phases() -> None:
    dealing = schedule()
    assert dealing.take(3) == [(0.5, "opening"), (1.5, "opening"), (2.0, "peak")]
    assert dealing.take(2) == [(2.0, "peak"), (2.0, "peak")]
    assert dealing.take(100) == [(moment, "peak") for moment in (2.25, 2.75, 3.25, 3.75)]
    assert dealing.take(100) == []


def test_nothing_is_dealt_before_somebody_takes_it() -> None:
    dealing = schedule()
    assert dealing.dealt == {}
    assert dealing.moments == 0.0
    assert dealing.take(0) == []
    assert dealing.dealt == {}


def test_what_was_dealt_is_counted_by_phase() -> None:
    dealing = schedule()
    dealing.take(3)
    assert dealing.dealt == {"opening": 2, "peak": 1}
    dealing.take(100)
    assert dealing.dealt == {"opening": 2, "peak": 7}


def test_the_moments_dealt_add_up() -> None:
    dealing = schedule()
    dealing.take(3)
    assert dealing.moments == 0.5 + 1.5 + 2.0
    dealing.take(1)
    assert dealing.moments == 6.0


def test_the_moments_of_a_long_run_add_up_without_drift() -> None:
    dealing = schedule(Window("day", 0.0, 10_000.0, 1.0))
    moments: list[float] = []
    while turns := dealing.take(7):
        moments += [moment for moment, _ in turns]
    assert math.fsum(moments) == 5e7
    assert dealing.moments == pytest.approx(5e7, rel=1e-13)


def test_a_schedule_is_over_once_its_last_moment_was_dealt() -> None:
    dealing = schedule()
    dealing.take(9)
    assert dealing.over()
    assert dealing.dealt.total() == 9
    assert schedule(Window("calm", 0.0, 9.0, 0.0)).over()


def test_a_schedule_with_moments_left_is_not_over_and_deals_one_in_saying_so() -> None:
    dealing = schedule()
    dealing.take(8)
    assert not dealing.over()
    assert dealing.dealt.total() == 9
    assert dealing.moments == sum(moment for moment, _ in schedule().take(9))
    assert dealing.over()


@given(
    st.sampled_from(["even", "poisson", "batch"]),
    st.integers(1, 9),
    st.lists(st.integers(1, 40), min_size=1),
    st.integers(0, 5),
)
def test_however_it_is_taken_it_is_one_stream_of_arrivals(
    pattern: Pattern, size: int, portions: list[int], burst: int
) -> None:
    windows = (Window("a", 0.0, 3.0, 2.0, 9.0, burst), Window("b", 3.0, 2.0, 9.0))
    whole = list(arrivals(windows, pattern, size, Random(4)))
    dealing = Schedule(windows, pattern, size, Random(4))
    taken: list[tuple[float, str]] = []
    for portion in portions:
        turns = dealing.take(portion)
        assert len(turns) == min(portion, len(whole) - len(taken))
        taken += turns
    assert taken == whole[: len(taken)]
    assert dealing.dealt.total() == len(taken)
    assert dealing.moments == pytest.approx(sum(moment for moment, _ in taken))
