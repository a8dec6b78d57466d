"""What the examiner says of times: of one order, of one processor, of the line before it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from one_order import Looking, complaints, done, examined, order_of, placed

from actors.messages import Processed

# One order.


@pytest.mark.parametrize(
    ("scheduled", "started", "finished", "busy"),
    [
        (2.0, 1.0, 3.0, 2.0),  # taken before it was scheduled
        (0.0, 2.0, 1.0, 0.0),  # finished before it was taken
        (0.0, 1.0, 2.0, -1.0),
        (math.nan, 1.0, 2.0, 1.0),
        (0.0, math.nan, 2.0, 1.0),
        (0.0, 1.0, math.nan, 1.0),
    ],
)
def test_times_that_run_backwards_or_are_none_are_found(
    scheduled: float, started: float, finished: float, busy: float
) -> None:
    story = done(placed(at=scheduled), started, finished, busy=busy)
    found = examined(story, windows={"web": {"opening": (-math.inf, math.inf)}}, single=False)
    assert found["time"][0].startswith("processor/1: web-1-1 scheduled for ")


@pytest.mark.parametrize("moment", [0.0, 1.0, 9.5])
def test_times_may_all_be_one_moment(moment: float) -> None:
    assert examined(done(placed(at=moment), moment, moment), exact=True) == {}


@pytest.mark.parametrize("busy", [0.0, 0.5, 1.5, math.nan])
def test_a_processor_is_busy_from_taking_an_order_to_its_end(busy: float) -> None:
    found = examined(done(placed(), 0.0, 1.0, busy=busy))
    assert list(found) == ["time"]
    assert found["time"][0].endswith(f"taken at 0 s, finished at 1 s, busy {busy:g} s")


def test_with_backorders_a_processor_may_be_free_while_its_order_waits() -> None:
    waiting = done(placed(), 0.0, 5.0, busy=1.0)
    assert examined(waiting, fulfilment="backorder") == {}
    assert list(examined(waiting, fulfilment="partial")) == ["time"]
    longer = done(placed(), 1.0, 5.0, busy=4.5)
    assert list(examined(longer, fulfilment="backorder")) == ["time"]


def test_a_worker_that_serves_several_at_once_is_not_asked_how_long_each_kept_it_busy() -> None:
    assert examined(done(placed(), 0.0, 5.0, busy=1.0), single=False) == {}


# One processor.


def pair(
    first: tuple[float, float], second: tuple[float, float], other: str = "processor/1"
) -> tuple[Processed, Processed]:
    """Two orders, one after the other, the second at this or another processor."""
    return (
        done(placed("a"), *first, queued=True),
        done(placed("b"), *second, queued=True, attempt=2, processor=other),
    )


def test_two_services_that_overlap_at_one_processor_are_found() -> None:
    assert examined(*pair((0.0, 2.0), (1.5, 3.0))) == {
        "time": ["processor/1: b was taken before the last order was finished"]
    }


def test_one_service_may_begin_as_the_last_one_ends() -> None:
    assert examined(*pair((0.0, 2.0), (2.0, 3.0))) == {}


def test_services_of_two_processors_may_overlap() -> None:
    assert examined(*pair((0.0, 2.0), (1.5, 3.0), "processor/2")) == {}


def test_services_of_a_worker_that_serves_several_at_once_may_overlap() -> None:
    assert examined(*pair((0.0, 2.0), (1.5, 3.0)), single=False) == {}


def test_services_overlap_across_batches_too() -> None:
    first, second = pair((0.0, 2.0), (1.5, 3.0))
    assert list(complaints(Looking().hear(first).hear(second))) == ["time"]


def test_an_order_that_waits_for_stock_does_not_keep_its_processor_from_others() -> None:
    waiting = done(placed("a"), 0.0, 9.0, busy=1.0)
    others = [done(placed(f"b{n}"), n, n + 1.0, queued=True, attempt=n) for n in (1, 2, 3)]
    assert examined(*others, waiting, fulfilment="backorder") == {}


services = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 2)), max_size=8)


@given(services)
def test_overlaps_are_found_exactly_where_there_are_some(
    script: list[tuple[int, int, int]],
) -> None:
    stories, free, overlaps = [], {1: 0.0, 2: 0.0}, 0
    for number, (shift, length, processor) in enumerate(script):
        start = max(0.0, free[processor] + shift - 1)
        overlaps += start < free[processor]
        free[processor] = start + length
        stories.append(
            done(
                placed(str(number)),
                start,
                start + length,
                queued=True,
                attempt=number,
                processor=f"processor/{processor}",
            )
        )
    examiner = Looking(windows={"web": {"opening": (0.0, 100.0)}}).hear(*stories)
    found = examiner.complaints.get("time")
    assert (0 if found is None else found.count) == overlaps


# The line.


def in_turn(*orders: tuple[int, int], apart: bool = False) -> list[Processed]:
    """Orders with these (attempt, priority), all placed at once, served one after the other."""
    return [
        done(
            placed(ref := f"o-{attempt}", order=(order := order_of(ref, priority=priority))),
            float(place),
            place + 1.0,
            order=order,
            attempt=attempt,
            queued=True,
            processor=f"processor/{place if apart else 1}",
        )
        for place, (attempt, priority) in enumerate(orders)
    ]


@pytest.mark.parametrize(
    "orders",
    [
        [(2, 0), (1, 0)],  # the later one first
        [(2, 0), (1, 5)],  # and the earlier one is even more urgent
        [(1, 0), (3, 0), (2, 0)],
    ],
)
def test_an_order_that_a_later_and_no_more_urgent_one_overtook_is_found(
    orders: list[tuple[int, int]],
) -> None:
    overtaken = orders[-1][0]
    assert examined(*in_turn(*orders)) == {
        "line": [f"router: o-{overtaken} was overtaken at processor/1"]
    }


@pytest.mark.parametrize(
    "orders",
    [
        [(1, 0), (2, 0), (3, 0)],
        [(1, 5), (2, 5), (3, 0)],
        [(2, 5), (1, 0)],  # the later one was more urgent
        [(1, 0), (2, 5)],  # it came when the first had been taken already
    ],
)
def test_orders_that_are_served_by_priority_and_age_are_let_pass(
    orders: list[tuple[int, int]],
) -> None:
    assert examined(*in_turn(*orders)) == {}


def test_nobody_is_overtaken_at_another_processor() -> None:
    assert examined(*in_turn((2, 0), (1, 0), apart=True)) == {}


def test_a_strategy_that_keeps_no_line_may_serve_in_any_order() -> None:
    assert examined(*in_turn((2, 0), (1, 0)), in_line=False) == {}


def urgent(scheduled: float) -> list[Processed]:
    """An order taken at 5 s, and after it one that is more urgent."""
    first = done(placed("a"), 5.0, 6.0, queued=True)
    order = order_of("b", priority=9)
    second = done(
        placed("b", scheduled, order=order), 6.0, 7.0, order=order, attempt=2, queued=True
    )
    return [first, second]


def test_on_an_exact_clock_a_more_urgent_order_that_was_there_comes_first() -> None:
    assert examined(*urgent(4.0), exact=True) == {
        "line": ["router: b was overtaken at processor/1"]
    }


def test_a_more_urgent_order_that_came_no_sooner_than_the_last_was_taken_has_to_wait() -> None:
    assert examined(*urgent(5.0), exact=True) == {}
    assert examined(*urgent(5.5), exact=True) == {}


def test_the_first_order_of_a_processor_was_overtaken_by_nobody() -> None:
    order = order_of("a", priority=9)
    first = done(placed("a", 0.5, order=order), 2.0, 3.0, order=order, queued=True)
    assert examined(first, exact=True) == {}


def test_where_messages_take_time_a_more_urgent_order_may_not_have_been_there_yet() -> None:
    assert examined(*urgent(4.0), exact=False) == {}


def test_a_more_urgent_order_may_come_late_where_no_line_is_kept() -> None:
    assert examined(*urgent(4.0), exact=True, in_line=False) == {}


def test_on_an_exact_clock_an_order_that_found_a_processor_free_is_taken_at_once() -> None:
    idle = done(placed(at=1.0), 2.0, 3.0)
    assert examined(idle, exact=True) == {
        "line": ["router: web-1-1 waited, though a processor was free"]
    }
    assert examined(idle) == {}
    assert examined(done(placed(at=1.0), 2.0, 3.0, queued=True), exact=True) == {}
    assert examined(done(placed(at=1.0), 1.0, 3.0), exact=True) == {}


# What is measured.


@pytest.mark.parametrize(
    ("started", "finished", "counted"),
    [(0.0, 2.0, 0.0), (3.0, 5.0, 0.0), (4.0, 6.0, 1.0), (5.0, 6.0, 1.0), (6.0, 9.0, 3.0)],
)
def test_a_processor_is_busy_with_its_orders_from_the_end_of_the_warm_up_on(
    started: float, finished: float, counted: float
) -> None:
    examiner = Looking(warm_up=5.0).hear(done(placed(), started, finished))
    assert examiner.busy("processor/1") == counted
    assert examiner.busy("processor/2") == 0.0


def test_a_processor_is_busy_with_all_of_its_orders_and_no_others() -> None:
    stories = [
        done(placed("a"), 0.0, 1.0),
        done(placed("b"), 1.0, 3.0, attempt=2),
        done(placed("c"), 0.0, 4.0, processor="processor/2"),
        done(placed("d"), 3.0, 9.0, busy=0.5, attempt=3),  # it waited for stock
    ]
    examiner = Looking(fulfilment="backorder").hear(*stories)
    assert examiner.busy("processor/1") == 3.5
    assert examiner.busy("processor/2") == 4.0
