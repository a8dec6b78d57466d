from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.measure.order_statistics import OrderStatistics
from actors.messages import Kind, Line, Order, Place, Processed, Reason, Refused, Serve, Status

WINDOWS = {"opening": (0.0, 10.0), "peak": (10.0, 20.0)}


def placed(at: float, group: str = "web", phase: str | None = None) -> Place:
    if phase is None:
        phase = next((name for name, (start, end) in WINDOWS.items() if start <= at < end), "")
    return Place("x", b"", at, "client/web-1", group, phase)


def order_of(kind: Kind = "sale") -> Order:
    return Order(id="x", client="web-1", kind=kind, placed_at=0.0, lines=(Line("A", 1),))


def done(
    at: float,
    started: float,
    finished: float,
    *,
    group: str = "web",
    status: Status = "fulfilled",
    reason: Reason | None = None,
    queued: bool = False,
    kind: Kind = "sale",
) -> Processed:
    serve = Serve(order_of(kind), placed(at, group), queued)
    busy = finished - started
    return Processed(serve, "processor/1", started, finished, busy, status, reason, (), (1,))


def refused(at: float, finished: float, reason: Reason, group: str = "web") -> Refused:
    order = None if reason == "invalid" else order_of()
    return Refused(placed(at, group), order, finished, reason, "")


def metrics_of(*batch: Processed | Refused, warm_up: float = 0.0) -> OrderStatistics:
    metrics = OrderStatistics(warm_up, WINDOWS)
    metrics.take(batch)
    return metrics


def test_without_orders_every_figure_is_empty() -> None:
    block = metrics_of().block(None, None, 0.0)
    assert block.orders.placed == 0
    assert block.latency_s.count == 0
    assert (block.waited, block.throughput_per_s, block.in_system_mean) == (None, None, None)


def test_the_three_times_are_latency_wait_and_service() -> None:
    block = metrics_of(done(1.0, 3.0, 7.0)).block(None, None, 10.0)
    assert (block.latency_s.mean, block.wait_s.mean, block.service_s.mean) == (6.0, 2.0, 4.0)


def test_outcomes_reasons_and_kinds_are_counted() -> None:
    metrics = metrics_of(
        done(1, 1, 2),
        done(1, 1, 2, status="partial"),
        done(1, 1, 2, status="rejected", reason="out_of_stock"),
        done(1, 1, 2, kind="return"),
        refused(1, 1, "overloaded"),
        refused(1, 1, "invalid"),
    )
    metrics.duplicate(placed(1.0))
    orders = metrics.block(None, None, 10.0).orders
    assert (orders.placed, orders.fulfilled, orders.partial, orders.rejected) == (6, 2, 1, 3)
    assert orders.rejected_by == {"invalid": 1, "out_of_stock": 1, "overloaded": 1}
    assert orders.by_kind == {"sale": 4, "return": 1}  # what is no order has no kind
    assert orders.duplicates == 1


def test_outcomes_are_told_by_status_and_rejected_ones_by_reason() -> None:
    metrics = metrics_of(
        done(1, 1, 2),
        done(1, 1, 2, group="depot"),
        done(11, 11, 12, status="partial"),
        done(1, 1, 2, status="rejected", reason="out_of_stock"),
        refused(1, 1, "overloaded"),
        refused(11, 11, "overloaded", "depot"),
    )
    assert metrics.outcomes() == {
        "fulfilled": 2,
        "partial": 1,
        "out_of_stock": 1,
        "overloaded": 2,
    }
    assert sum(OrderStatistics(0.0, {}).outcomes().values()) == 0


def test_refused_orders_are_in_no_time() -> None:
    block = metrics_of(refused(1, 1, "overloaded")).block(None, None, 10.0)
    assert (block.latency_s.count, block.wait_s.count, block.service_s.count) == (0, 0, 0)
    assert block.waited is None


def test_waited_is_the_share_of_taken_orders_that_found_nobody_free() -> None:
    metrics = metrics_of(
        done(1, 1, 2), done(1, 2, 3, queued=True), done(1, 1, 2), refused(1, 1, "overloaded")
    )
    assert metrics.block(None, None, 10.0).waited == 1 / 3


def test_an_order_belongs_to_its_group_and_to_the_phase_it_was_scheduled_in() -> None:
    metrics = metrics_of(
        done(9.0, 11.0, 12.0), done(12.0, 12.0, 13.0), done(12.0, 12.0, 14.0, group="depot")
    )
    placed = {
        (group, phase): metrics.block(group, phase, 20.0).orders.placed
        for group in (None, "web", "depot")
        for phase in (None, "opening", "peak")
    }
    assert placed == {
        (None, None): 3,
        (None, "opening"): 1,
        (None, "peak"): 2,
        ("web", None): 2,
        ("web", "opening"): 1,
        ("web", "peak"): 1,
        ("depot", None): 1,
        ("depot", "opening"): 0,
        ("depot", "peak"): 1,
    }
    assert metrics.quantile("latency", 1.0, "depot", "peak") == 2.0
    assert metrics.quantile("wait", 1.0, None, "opening") == 2.0
    assert metrics.quantile("service", 0.5, "depot", "opening") is None


def test_throughput_counts_what_finished_in_the_window_whenever_it_was_placed() -> None:
    metrics = metrics_of(
        done(1, 1, 2),
        done(9, 9, 12),  # placed in the opening, finished in the peak
        refused(15, 15, "overloaded"),
        done(19, 19, 25),  # finished after the last window
    )
    assert metrics.block(None, "opening", 25.0).throughput_per_s == 1 / 10
    assert metrics.block(None, "peak", 25.0).throughput_per_s == 2 / 10
    assert metrics.block(None, None, 25.0).throughput_per_s == 4 / 25


def test_a_window_ends_just_before_its_end() -> None:
    metrics = metrics_of(done(9, 9, 10.0), done(9, 9, math.nextafter(10.0, 0)))
    assert metrics.block(None, "opening", 20.0).throughput_per_s == 1 / 10
    assert metrics.block(None, "peak", 20.0).throughput_per_s == 1 / 10


def test_a_window_that_the_run_did_not_reach_the_end_of_is_as_long_as_it_lasted() -> None:
    metrics = metrics_of(done(1, 1, 2))
    assert metrics.block(None, "opening", 4.0).throughput_per_s == 1 / 4
    assert metrics.block(None, "peak", 4.0).throughput_per_s is None
    assert metrics.block(None, "peak", 4.0).in_system_mean is None


def test_throughput_of_a_group_is_its_own() -> None:
    metrics = metrics_of(done(1, 1, 2), done(1, 1, 2, group="depot"), done(1, 1, 2))
    assert metrics.block("web", "opening", 10.0).throughput_per_s == 2 / 10
    assert metrics.block("depot", None, 10.0).throughput_per_s == 1 / 10


def test_statistics_skip_what_was_placed_in_the_warm_up_and_counts_do_not() -> None:
    metrics = metrics_of(
        done(1, 1, 9, queued=True), done(4, 4, 6), done(5, 5, 6, queued=True), warm_up=5.0
    )
    block = metrics.block(None, None, 10.0)
    assert block.orders.placed == 3
    assert (block.latency_s.count, block.latency_s.mean) == (1, 1.0)
    assert block.waited == 1.0
    # Three ended after the warm-up, in the five seconds that are left.
    assert block.throughput_per_s == 3 / 5
    assert metrics.block(None, "opening", 20.0).throughput_per_s == 3 / 5


def test_a_phase_inside_the_warm_up_has_no_throughput() -> None:
    metrics = metrics_of(done(1, 1, 2), warm_up=10.0)
    assert metrics.block(None, "opening", 20.0).throughput_per_s is None
    assert metrics.block(None, "peak", 20.0).throughput_per_s == 0.0


def test_the_number_in_the_system_is_averaged_over_time() -> None:
    metrics = metrics_of(done(0, 1, 4), refused(5, 6, "overloaded"))
    assert metrics.block(None, None, 10.0).in_system_mean == (4 + 1) / 10
    assert math.fsum(metrics.total_in_system()) == 5.0
    assert metrics.finish_times.value == 10.0


stories = st.builds(
    lambda at, wait, busy, group, late: done(
        at, at + wait, at + wait + busy, group=group, queued=late
    ),
    st.floats(0, 20),
    st.floats(0, 5),
    st.floats(0, 5),
    st.sampled_from(["web", "depot"]),
    st.booleans(),
)


@settings(max_examples=50)
@given(st.lists(stories, max_size=30), st.integers(0, 30), st.sampled_from([0.0, 5.0]))
def test_it_does_not_matter_how_orders_are_batched(
    orders: list[Processed], cut: int, warm_up: float
) -> None:
    at_once, in_two = OrderStatistics(warm_up, WINDOWS), OrderStatistics(warm_up, WINDOWS)
    at_once.take(orders)
    in_two.take(orders[:cut])
    in_two.take(orders[cut:])
    for group in (None, "web"):
        for phase in (None, "peak"):
            assert at_once.block(group, phase, 30.0) == in_two.block(group, phase, 30.0)


@settings(max_examples=50)
@given(st.lists(stories, min_size=1, max_size=30), st.sampled_from([0.0, 5.0]))
def test_the_figures_are_what_a_plain_loop_finds(orders: list[Processed], warm_up: float) -> None:
    block = metrics_of(*orders, warm_up=warm_up).block(None, None, 30.0)
    measured = [o for o in orders if o.serve.place.scheduled >= warm_up]
    times = {
        "latency_s": [o.finished - o.serve.place.scheduled for o in measured],
        "wait_s": [o.started - o.serve.place.scheduled for o in measured],
        "service_s": [o.busy for o in measured],
    }
    for name, expected in times.items():
        spread = getattr(block, name)
        assert spread.count == len(measured)
        if measured:
            assert spread.mean == pytest.approx(sum(expected) / len(expected))
            assert spread.max == max(expected)
    if measured:
        assert block.waited == sum(o.serve.queued for o in measured) / len(measured)
    ended = sum(o.finished >= warm_up for o in orders)
    assert block.throughput_per_s == pytest.approx(ended / (30.0 - warm_up))


def test_the_whole_is_counted_over_all_groups_and_phases() -> None:
    metrics = metrics_of(
        done(1, 1, 2),
        done(11, 11, 12, kind="return"),
        done(11, 11, 12, kind="restock", group="depot"),
        done(1, 1, 2, group="depot"),
    )
    for at, group in ((1.0, "web"), (11.0, "web"), (11.0, "depot")):
        metrics.duplicate(placed(at, group))
    whole = metrics.block(None, None, 20.0).orders
    assert whole.by_kind == {"sale": 2, "return": 1, "restock": 1}
    assert whole.duplicates == 3
    assert metrics.block("web", None, 20.0).orders.duplicates == 2
    assert metrics.block(None, "peak", 20.0).orders.duplicates == 2
