"""Against queueing theory: runs of minutes, which leave little to chance."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from estimates import controlled, mean_of
from exact_queues import erlang_c, mmc_wait, mmc_wait_quantile, pollaczek_khinchine
from simple_shops import batches_of, play, shop, times_in_system, waited, waits, windows

from actors import Result

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SERVICE = 1.0
LONG = 20  # batches of a long run


@pytest.fixture(scope="module")
def one_server() -> Sequence[Result]:
    """M/M/1 at 80 %, 1.2 million orders: the mean wait to ±2 % (95 %) even without a control."""
    return play(shop({"web": {"phases": windows(LONG, 75_000, 0.8)}}), seeds=[1])


@pytest.fixture(scope="module")
def eight_servers() -> Sequence[Result]:
    """M/M/8 at 80 %, 400,000 orders."""
    web = {"count": 100, "phases": windows(LONG, 3_125, 6.4)}
    return play(shop({"web": web}, servers=8), seeds=[1])


def test_one_server_makes_orders_wait_as_long_as_exact(one_server: Sequence[Result]) -> None:
    exact = mmc_wait(0.8, 1, SERVICE)
    wait = controlled(batches_of(one_server, waits), 0.8)
    time = controlled(batches_of(one_server, times_in_system), 0.8)

    assert exact == pytest.approx(pollaczek_khinchine(0.8, SERVICE, 1))
    assert wait.agrees(exact, within=0.02)
    assert time.agrees(exact + SERVICE, within=0.02)


def test_the_longest_twentieth_of_the_waits_at_one_server_is_as_long_as_exact(
    one_server: Sequence[Result],
) -> None:
    assert_95th_percentile(one_server, mmc_wait_quantile(0.95, 0.8, 1, SERVICE))


def test_the_longest_twentieth_of_the_waits_at_eight_servers_is_as_long_as_exact(
    eight_servers: Sequence[Result],
) -> None:
    assert_95th_percentile(eight_servers, mmc_wait_quantile(0.95, 6.4, 8, SERVICE))


def assert_95th_percentile(results: Sequence[Result], exact: float) -> None:
    (result,) = results
    by_batch = [phase.wait_s.p95 or 0.0 for phase in result.phases.values()]

    assert mean_of(by_batch).agrees(exact, within=0.04)
    assert result.wait_s.p95 == pytest.approx(exact, rel=0.04)


def test_eight_servers_meet_every_figure_of_erlang_closely(
    eight_servers: Sequence[Result],
) -> None:
    wait = mmc_wait(6.4, 8, SERVICE)
    by_wait = controlled(batches_of(eight_servers, waits, 8), 0.8)
    by_time = controlled(batches_of(eight_servers, times_in_system, 8), 0.8)
    by_share = controlled(batches_of(eight_servers, waited, 8), 0.8)

    assert by_wait.agrees(wait, within=0.05)
    assert by_time.agrees(wait + SERVICE, within=0.015)
    assert by_share.agrees(erlang_c(6.4, 8), within=0.015)


@pytest.mark.parametrize(
    ("service", "scv", "rate", "batch_s"),
    [
        ("1s", 0.0, 0.8, 28_750),  # M/D/1: 460,000 orders are ±2 % without a control
        ("gamma 1s 0.5", 0.25, 0.8, 6_000),
        ("gamma 1s 1.5", 2.25, 0.5, 22_000),
        ("lognormal 1s 0.8", 0.64, 0.5, 22_000),
    ],
)
def test_one_server_of_any_kind_makes_orders_wait_as_long_as_pollaczek_and_khinchine_say(
    service: str, scv: float, rate: float, batch_s: float
) -> None:
    web = {"phases": windows(LONG, batch_s, rate)}
    results = play(shop({"web": web}, service=service), seeds=[1])
    exact = pollaczek_khinchine(rate, SERVICE, scv)
    found = controlled(batches_of(results, waits), rate)

    assert found.agrees(exact, within=0.02)
