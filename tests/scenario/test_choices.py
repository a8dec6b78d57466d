from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.scenario.sampling import IntRange, Weighted, parse_int_range

if TYPE_CHECKING:
    from collections.abc import Sequence


class NoChance(Random):
    """A generator that must not be drawn from."""

    def random(self) -> float:
        """Fail."""
        raise AssertionError("a draw where nothing is left to chance")


class Scripted(Random):
    """A generator that returns the given numbers, and offers no other way to draw."""

    def __init__(self, numbers: Sequence[float]) -> None:
        super().__init__(0)
        self._numbers = iter(numbers)

    def random(self) -> float:
        """The next number given."""
        return next(self._numbers)


def chi_square(observed: Sequence[int], weights: Sequence[float]) -> float:
    """Pearson's statistic as a normal deviate (Wilson and Hilferty's cube root)."""
    total, scale = sum(observed), sum(weights)
    expected = [total * weight / scale for weight in weights]
    statistic = sum((o - e) ** 2 / e for o, e in zip(observed, expected, strict=True))
    freedom = len(observed) - 1
    spread = 2 / (9 * freedom)
    return float(((statistic / freedom) ** (1 / 3) - (1 - spread)) / math.sqrt(spread))


@pytest.mark.parametrize(
    ("text", "low", "high"), [("3", 3, 3), (3, 3, 3), ("1..5", 1, 5), (" 2 .. 2 ", 2, 2), (0, 0, 0)]
)
def test_a_range_is_one_number_or_two(text: str | int, low: int, high: int) -> None:
    assert parse_int_range(text) == IntRange(low, high)


@pytest.mark.parametrize("text", ["", "1..", "..5", "1...5", "1.5", -1, "a", "1..5..9", True, "٣"])
def test_what_is_no_range_is_refused_with_an_example(text: str | int) -> None:
    with pytest.raises(ValueError, match=r"as in 1\.\.5"):
        parse_int_range(text)


def test_a_range_that_runs_backwards_is_refused() -> None:
    with pytest.raises(ValueError, match=r"write 1\.\.5"):
        parse_int_range("5..1")


def test_a_range_draws_each_of_its_numbers_alike() -> None:
    draw = IntRange(3, 7).sampler(Random(1))
    sample = [draw() for _ in range(10_000)]
    assert set(sample) == {3, 4, 5, 6, 7}
    assert abs(chi_square([sample.count(number) for number in range(3, 8)], [1.0] * 5)) < 3.3


@given(st.integers(0, 10**15), st.integers(0, 10**15))
def test_a_range_reaches_its_ends_and_nothing_beyond(low: int, size: int) -> None:
    ends = IntRange(low, low + size)
    assert ends.sampler(Scripted([0.0]))() == low
    assert ends.sampler(Scripted([1 - 2.0**-53]))() <= low + size
    assert IntRange(low, low).sampler(NoChance())() == low


def test_a_range_of_few_numbers_reaches_its_high_end() -> None:
    assert IntRange(1, 1_000_000).sampler(Scripted([1 - 2.0**-53]))() == 1_000_000


@pytest.mark.parametrize(
    "choice",
    [
        Weighted.of({"a": 4, "b": 4, "c": 2, "d": 90}),
        Weighted.uniform([f"P-{n}" for n in range(50)]),
        Weighted.zipf([f"P-{n}" for n in range(50)], 1.1),
        Weighted.zipf(["a", "b", "c"], 0),
    ],
)
def test_items_are_drawn_in_proportion_to_their_weights(choice: Weighted[str]) -> None:
    draw = choice.sampler(Random(7))
    sample = [draw() for _ in range(20_000)]
    observed = [sample.count(item) for item in choice.items]
    assert abs(chi_square(observed, choice.weights)) < 3.3


def test_zipf_ranks_by_the_order_given() -> None:
    assert Weighted.zipf(["x", "a", "m"], 1).weights == pytest.approx((1, 1 / 2, 1 / 3))


@given(
    st.lists(st.just(0.0) | st.floats(0, allow_infinity=False, max_value=1e300), min_size=1)
    .filter(any)
    .filter(lambda weights: math.isfinite(sum(weights))),
    st.floats(0, 1, exclude_max=True),
)
def test_an_item_without_weight_is_never_drawn(weights: list[float], number: float) -> None:
    choice = Weighted(tuple(range(len(weights))), tuple(weights))
    assert weights[choice.sampler(Scripted([number]))()] > 0


def test_a_choice_of_one_makes_no_draw() -> None:
    assert Weighted.uniform(["only"]).sampler(NoChance())() == "only"
    assert Weighted.of({"never": 0, "always": 3}).sampler(NoChance())() == "always"


@pytest.mark.parametrize("weight", [-1.0, math.nan, math.inf])
def test_a_weight_below_zero_or_without_measure_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="the weight of b"):
        Weighted.of({"a": 1.0, "b": weight})


@pytest.mark.parametrize("weights", [{"a": 0.0}, {"a": 1e308, "b": 1e308}])
def test_weights_must_add_up_to_a_positive_number(weights: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="add up to"):
        Weighted.of(weights)


def test_a_choice_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to choose from"):
        Weighted.uniform([])
    with pytest.raises(ValueError, match="2 items with 1 weights"):
        Weighted(("a", "b"), (1.0,))


@pytest.mark.parametrize("s", [-1.0, math.nan, math.inf])
def test_a_zipf_exponent_below_zero_or_without_measure_is_refused(s: float) -> None:
    with pytest.raises(ValueError, match="exponent"):
        Weighted.zipf(["a", "b"], s)


def test_two_samplers_of_one_choice_do_not_share_their_chance() -> None:
    choice = Weighted.uniform(range(1000))
    first, second = choice.sampler(Random(1)), choice.sampler(Random(1))
    assert [first() for _ in range(20)] == [second() for _ in range(20)]


def test_choices_stay_the_same_from_version_to_version() -> None:
    number = IntRange(1, 100).sampler(Random(1))
    letter = Weighted.zipf("abcdef", 1).sampler(Random(1))
    assert [number() for _ in range(6)] == [14, 85, 77, 26, 50, 45]
    assert "".join(letter() for _ in range(6)) == "addabb"
