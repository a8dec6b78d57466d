from __future__ import annotations

import math
from random import Random
from statistics import NormalDist
from typing import TYPE_CHECKING

import pytest
from chances import NoChance, Scripted, greatest_gap
from hypothesis import given
from hypothesis import strategies as st

from actors.scenario.distributions import Distribution
from actors.scenario.written_distributions import parse_distribution

if TYPE_CHECKING:
    from collections.abc import Callable

RANDOM_TIMES = [
    "exponential 12ms",
    "uniform 500ms..2s",
    "uniform 0s..1s",
    "lognormal 12ms 0.5",
    "lognormal 3s 1.5",
    "gamma 12ms 0.5",
    "gamma 2s 1",
    "gamma 1min 1.5",
]


def draws(text: str, n: int, seed: int = 1) -> list[float]:
    draw = parse_distribution(text).sampler(Random(seed))
    return [draw() for _ in range(n)]


@pytest.mark.parametrize("text", RANDOM_TIMES)
def test_the_mean_and_the_variation_of_draws_are_as_stated(text: str) -> None:
    n = 40_000
    stated = parse_distribution(text)
    sample = draws(text, n)
    mean = sum(sample) / n
    scv = sum((x - mean) ** 2 for x in sample) / n / mean**2
    assert abs(mean / stated.mean - 1) < 4 * math.sqrt(stated.scv / n)
    assert scv == pytest.approx(stated.scv, rel=0.25 if "1.5" in text else 0.05)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("text", "cdf"),
    [
        ("exponential 2s", lambda x: -math.expm1(-x / 2)),
        ("uniform 1s..3s", lambda x: (x - 1) / 2),
        # The logarithm's own moments for a mean of 1 and a CV of 1.
        (
            "lognormal 1s 1",
            lambda x: NormalDist(-math.log(2) / 2, math.log(2) ** 0.5).cdf(math.log(x)),
        ),
        # Shapes 1, 1/2 and 2, whose distribution functions have closed forms.
        ("gamma 2s 1", lambda x: -math.expm1(-x / 2)),
        (f"gamma 1s {math.sqrt(2):.15f}", lambda x: math.erf(math.sqrt(x / 2))),
        (f"gamma 2s {math.sqrt(0.5):.15f}", lambda x: 1 - math.exp(-x) * (1 + x)),
    ],
)
def test_draws_follow_the_distribution_function(
    text: str, cdf: Callable[[float], float], seed: int
) -> None:
    assert greatest_gap(draws(text, 5000, seed), cdf) < 1.95  # exceeded once in 1,000 by chance


@pytest.mark.parametrize("text", RANDOM_TIMES)
@pytest.mark.parametrize("extreme", [0.0, 2.0**-53, 1 - 2.0**-53])
def test_the_extremes_of_a_uniform_number_give_a_finite_time(text: str, extreme: float) -> None:
    time = parse_distribution(text).sampler(Scripted([extreme]))()
    assert 0 <= time < math.inf


@given(
    st.sampled_from(["lognormal", "gamma"]),
    st.floats(0, 1e6).map("{:.6f}".format),
    st.floats(0, 100).map("{:.9f}".format),
    st.integers(0, 2**32),
)
def test_no_mean_and_cv_give_a_time_below_zero_or_without_end(
    family: str, mean: str, cv: str, seed: int
) -> None:
    draw = parse_distribution(f"{family} {mean}s {cv}").sampler(Random(seed))
    assert all(0 <= draw() < math.inf for _ in range(20))


@pytest.mark.parametrize(
    ("text", "mean"),
    [
        ("12ms", 0.012),
        ("0", 0.0),
        ("uniform 2s..2s", 2.0),
        ("lognormal 5s 0", 5.0),
        ("gamma 5s 0", 5.0),
        ("gamma 0s 2", 0.0),
    ],
)
def test_what_cannot_vary_makes_no_draw(text: str, mean: float) -> None:
    constant = parse_distribution(text)
    assert (constant.mean, constant.scv) == (mean, 0.0)
    assert constant.sampler(NoChance())() == mean


@pytest.mark.parametrize(
    ("text", "mean", "scv"),
    [
        ("exponential 12 ms", 0.012, 1.0),
        ("uniform 500ms..2s", 1.25, 0.12),
        ("uniform 500ms .. 2s", 1.25, 0.12),
        ("  lognormal   12ms  0.5 ", 0.012, 0.25),
        ("gamma 1.5h 2", 5400.0, 4.0),
    ],
)
def test_a_distribution_knows_its_text_its_mean_and_its_variation(
    text: str, mean: float, scv: float
) -> None:
    found = parse_distribution(text)
    assert found.text == text
    assert (found.mean, found.scv) == pytest.approx((mean, scv))


def test_distributions_of_the_same_text_are_equal_and_hash_alike() -> None:
    assert len({parse_distribution("gamma 1s 2"), parse_distribution("gamma 1s 2")}) == 1
    assert parse_distribution("gamma 1s 2") != parse_distribution("lognormal 1s 2")
    assert isinstance(parse_distribution("1s"), Distribution)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("exponentail 12ms", "did you mean exponential"),
        ("Gamma 12ms 1", "did you mean gamma"),
        ("normal 12ms 1ms", "did you mean lognormal"),
        ("weibull 12ms", "exponential, uniform, lognormal, gamma"),
        ("12", "write a number and ms, s, min, h or d"),
        ("", "write a number"),
        ("exponential", "exponential 12ms"),
        ("exponential 12", "not a duration"),
        ("exponential 12ms 0.5", "not a duration"),
        ("uniform 5ms", "uniform 5ms..20ms"),
        ("uniform 20ms..5ms", "runs backwards"),
        ("uniform ..5ms", "not a duration"),
        ("lognormal 12ms", "lognormal 12ms 0.5"),
        ("lognormal 0.5", "lognormal 12ms 0.5"),
        ("gamma 12ms -1", "gamma 12ms 0.5"),
        ("gamma 12ms nan", "gamma 12ms 0.5"),
        ("gamma 12ms 101", "at most 100"),
    ],
)
def test_a_distribution_that_makes_no_sense_is_explained(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_distribution(text)


@given(st.text() | st.sampled_from(RANDOM_TIMES).flatmap(lambda t: st.text().map(t.__add__)))
def test_any_text_is_a_distribution_or_a_value_error(text: str) -> None:
    try:
        found = parse_distribution(text)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - both ways are right; an empty message is not
    else:
        assert 0 <= found.mean < math.inf


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("exponential 1s", [0.144291, 1.88016]),
        ("uniform 0s..1s", [0.134364, 0.847434]),
        ("lognormal 1s 1", [0.28157, 1.66064]),
        ("gamma 1s 0.5", [0.482605, 1.50043]),
        ("gamma 1s 1", [0.109999, 1.90344]),
        ("gamma 1s 2", [0.00438735, 3.5441]),
    ],
)
def test_times_stay_the_same_from_version_to_version(text: str, drawn: list[float]) -> None:
    assert draws(text, 2) == pytest.approx(drawn, rel=1e-5)
