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


def test_a_peak_before_the_warm_up_ends_is_no_maximum() -> None:
    level = TimeAverage(10.0)
    level.change(9.0, 100)
    level.change(10.0, 2)  # gone at the very moment at which measuring begins
    level.change(11.0, 5)
    level.change(12.0, 0)
    assert level.largest(12.0) == 5


def test_a_level_that_stands_when_the_warm_up_ends_is_a_maximum() -> None:
    standing = TimeAverage(10.0)
    standing.change(1.0, 7)
    standing.change(11.0, 3)
    assert standing.largest(12.0) == 7
    unmoved = TimeAverage(10.0)
    unmoved.change(1.0, 7)  # nothing happens afterwards, and it is still there
    assert unmoved.largest(9.0) == 0
    assert unmoved.largest(12.0) == 7


def test_a_peak_of_no_length_counts_from_the_end_of_the_warm_up_on() -> None:
    level = TimeAverage(10.0)
    for value in (1, 9, 2):
        level.change(10.0, value)
    assert level.largest(10.0) == 9


def test_asking_for_the_maximum_changes_no_mean() -> None:
    level = TimeAverage(1.0)
    level.change(0.5, 4)
    level.change(2.0, 1)
    assert level.largest(3.0) == 4
    assert level.mean(3.0) == (4 * 1 + 1 * 1) / 2


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
    from_the_start = BusyTime()
    from_the_start.add(0.0, 0.25)
    assert from_the_start.share(0.5) == 0.5


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20), st.integers(0, 10))
def test_the_average_is_the_mean_of_the_seconds(levels: list[int], warm_up: int) -> None:
    average = TimeAverage(float(warm_up))
    for second, level in enumerate(levels):
        average.change(float(second), level)
    measured = levels[warm_up:]
    expected = sum(measured) / len(measured) if measured else 0.0
    assert average.mean(float(len(levels))) == pytest.approx(expected)


steps = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), max_size=20)


@given(steps, st.integers(0, 20), st.integers(0, 5))
def test_the_maximum_is_that_of_the_levels_which_stood_or_came_since_the_warm_up(
    steps: list[tuple[int, int]], warm_up: int, rest: int
) -> None:
    average, now, level, levels = TimeAverage(float(warm_up)), 0, 0, [0]
    for wait, value in steps:
        if wait and now + wait > warm_up:
            levels.append(level)  # it stood for a while of what is measured
        now, level = now + wait, value
        average.change(float(now), level)
        if now >= warm_up:
            levels.append(level)
    if now + rest >= warm_up:
        levels.append(level)
    assert average.largest(float(now + rest)) == max(levels)
