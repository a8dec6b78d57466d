from __future__ import annotations

import math
from random import Random

import pytest
from chances import NoChance, Scripted, chi_square
from hypothesis import given
from hypothesis import strategies as st

from actors.scenario.choices import IntRange, Weighted, parse_int_range
from actors.scenario.draws import evenly


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
    even = Weighted.uniform("abcdef").sampler(Random(1))
    assert "".join(even() for _ in range(12)) == "caefbbcecdab"


# Items that are as likely as one another.


@pytest.mark.parametrize("count", [2, 3, 7, 64, 100])
def test_items_of_one_weight_are_drawn_evenly(count: int) -> None:
    for weight in (1.0, 0.25):
        draw = Weighted(tuple(range(count)), (weight,) * count).sampler(Random(count))
        sample = [draw() for _ in range(400 * count)]
        observed = [sample.count(item) for item in range(count)]
        assert abs(chi_square(observed, [1.0] * count)) < 3.3


def test_an_item_that_is_added_changes_only_the_draws_that_choose_it() -> None:
    random = Random(5).random
    numbers = [random() for _ in range(4_000)]
    before: list[int] | None = None
    for count in range(2, 40):
        draw = Weighted.uniform(range(count)).sampler(Scripted(numbers))
        drawn = [draw() for _ in numbers]
        if before is not None:
            moved = [new for old, new in zip(before, drawn, strict=True) if old != new]
            assert set(moved) == {count - 1}
            # Its share, and no more: four standard deviations.
            expected = len(numbers) / count
            assert abs(len(moved) - expected) < 4 * math.sqrt(expected)
        before = drawn


@given(st.integers(2, 10**4), st.floats(0, 1, exclude_max=True))
def test_every_number_chooses_an_item_and_keeps_it_until_a_later_one_joins(
    count: int, number: float
) -> None:
    chosen = evenly(range(count), lambda: number)()
    assert 0 <= chosen < count
    # Among those up to it, it is chosen as well; and without it, somebody else.
    assert evenly(range(chosen + 1), lambda: number)() == chosen
    if chosen:
        assert evenly(range(chosen), lambda: number)() < chosen


@pytest.mark.parametrize("number", [0.0, 2.0**-53, 0.5, 1 - 2.0**-53])
@pytest.mark.parametrize("count", [2, 3, 1_000, 100_000])
def test_the_extremes_of_a_uniform_number_choose_an_item(count: int, number: float) -> None:
    assert 0 <= evenly(range(count), lambda: number)() < count


def test_weights_that_differ_are_not_drawn_evenly() -> None:
    # One item without weight makes the weights differ, and is not drawn.
    draw = Weighted((0, 1, 2), (1.0, 0.0, 1.0)).sampler(Random(1))
    assert {draw() for _ in range(200)} == {0, 2}
