"""A time is a function of one uniform number: an order carries the number, whoever serves it."""

from __future__ import annotations

import math
from itertools import combinations, pairwise
from random import Random

import pytest
from chances import NoChance, Scripted, correlation, greatest_gap
from hypothesis import given
from hypothesis import strategies as st

from actors.common.random_streams import fork
from actors.scenario.written_distributions import parse_distribution

RANDOM_TIMES = [
    "exponential 12ms",
    "uniform 500ms..2s",
    "lognormal 12ms 0.5",
    "lognormal 3s 1.5",
    "gamma 12ms 0.5",
    "gamma 2s 1",
    "gamma 1min 1.5",
]
CVS = [0.1, 0.25, 0.5, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0]


def gamma_cdf(shape: float, x: float) -> float:
    """The regularised incomplete gamma function P(shape, x).

    By its series, or beyond the mean by Lentz's continued fraction for 1 - P (Press et al.,
    Numerical Recipes, 3rd edition, section 6.2).
    """
    if x <= 0:
        return 0.0
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1:
        term = total = 1 / shape
        n = shape
        while term > total * 1e-12:
            n += 1
            term *= x / n
            total += term
        return front * total
    b = x + 1 - shape
    c, d = 1e300, 1 / b
    fraction = d
    for i in range(1, 500):
        factor = -i * (i - shape)
        b += 2
        d = 1 / (factor * d + b)
        c = b + factor / c
        fraction *= d * c
        if abs(d * c - 1) < 1e-12:
            break
    return 1 - front * fraction


def test_the_distribution_function_used_here_is_right_where_there_is_a_closed_form() -> None:
    for x in (0.01, 0.5, 1.0, 2.0, 7.0):
        assert gamma_cdf(1.0, x) == pytest.approx(-math.expm1(-x))
        assert gamma_cdf(0.5, x) == pytest.approx(math.erf(math.sqrt(x)))
        assert gamma_cdf(2.0, x) == pytest.approx(1 - math.exp(-x) * (1 + x))


@pytest.mark.parametrize("cv", CVS)
def test_gamma_times_of_one_number_each_follow_the_distribution_function(cv: float) -> None:
    time, shape = parse_distribution(f"gamma 1s {cv}").times(), 1 / cv**2
    random = Random(11).random
    sample = [time(random()) for _ in range(10_000)]
    # Exceeded once in 1,000 by chance.
    assert greatest_gap(sample, lambda x: gamma_cdf(shape, x * shape)) < 1.95


@pytest.mark.parametrize("cv", [cv for cv in CVS if cv <= 1])
def test_gamma_times_grow_with_their_number_in_nearly_all_cases(cv: float) -> None:
    time, n = parse_distribution(f"gamma 1s {cv}").times(), 5_000
    times = [time((k + 0.5) / n) for k in range(n)]
    # A number that is rejected falls out of the line: one step down for each, at most.
    assert sum(later < earlier for earlier, later in pairwise(times)) < 0.05 * n


@pytest.mark.parametrize("cv", CVS)
def test_gamma_times_on_the_whole_grow_with_their_number(cv: float) -> None:
    time, n = parse_distribution(f"gamma 1s {cv}").times(), 5_000
    times = [time((k + 0.5) / n) for k in range(n)]
    ranks = {x: float(rank) for rank, x in enumerate(sorted(times))}
    spearman = correlation(list(range(n)), [ranks[x] for x in times]) / math.sqrt(n)
    assert spearman > (0.9 if cv <= 1 else 0.1)


@pytest.mark.parametrize(
    "text", ["exponential 12ms", "uniform 500ms..2s", "lognormal 12ms 0.5", "lognormal 3s 1.5"]
)
def test_times_by_inversion_always_grow_with_their_number(text: str) -> None:
    time, n = parse_distribution(text).times(), 2_000
    times = [time(k / n) for k in range(n)]
    assert all(earlier < later for earlier, later in pairwise(times))


@pytest.mark.parametrize("text", RANDOM_TIMES)
def test_every_time_takes_one_number_of_its_stream(text: str) -> None:
    numbers = [Random(seed).random() for seed in range(500)]
    times = parse_distribution(text).times()
    draw = parse_distribution(text).sampler(Scripted(numbers))
    assert [draw() for _ in numbers] == [times(number) for number in numbers]
    with pytest.raises(StopIteration):
        draw()


@pytest.mark.parametrize("text", RANDOM_TIMES)
def test_one_number_always_gives_the_same_time(text: str) -> None:
    one, other = parse_distribution(text).times(), parse_distribution(text).times()
    other(0.75)  # nothing is kept from one time to the next
    assert all(one(k / 101) == other(k / 101) for k in range(101))


@given(
    st.sampled_from(
        ["{}s", "exponential {}s", "uniform 0s..{}s", "lognormal {}s 0.5", "lognormal {}s 3"]
        + [f"gamma {{}}s {cv}" for cv in CVS]
    ),
    st.integers(1, 1_000),
    st.integers(2, 50),
    st.floats(0, 1, exclude_max=True),
)
def test_a_mean_that_is_a_multiple_makes_the_same_multiple_of_every_time(
    form: str, mean: int, factor: int, number: float
) -> None:
    # So that a faster processor is faster with every order, and by as much.
    slow = parse_distribution(form.format(mean * factor)).times()
    fast = parse_distribution(form.format(mean)).times()
    assert slow(number) == pytest.approx(factor * fast(number), rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("text", RANDOM_TIMES)
@pytest.mark.parametrize("number", [0.0, 2.0**-53, 0.5, 1 - 2.0**-53])
def test_every_number_gives_a_finite_time(text: str, number: float) -> None:
    assert 0 <= parse_distribution(text).times()(number) < math.inf


@pytest.mark.parametrize(
    "text", ["12ms", "0", "uniform 2s..2s", "lognormal 5s 0", "gamma 5s 0", "gamma 0s 2"]
)
def test_only_what_never_varies_is_constant(text: str) -> None:
    constant = parse_distribution(text)
    assert constant.constant
    assert constant.times()(0.0) == constant.times()(0.999) == constant.mean
    assert constant.sampler(NoChance())() == constant.mean
    assert not any(parse_distribution(random).constant for random in RANDOM_TIMES)


# Several times of one number.


def times_by_line(text: str, lines: int) -> list[list[float]]:
    """The times of an order's lines, as servers make them, for many orders."""
    time, random = parse_distribution(text).times(), Random(5).random
    numbers = [random() for _ in range(20_000)]
    return [[time(fork(number, line)) for number in numbers] for line in range(lines)]


LINE_TIMES = [
    "exponential 1s",
    "uniform 0s..1s",
    "lognormal 1s 1",
    "gamma 1s 1",
    "gamma 1s 2",
]


@pytest.mark.parametrize("text", LINE_TIMES)
def test_the_lines_of_an_order_take_times_that_have_nothing_to_do_with_one_another(
    text: str,
) -> None:
    for some, others in combinations(times_by_line(text, 4), 2):
        assert abs(correlation(some, others)) < 4
        assert not any(one == other for one, other in zip(some, others, strict=True))
