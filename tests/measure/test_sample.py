from __future__ import annotations

import math
import random
from array import array
from functools import reduce
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.measure.result import Spread
from actors.measure.sample import EXACT_LIMIT, ExactSum, Sample

# From a nanosecond up, where two floats hold every bit of a sum below 2**24.
times = st.lists(st.just(0.0) | st.floats(1e-9, 1e4), max_size=60)
SHARES = (0.0, 0.01, 0.5, 0.9, 0.95, 0.99, 1.0)


def sample_of(values: list[float], exact: int = EXACT_LIMIT) -> Sample:
    sample = Sample(exact)
    sample.extend(array("d", values))
    return sample


def nearest_rank(values: list[float], share: float) -> float:
    return sorted(values)[max(1, math.ceil(share * len(values) - 1e-9)) - 1]


def close(found: float | None, truth: float) -> bool:
    return found is not None and abs(found - truth) <= 0.005 * truth + 1e-9


FEW = 20  # an exact limit that small samples cross


def test_an_empty_sample_has_no_figures() -> None:
    assert Sample().spread() == Spread(count=0)
    assert Sample().quantile(0.5) is None
    assert Sample().total == 0.0


@given(times, st.sampled_from(SHARES))
def test_a_small_sample_has_exact_quantiles(values: list[float], share: float) -> None:
    expected = nearest_rank(values, share) if values else None
    assert sample_of(values).quantile(share) == expected


def test_the_figures_of_one_to_a_hundred_are_known() -> None:
    spread = sample_of([float(n) for n in range(100, 0, -1)]).spread()
    assert spread == Spread(count=100, mean=50.5, min=1, p50=50, p90=90, p95=95, p99=99, max=100)


def test_a_rank_is_not_pushed_up_by_rounding() -> None:
    # 0.95 * 20 is 19.000000000000004 in floats.
    assert sample_of([float(n) for n in range(1, 21)]).quantile(0.95) == 19


def test_a_hundred_thousand_values_are_exact_and_one_more_is_within_half_a_percent() -> None:
    rng = random.Random(7)
    values = [rng.lognormvariate(-4, 2) for _ in range(EXACT_LIMIT)]
    sample = sample_of(values)
    assert [sample.quantile(share) for share in SHARES] == [
        nearest_rank(values, share) for share in SHARES
    ]
    values.append(123.0)
    sample.extend(array("d", [123.0]))
    ordered = sorted(values)
    for share in SHARES:
        truth = ordered[max(1, math.ceil(share * len(values) - 1e-9)) - 1]
        assert close(sample.quantile(share), truth)
    assert sample.quantile(1.0) == max(values)
    assert sample.quantile(0.0) == min(values)
    assert sample.total == math.fsum(values)


@given(values=times, share=st.sampled_from(SHARES))
def test_a_large_sample_is_within_half_a_percent(values: list[float], share: float) -> None:
    values += [1.0] * 20
    sample = sample_of(values, exact=10)
    assert sample._buckets is not None
    assert close(sample.quantile(share), nearest_rank(values, share))


@pytest.mark.parametrize(
    ("first", "second"), [(5, 5), (15, 15), (5, 30), (30, 5), (30, 30), (0, 30), (30, 0), (0, 0)]
)
def test_merging_is_the_same_as_extending(first: int, second: int) -> None:
    rng = random.Random(first * 100 + second)
    left = [rng.expovariate(10) for _ in range(first)]
    right = [0.0, *[rng.expovariate(3) for _ in range(second)]][:second]
    merged, extended = sample_of(left, FEW), sample_of(left, FEW)
    merged.merge(sample_of(right, FEW))
    extended.extend(array("d", right))
    assert merged.spread() == extended.spread()
    assert merged.total == extended.total == math.fsum(left + right)
    assert (merged._buckets is None) == (first + second <= FEW)
    assert merged._buckets == extended._buckets


@given(times, times)
def test_merging_keeps_every_figure(left: list[float], right: list[float]) -> None:
    merged = sample_of(left)
    merged.merge(sample_of(right))
    assert merged.spread() == sample_of(left + right).spread()


def test_merging_leaves_the_other_sample_as_it_was() -> None:
    other = sample_of([1.0] * (FEW + 1), FEW)
    before = other.spread()
    whole = Sample()
    whole.merge(other)
    whole.merge(other)
    whole.extend(array("d", [2.0]))
    assert other.spread() == before
    assert whole.count == 2 * before.count + 1


def test_times_below_a_nanosecond_count_as_zero() -> None:
    sample = sample_of([0.0] * FEW + [1e-12, 1.0], FEW)
    assert sample.quantile(0.5) == 0.0
    assert sample.quantile(1.0) == 1.0


@given(st.lists(times, max_size=8))
def test_an_exact_sum_is_what_fsum_finds(batches: list[list[float]]) -> None:
    total = ExactSum()
    for batch in batches:
        total.extend(batch)
    everything = [value for batch in batches for value in batch]
    assert total.value == math.fsum(everything)
    assert math.fsum((*total.parts, *[-value for value in everything])) == 0.0


def test_an_exact_sum_of_many_single_values_does_not_drift() -> None:
    rng = random.Random(3)
    values = [rng.random() * 10 ** rng.randrange(-6, 4) for _ in range(5_000)]
    total = ExactSum()
    for value in values:
        total.add(value)
    assert total.value == math.fsum(values)
    assert reduce(add, values) != math.fsum(values)  # the plain sum does
