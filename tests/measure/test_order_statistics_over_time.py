"""What is averaged over time, against a walk through time in steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.measure.order_statistics import Ended, OrderStatistics
from actors.messages import Line, Order, Place, Processed, Refused, Serve

STEP = 0.25  # all moments are multiples of it, and so all sums are exact
WINDOWS = {"opening": (0.0, 5.0), "peak": (5.0, 10.0), "night": (2.5, 7.5), "late": (12.0, 15.0)}
ORDER = Order(id="x", client="web-1", placed_at=0.0, lines=(Line("A", 1),))


@dataclass(frozen=True)
class Story:
    """An order: when it was scheduled, how long it waited and was served, and whose it is."""

    scheduled: float
    wait: float
    service: float
    group: str
    refused: bool

    @property
    def finished(self) -> float:
        return self.scheduled + self.wait + self.service

    @property
    def phase(self) -> str:
        names = ["night"] if self.group == "depot" else ["opening", "peak", "late"]
        at = self.scheduled
        return next((name for name in names if WINDOWS[name][0] <= at < WINDOWS[name][1]), "")

    def ended(self) -> Ended:
        place = Place("x", b"", self.scheduled, "client/web-1", self.group, self.phase)
        if self.refused:
            return Refused(place, ORDER, self.finished, "overloaded", "")
        started = self.scheduled + self.wait
        serve = Serve(ORDER, place, False)
        busy = self.service
        return Processed(serve, "p", started, self.finished, busy, "fulfilled", None, (), (1,))


def moments(most: float) -> st.SearchStrategy[float]:
    return st.integers(0, int(most / STEP)).map(lambda steps: steps * STEP)


stories = st.builds(
    Story, moments(16), moments(6), moments(4), st.sampled_from(["web", "depot"]), st.booleans()
)
days = st.lists(stories, max_size=25)


def clock(start: float, end: float) -> Iterator[float]:
    for step in range(round(start / STEP), round(end / STEP)):
        yield step * STEP


def under_way(day: list[Story], start: float, end: float) -> float | None:
    """The mean number under way, counted at every step."""
    counts = [sum(s.scheduled <= now < s.finished for s in day) for now in clock(start, end)]
    return sum(counts) / len(counts) if counts else None


def metrics_of(day: list[Story], warm_up: float, cut: int) -> OrderStatistics:
    metrics = OrderStatistics(warm_up, WINDOWS)
    batch = [story.ended() for story in sorted(day, key=lambda story: story.finished)]
    metrics.take(batch[:cut])
    metrics.take(batch[cut:])
    return metrics


@settings(max_examples=150)
@given(days, moments(16), moments(20), st.integers(0, 25))
def test_averages_over_time_are_what_a_walk_through_time_counts(
    day: list[Story], warm_up: float, rest: float, cut: int
) -> None:
    now = max([warm_up, *(story.finished for story in day)]) + rest
    metrics = metrics_of(day, warm_up, cut)
    for group in (None, "web", "depot"):
        own = [story for story in day if group in (None, story.group)]
        for phase in (None, *WINDOWS):
            start, end = (0.0, None) if phase is None else WINDOWS[phase]
            start = max(start, warm_up)
            until = now if end is None else min(end, now)
            block = metrics.block(group, phase, now)
            expected = under_way(own, start, until)
            assert block.in_system_mean == (None if expected is None else pytest.approx(expected))
            if until <= start:
                assert block.throughput_per_s is None
                continue
            ended = sum(s.finished >= start and (end is None or s.finished < end) for s in own)
            assert block.throughput_per_s == pytest.approx(ended / (until - start))


@settings(max_examples=50)
@given(days, moments(16), st.integers(0, 25))
def test_all_time_under_way_is_kept_whatever_the_warm_up(
    day: list[Story], warm_up: float, cut: int
) -> None:
    # Little's law is asked of the whole run.
    metrics = metrics_of(day, warm_up, cut)
    assert sum(metrics.total_in_system()) == sum(s.finished - s.scheduled for s in day)
    assert metrics.finish_times.value == sum(s.finished for s in day)


def story(scheduled: float, finished: float, group: str = "web") -> Story:
    return Story(scheduled, 0.0, finished - scheduled, group, refused=False)


def test_an_order_is_under_way_in_every_phase_that_it_touches() -> None:
    metrics = metrics_of([story(4.0, 12.5)], 0.0, 0)
    means = {phase: metrics.block("web", phase, 20.0).in_system_mean for phase in WINDOWS}
    assert means == {"opening": 1 / 5, "peak": 1.0, "night": 3.5 / 5, "late": 0.5 / 3}


def test_an_order_that_the_warm_up_divides_counts_for_the_rest_of_its_time() -> None:
    metrics = metrics_of([story(4.0, 12.0)], 8.0, 0)
    assert metrics.block(None, None, 16.0).in_system_mean == 4 / 8
    assert metrics.block(None, "peak", 16.0).in_system_mean == 1.0
    assert metrics.block(None, "opening", 16.0).in_system_mean is None


def test_in_a_phase_the_orders_of_all_phases_are_under_way() -> None:
    metrics = metrics_of([story(1.0, 9.0), story(6.0, 7.0)], 0.0, 0)
    assert metrics.block(None, "peak", 20.0).in_system_mean == (4 + 1) / 5
    assert metrics.block(None, "peak", 20.0).orders.placed == 1


def test_a_groups_average_is_of_its_own_orders() -> None:
    metrics = metrics_of([story(0.0, 4.0), story(0.0, 1.0, "depot")], 0.0, 0)
    assert metrics.block("web", None, 10.0).in_system_mean == 0.4
    assert metrics.block("depot", None, 10.0).in_system_mean == 0.1
    assert metrics.block("nobody", None, 10.0).in_system_mean == 0.0


def test_a_group_has_booked_its_orders_by_phase_and_its_ids_that_came_again() -> None:
    day = [story(1.0, 2.0), story(6.0, 7.0), story(6.0, 7.0), story(3.0, 4.0, "depot")]
    metrics = metrics_of(day, 0.0, 2)
    metrics.duplicate(Place("x", b"", 1.0, "client/web-1", "web", "opening"))
    metrics.duplicate(Place("x", b"", 6.0, "client/web-1", "web", "peak"))
    assert metrics.booked("web") == ({"opening": 1, "peak": 2}, 2)
    assert metrics.booked("depot") == ({"night": 1}, 0)
    assert metrics.booked("nobody") == ({}, 0)
