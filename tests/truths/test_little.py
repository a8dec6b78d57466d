"""Little's law, L = lambda W: an identity over a run that starts and ends empty.

J. D. C. Little, A Proof for the Queuing Formula L = λW, Operations Research 9(3), 1961, pages
383-387. The left side is counted here, event by event, from the records of all orders; the right
side is what the result says.
"""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise

import msgspec
import pytest
from simple_shops import shop, windows

from actors import Result, Simulation
from actors.measure.records import OrderRecord

SERVERS = 3
Run = tuple[Result, list[OrderRecord]]


@pytest.fixture(scope="module")
def run() -> Run:
    """A busy shop that loses orders, with a peak."""
    web = {
        "count": 7,
        "phases": windows(1, 500, 2.4, "calm") | windows(1, 500, 3.6, "peak"),
        "orders": {"priority": {0: 3, 5: 1}},
    }
    file = BytesIO()
    loaded = shop({"web": web}, servers=SERVERS, router={"queue_limit": 40})
    result = Simulation(loaded, records=file).run()
    return result, msgspec.json.Decoder(OrderRecord).decode_lines(file.getvalue())


def area(spells: list[tuple[float, float]]) -> float:
    """The integral over time of how many spells go on, found by walking through all changes."""
    starts, ends = [start for start, _ in spells], [end for _, end in spells]
    changes = sorted([*((at, 1) for at in starts), *((at, -1) for at in ends)])
    level, total = 0, 0.0
    for (at, change), (then, _) in pairwise(changes):
        level += change
        total += level * (then - at)
    return total


def test_orders_in_the_system_are_those_that_a_walk_through_time_counts(run: Run) -> None:
    result, records = run
    counted = area([(record.placed_s, record.finished_s) for record in records])

    assert result.simulated_s == max(record.finished_s for record in records)
    assert result.in_system_mean == pytest.approx(counted / result.simulated_s, rel=1e-9)


def test_the_queue_is_what_a_walk_through_time_counts(run: Run) -> None:
    result, records = run
    waits = [(order.placed_s, order.started_s) for order in records if order.started_s is not None]

    assert result.processors.queue.mean == pytest.approx(area(waits) / result.simulated_s, rel=1e-9)


def test_utilisation_is_what_a_walk_through_time_counts(run: Run) -> None:
    result, records = run
    served = [
        (order.started_s, order.finished_s) for order in records if order.started_s is not None
    ]
    busy = area(served) / (SERVERS * result.simulated_s)

    assert result.processors.utilisation == pytest.approx(busy, rel=1e-9)


def test_means_are_those_of_the_records(run: Run) -> None:
    result, records = run
    served = [order for order in records if order.started_s is not None]
    latency = sum(order.finished_s - order.placed_s for order in served) / len(served)

    assert result.latency_s.count == len(served) < len(records)
    assert result.latency_s.mean == pytest.approx(latency, rel=1e-9)
    assert result.throughput_per_s == pytest.approx(len(records) / result.simulated_s, rel=1e-9)
