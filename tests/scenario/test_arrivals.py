from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.scenario.arrivals import Pattern, Window, arrivals, expected_orders

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FLAT = Window("flat", 0.0, 100.0, 10.0)
RAMP_UP = Window("up", 0.0, 100.0, 0.0, ramp_to=20.0)
RAMP_DOWN = Window("down", 10.0, 100.0, 16.0, ramp_to=4.0)
DAY = (
    Window("opening", 0.0, 40.0, 5.0, ramp_to=30.0),
    Window("closed", 40.0, 10.0, 0.0),
    Window("flash", 50.0, 10.0, 30.0, burst=25),
    Window("evening", 60.0, 40.0, 30.0, ramp_to=0.0),
)


def times(
    windows: Sequence[Window], pattern: Pattern, *, size: int = 1, seed: int = 1
) -> list[float]:
    return [at for at, _ in arrivals(windows, pattern, size, Random(seed))]


def greatest_gap(sample: Sequence[float], cdf: Callable[[float], float]) -> float:
    """The Kolmogorov-Smirnov distance, times the square root of the sample's size."""
    n = len(sample)
    return math.sqrt(n) * max(
        max((k + 1) / n - cdf(x), cdf(x) - k / n) for k, x in enumerate(sorted(sample))
    )


def share_until(window: Window) -> Callable[[float], float]:
    slope = (window.final_rate - window.rate) / window.duration

    def cdf(at: float) -> float:
        t = at - window.start
        return (window.rate * t + slope * t * t / 2) / window.area

    return cdf


@st.composite
def phases(draw: st.DrawFn) -> tuple[Window, ...]:
    rates = st.one_of(st.just(0.0), st.floats(0.001, 20.0))
    found: list[Window] = []
    start = 0.0
    for number in range(draw(st.integers(1, 5))):
        duration = draw(st.floats(0.01, 20.0))
        ramp_to = draw(st.one_of(st.none(), rates))
        burst = draw(st.integers(0, 3))
        found.append(Window(f"phase {number}", start, duration, draw(rates), ramp_to, burst))
        start += duration
    return tuple(found)


@pytest.mark.parametrize("window", [FLAT, RAMP_UP, RAMP_DOWN])
def test_poisson_counts_have_the_integral_as_their_mean_and_their_variance(window: Window) -> None:
    counts = [len(times([window], "poisson", seed=seed)) for seed in range(200)]
    mean = sum(counts) / len(counts)
    variance = sum((n - mean) ** 2 for n in counts) / (len(counts) - 1)
    assert abs(mean - window.area) < 4 * math.sqrt(window.area / len(counts))
    assert abs(variance / window.area - 1) < 4 * math.sqrt(2 / len(counts))


@pytest.mark.parametrize("window", [FLAT, RAMP_UP, RAMP_DOWN])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_poisson_moments_are_distributed_as_the_rate_is(window: Window, seed: int) -> None:
    sample = times([window], "poisson", seed=seed)
    assert greatest_gap(sample, share_until(window)) < 1.95  # passed by chance once in 1,000


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_poisson_gaps_at_a_steady_rate_are_exponential(seed: int) -> None:
    gaps = [later - earlier for earlier, later in pairwise(times([FLAT], "poisson", seed=seed))]
    assert greatest_gap(gaps, lambda gap: -math.expm1(-FLAT.rate * gap)) < 1.95


def test_each_phase_of_a_poisson_day_gets_its_own_share() -> None:
    counts = Counter(
        phase for seed in range(100) for _, phase in arrivals(DAY, "poisson", 1, Random(seed))
    )
    for window in DAY:
        expected = 100 * (window.area + window.burst)
        assert abs(counts[window.name] - expected) <= 4 * math.sqrt(100 * window.area)


def test_even_arrivals_at_a_steady_rate_keep_one_distance() -> None:
    found = times([Window("flat", 3.0, 2.0, 4.0)], "even")
    assert found == pytest.approx([3.125, 3.375, 3.625, 3.875, 4.125, 4.375, 4.625, 4.875])


def test_even_arrivals_follow_a_ramp_through_the_middle_of_each_unit() -> None:
    cdf = share_until(RAMP_DOWN)
    found = times([RAMP_DOWN], "even")
    assert [cdf(at) * RAMP_DOWN.area for at in found] == pytest.approx(
        [k + 0.5 for k in range(1000)]
    )


def test_even_arrivals_carry_a_fraction_over_to_the_next_phase() -> None:
    pieces = [Window(str(number), number * 0.1, 0.1, 3.0) for number in range(100)]
    whole = [Window("whole", 0.0, 10.0, 3.0)]
    assert times(pieces, "even") == pytest.approx(times(whole, "even"))


@given(phases())
def test_even_counts_are_within_one_of_the_integral_in_every_phase(
    windows: tuple[Window, ...],
) -> None:
    counts = Counter(phase for _, phase in arrivals(windows, "even", 1, Random(1)))
    for window in windows:
        assert abs(counts[window.name] - window.burst - window.area) <= 1 + 1e-9
    assert abs(counts.total() - expected_orders(windows)) <= 0.5 + 1e-9


@given(phases(), st.sampled_from(["poisson", "even", "batch"]), st.integers(0, 2**32))
def test_moments_never_decrease_and_lie_in_their_own_phase(
    windows: tuple[Window, ...], pattern: Pattern, seed: int
) -> None:
    by_name = {window.name: window for window in windows}
    found = list(arrivals(windows, pattern, 3, Random(seed)))
    assert all(earlier <= later for (earlier, _), (later, _) in pairwise(found))
    for at, phase in found:
        assert by_name[phase].start <= at < by_name[phase].start + by_name[phase].duration


@given(phases(), st.sampled_from(["poisson", "even", "batch"]), st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_moments(
    windows: tuple[Window, ...], pattern: Pattern, seed: int
) -> None:
    first = list(arrivals(windows, pattern, 3, Random(seed)))
    assert first == list(arrivals(windows, pattern, 3, Random(seed)))


def test_another_seed_gives_other_poisson_moments_and_the_same_even_ones() -> None:
    assert times(DAY, "poisson", seed=1) != times(DAY, "poisson", seed=2)
    assert times(DAY, "even", seed=1) == times(DAY, "even", seed=2)


def test_batches_come_whole_and_their_rate_counts_orders() -> None:
    sizes = Counter(Counter(times([FLAT], "batch", size=20)).values())
    assert set(sizes) == {20}
    batches = [
        sum(Counter(times([FLAT], "batch", size=20, seed=s)).values()) / 20 for s in range(200)
    ]
    assert abs(sum(batches) / 200 - FLAT.area / 20) < 4 * math.sqrt(FLAT.area / 20 / 200)


def test_a_batch_of_one_is_a_poisson_process() -> None:
    assert times(DAY, "batch", size=1) == times(DAY, "poisson")


def test_a_burst_comes_at_the_start_of_its_phase_beside_the_rate() -> None:
    window = Window("flash", 5.0, 1.0, 3.0, burst=500)
    found = times([window], "even")
    assert found[:500] == [5.0] * 500
    assert found[500:] == pytest.approx([5 + 1 / 6, 5.5, 5 + 5 / 6])


def test_a_burst_alone_needs_no_rate() -> None:
    found = list(arrivals([Window("flash", 2.0, 1.0, 0.0, burst=3)], "poisson", 1, Random(1)))
    assert found == [(2.0, "flash")] * 3


def test_nothing_arrives_while_the_rate_is_zero() -> None:
    assert all(not 40.0 <= at < 50.0 for at in times(DAY, "poisson"))
    assert times([Window("closed", 0.0, 10.0, 0.0)], "poisson") == []


def test_arrivals_are_made_as_they_are_asked_for() -> None:
    endless = Window("endless", 0.0, 1e12, 1e9)
    first, phase = next(arrivals([endless], "poisson", 1, Random(1)))
    assert first < 1e-6
    assert phase == "endless"


def test_a_slope_that_is_nearly_flat_loses_no_digits() -> None:
    flat = Window("flat", 0.0, 100.0, 100.0)
    nearly = Window("nearly", 0.0, 100.0, 100.0, ramp_to=100.0 + 1e-12)
    assert times([nearly], "even") == pytest.approx(times([flat], "even"), rel=1e-12)


def test_expected_orders_add_areas_and_bursts() -> None:
    assert expected_orders(DAY) == 40 * 17.5 + 10 * 30 + 25 + 40 * 15
    assert expected_orders([]) == 0
