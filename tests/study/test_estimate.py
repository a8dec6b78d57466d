from __future__ import annotations

import math
from random import Random
from statistics import NormalDist

import pytest
from small_sets import loaded_shop

from actors import Simulation
from actors.study.estimate import Estimate, estimate


def test_the_interval_is_that_of_the_textbook() -> None:
    # A. M. Law, Simulation Modeling and Analysis, 5th edition, section 4.5: ten observations,
    # whose 90 % interval is 1.34 ± 0.24; the 95 % one is wider by 2.262 / 1.833.
    values = [1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09]
    found = estimate(values)

    assert found.mean == pytest.approx(1.343)
    assert found.half_width == pytest.approx(0.24 * 2.262 / 1.833, abs=0.007)
    assert (found.n, found.min, found.max) == (10, 0.50, 1.89)


def test_one_value_has_no_interval() -> None:
    assert estimate([3.0]) == Estimate(mean=3.0, half_width=None, n=1, min=3.0, max=3.0)


def test_no_value_has_nothing() -> None:
    assert estimate([]) == Estimate(mean=None, half_width=None, n=0, min=None, max=None)
    assert estimate([]).relative is None


@pytest.mark.parametrize("value", [0.15, 1 / 3, 0.1 + 0.2, 1e300])
def test_the_mean_of_equal_values_is_that_value_to_the_last_digit(value: float) -> None:
    found = estimate([value] * 7)

    assert found.mean == value
    assert found.half_width == 0.0


def test_the_relative_half_width_is_a_share_of_the_mean() -> None:
    assert estimate([9.0, 11.0]).relative == pytest.approx(12.7062 / 10, rel=1e-4)
    assert estimate([-9.0, -11.0]).relative == pytest.approx(12.7062 / 10, rel=1e-4)
    assert estimate([0.0, 0.0]).relative == 0.0
    assert estimate([-1.0, 1.0]).relative == math.inf


def coverage(size: int, sets: int = 4_000) -> float:
    """The share of intervals over `size` normal values that hold the true mean."""
    rng = Random(20)
    hits = 0
    for _ in range(sets):
        found = estimate([rng.gauss(10, 3) for _ in range(size)])
        assert found.mean is not None
        assert found.half_width is not None
        hits += abs(found.mean - 10) <= found.half_width
    return hits / sets


@pytest.mark.parametrize("size", [2, 5, 20])
def test_of_a_hundred_intervals_ninety_five_hold_the_true_mean(size: int) -> None:
    # 4,000 sets give the share to ±0.7 percent points (two standard errors). The quantile of
    # the normal distribution in place of Student's would give 70 %, 88 % and 93.5 %.
    assert coverage(size) == pytest.approx(0.95, abs=0.008)


def test_that_test_would_notice_the_normal_quantile(monkeypatch: pytest.MonkeyPatch) -> None:
    z = NormalDist().inv_cdf(0.975)
    monkeypatch.setattr("actors.study.estimate.t_quantile", lambda *_: z)

    assert coverage(5) < 0.90


def test_intervals_over_replications_hold_the_expected_number_of_orders() -> None:
    # Poisson arrivals, 10/s for 4 s: 40 orders are expected. 30 sets of 8 replications.
    loaded = loaded_shop("clients.web.phases.day.duration=4s")
    placed = [
        float(Simulation(loaded, replication=number).run().orders.placed) for number in range(240)
    ]
    hits = 0
    for first in range(0, 240, 8):
        found = estimate(placed[first : first + 8])
        assert found.mean is not None
        assert found.half_width is not None
        hits += abs(found.mean - 40) <= found.half_width

    assert 25 <= hits <= 30  # 28.5 expected, standard deviation 1.2
