"""Against queueing theory: runs of seconds. `test_queueing_long` has those of minutes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from estimates import Batch, batch_means, controlled
from exact_queues import (
    batch_response,
    erlang_b,
    erlang_c,
    machine_repair,
    mmc_wait,
    priority_waits,
)
from simple_shops import batches_of, lost, play, shop, times_in_system, waited, waits, windows

from actors import Result

pytestmark = pytest.mark.slow  # the figures of many runs

RATE, SERVERS, SERVICE = 6.4, 8, 1.0
LOAD = RATE * SERVICE / SERVERS


@pytest.fixture(scope="module")
def eight_servers() -> Sequence[Result]:
    """M/M/8 at 80 %, 5 seeds of about 32,000 orders, in 20 batches each.

    Without help, so many orders give a mean time in system to ±2.4 %, a share that waits to
    ±2.8 % and a mean wait to ±10 % (95 % intervals). The control variate halves that.
    """
    web = {"count": 100, "phases": windows(20, 250, RATE), "orders": {"sku": "zipf 1"}}
    return play(shop({"web": web}, servers=SERVERS, products=50), seeds=range(1, 6))


def test_eight_servers_keep_orders_in_the_system_as_long_as_erlang_says(
    eight_servers: Sequence[Result],
) -> None:
    exact = mmc_wait(RATE, SERVERS, SERVICE) + SERVICE
    found = controlled(batches_of(eight_servers, times_in_system, SERVERS), LOAD)

    assert found.agrees(exact, within=0.02)


def test_eight_servers_make_as_many_orders_wait_as_erlang_says(
    eight_servers: Sequence[Result],
) -> None:
    exact = erlang_c(RATE * SERVICE, SERVERS)
    found = controlled(batches_of(eight_servers, waited, SERVERS), LOAD)

    assert found.agrees(exact, within=0.02)


def test_eight_servers_make_orders_wait_as_long_as_erlang_says(
    eight_servers: Sequence[Result],
) -> None:
    exact = mmc_wait(RATE, SERVERS, SERVICE)
    found = controlled(batches_of(eight_servers, waits, SERVERS), LOAD)

    assert found.agrees(exact, within=0.05)


def test_without_the_control_variate_eight_servers_are_as_exact_as_chance_allows(
    eight_servers: Sequence[Result],
) -> None:
    exact = mmc_wait(RATE, SERVERS, SERVICE)
    by_wait = batch_means(batches_of(eight_servers, waits, SERVERS))
    by_time = batch_means(batches_of(eight_servers, times_in_system, SERVERS))
    by_share = batch_means(batches_of(eight_servers, waited, SERVERS))

    assert by_wait.agrees(exact, within=0.12)
    assert by_time.agrees(exact + SERVICE, within=0.03)
    assert by_share.agrees(erlang_c(RATE * SERVICE, SERVERS), within=0.03)


def test_utilisation_is_the_load_divided_by_the_servers(eight_servers: Sequence[Result]) -> None:
    # The work of n orders is a sum of a Poisson number of exponentials: its relative standard
    # error is the square root of 2 / n.
    orders = sum(result.orders.placed for result in eight_servers)
    busy = math.fsum(r.processors.utilisation * r.simulated_s for r in eight_servers)
    found = busy / math.fsum(result.simulated_s for result in eight_servers)

    assert abs(found / LOAD - 1) < 3 * math.sqrt(2 / orders)


def test_the_queue_is_as_long_as_the_waits_in_it_say(eight_servers: Sequence[Result]) -> None:
    # Little's law for the queue: the router averaged its length over time, and the collector
    # heard from the processors how long each order waited.
    for result in eight_servers:
        assert result.processors.queue.mean * result.simulated_s == pytest.approx(
            waits(result), rel=1e-9
        )


def test_without_a_queue_as_many_orders_are_lost_as_erlang_says() -> None:
    web = {"phases": windows(20, 150, RATE)}
    results = play(shop({"web": web}, servers=SERVERS, router={"queue_limit": 0}), seeds=[1])
    exact = erlang_b(RATE * SERVICE, SERVERS)
    # What lost orders would have brought is unknown, so the control is the number that came.
    batches = [
        Batch(lost(phase), phase.orders.placed, phase.orders.placed / (RATE * 150))
        for phase in results[0].phases.values()
    ]
    found = controlled(batches, load=1)

    assert found.agrees(exact, within=0.05)


def test_clients_that_wait_for_answers_meet_the_interactive_response_time_law() -> None:
    clients, think = 20, 3.0
    group = {"count": clients, "think": f"exponential {think}s", "phases": windows(20, 150)}
    (result,) = play(shop({"desk": group}, servers=4), seeds=[1])
    exact = machine_repair(clients, think, 4, SERVICE)
    found = batch_means(batches_of([result], times_in_system, 4))
    throughput = result.orders.placed / (20 * 150)

    assert found.agrees(exact.response, within=0.05)
    assert throughput == pytest.approx(exact.throughput, rel=0.01)
    assert throughput * (found.value + think) == pytest.approx(clients, rel=0.01)


def test_orders_that_arrive_in_batches_wait_for_one_another() -> None:
    rate, batch = 0.5, 4
    web = {"arrivals": f"batch {batch}", "phases": windows(20, 1_500, rate)}
    results = play(shop({"web": web}), seeds=[1, 2, 3])
    exact = batch_response(rate, batch, SERVICE)
    found = controlled(batches_of(results, times_in_system), rate * SERVICE)

    assert found.agrees(exact, within=0.05)


def test_a_higher_priority_waits_as_much_less_as_cobham_says() -> None:
    rates = {"high": 0.2, "low": 0.4}
    groups = {
        name: {"phases": windows(20, 2_000, rate, name), "orders": {"priority": priority}}
        for (name, rate), priority in zip(rates.items(), (5, -5), strict=True)
    }
    results = play(shop(groups), seeds=[1])
    both = batches_of(results, waits)
    high, low = both[:20], both[20:]
    work = [of_high.load + of_low.load for of_high, of_low in zip(high, low, strict=True)]
    for batches, exact in zip((high, low), priority_waits((0.2, 0.4), SERVICE), strict=True):
        loaded = [batch._replace(load=load) for batch, load in zip(batches, work, strict=True)]
        found = controlled(loaded, load=0.6)

        assert found.agrees(exact, within=0.08)
