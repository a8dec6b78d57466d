from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.measure.average import BusyTime, TimeAverage


def test_a_level_is_weighted_by_how_long_it_lasted() -> None:
    level = TimeAverage()
    level.change(1.0, 4)
    level.change(3.0, 1)
    assert level.mean(5.0) == (0 * 1 + 4 * 2 + 1 * 2) / 5
    assert level.largest(5.0) == 4


def test_a_mean_may_be_asked_for_again_later() -> None:
    level = TimeAverage()
    level.change(0.0, 2)
    assert level.mean(1.0) == 2
    level.change(2.0, 0)
    assert level.mean(4.0) == 1


def test_before_anything_could_be_measured_the_mean_is_zero() -> None:
    assert TimeAverage().mean(0.0) == 0.0
    assert TimeAverage(5.0).mean(4.0) == 0.0


def test_what_happens_in_the_warm_up_is_not_averaged() -> None:
    level = TimeAverage(10.0)
    level.change(1.0, 100)
    level.change(9.0, 3)  # still there when the warm-up ends
    level.change(12.0, 0)
    assert level.mean(14.0) == 3 * 2 / 4
    assert level.largest(14.0) == 3


def test_several_changes_of_one_moment_count_for_no_time() -> None:
    level = TimeAverage()
    for value in (1, 9, 2):
        level.change(1.0, value)
    assert level.mean(2.0) == 1.0
    assert level.largest(2.0) == 9


@pytest.mark.parametrize(
    ("start", "end", "counted"),
    [(0.0, 1.0, 0.0), (9.0, 11.0, 1.0), (10.0, 12.0, 2.0), (11.0, 11.5, 0.5), (0.0, 10.0, 0.0)],
)
def test_being_busy_counts_from_the_end_of_the_warm_up(
    start: float, end: float, counted: float
) -> None:
    busy = BusyTime(10.0)
    busy.add(start, end)
    assert busy.total == counted


def test_utilisation_is_the_busy_share_of_the_measured_time() -> None:
    busy = BusyTime(2.0)
    busy.add(1.0, 3.0)
    busy.add(5.0, 6.0)
    assert busy.share(10.0) == 2.0 / 8.0
    assert busy.share(2.0) == 0.0


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20), st.integers(0, 10))
def test_the_average_is_the_mean_of_the_seconds(levels: list[int], warm_up: int) -> None:
    average = TimeAverage(float(warm_up))
    for second, level in enumerate(levels):
        average.change(float(second), level)
    measured = levels[warm_up:]
    expected = sum(measured) / len(measured) if measured else 0.0
    assert average.mean(float(len(levels))) == pytest.approx(expected)
