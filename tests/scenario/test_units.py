"""What people write is converted exactly and rounded once."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenario_texts import scenario

from actors.common.units import parse_duration, parse_rate, same_time, show_duration
from actors.measure.thresholds.reading import parse_threshold
from actors.scenario.written_distributions import parse_distribution

SECONDS = {"ms": Fraction(1, 1000), "s": Fraction(1), "min": Fraction(60), "h": Fraction(3600)}
SECONDS["d"] = Fraction(86400)

decimals = st.decimals(0, 10**9, allow_nan=False, places=6).map("{:f}".format)


def test_every_whole_number_of_milliseconds_is_the_same_time_in_seconds() -> None:
    # 282 of these differed in the last digit when they were multiplied by 0.001.
    for number in range(1, 2_000):
        exact = float(Decimal(number) / 1000)
        assert parse_duration(f"{number}ms") == exact
        assert parse_duration(f"{number / 1000:.3f}s") == exact


@pytest.mark.parametrize("unit", SECONDS)
def test_every_unit_is_converted_exactly(unit: str) -> None:
    for number in range(2_000):
        assert parse_duration(f"{number}{unit}") == float(number * SECONDS[unit])
        text = f"{number}.{number:04}"
        assert parse_duration(text + unit) == float(Fraction(text) * SECONDS[unit])


@given(decimals, st.sampled_from(list(SECONDS)))
def test_a_duration_is_the_float_nearest_to_what_is_written(text: str, unit: str) -> None:
    assert parse_duration(text + unit) == float(Fraction(text) * SECONDS[unit])


@given(decimals, st.sampled_from(["s", "min", "h", "d"]))
def test_a_rate_is_the_float_nearest_to_what_is_written(text: str, unit: str) -> None:
    assert parse_rate(f"{text}/{unit}") == float(Fraction(text) / SECONDS[unit])


@pytest.mark.parametrize("unit", ["s", "min", "h", "d"])
def test_every_whole_rate_is_the_quotient(unit: str) -> None:
    for number in range(2_000):
        assert parse_rate(f"{number}/{unit}") == number / int(SECONDS[unit])


@pytest.mark.parametrize(
    ("one", "other"), [("9ms", "0.009s"), ("90s", "1.5min"), ("0.1h", "6min"), ("36h", "1.5d")]
)
def test_one_time_in_two_units_is_one_float_wherever_it_is_written(one: str, other: str) -> None:
    assert parse_duration(one) == parse_duration(other)
    assert parse_distribution(one).mean == parse_distribution(other).mean
    assert parse_distribution(f"gamma {one} 2").mean == parse_duration(other)
    limits = [parse_threshold(f"latency p99 < {text}").value for text in (one, other)]
    assert limits[0] == limits[1] == parse_duration(one)


def test_one_rate_in_two_units_is_one_float_wherever_it_is_written() -> None:
    assert parse_rate("0.35/s") == parse_rate("21/min") == parse_rate("1260/h")
    limits = [
        parse_threshold(f"throughput > {text}").value for text in ("0.35/s", "21/min", "1260/h")
    ]
    assert set(limits) == {parse_rate("21/min")}


def test_a_scenario_reads_its_times_and_rates_as_exactly() -> None:
    found = scenario(
        "stocksim: 1\nwarm_up: 57ms\nproducts: {A: {stock: 1}}\n"
        "processors: {service_time: 1001ms, line_time: 9ms}\n"
        "clients: {web: {phases: {day: {duration: 1.1min, rate: 21/min}}}}\n"
    )
    assert found.warm_up == 0.057
    assert found.processors.service_time.mean == 1.001
    assert found.processors.line_time.mean == 0.009
    phase = found.clients["web"].phases["day"]
    assert (phase.duration, phase.rate) == (66.0, 0.35)


def test_only_no_time_at_all_may_lack_its_unit() -> None:
    assert parse_duration("0") == parse_duration(" 0 ") == parse_duration("0s") == 0.0


@pytest.mark.parametrize("text", ["1", "00", "0.0", "", "s", "-1s", "1e3s", "1.s", "1 sec", "1ms2"])
def test_what_is_no_duration_is_refused_with_its_units(text: str) -> None:
    with pytest.raises(ValueError, match="write a number and ms, s, min, h or d"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["1", "0", "", "/s", "1/ms", "-1/s", "1 per s", "1/s/s"])
def test_what_is_no_rate_is_refused_with_its_units(text: str) -> None:
    with pytest.raises(ValueError, match="write a number and /s, /min, /h or /d"):
        parse_rate(text)


# Times that are measured.


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (0.01, 0.010000000000218279, True),  # 10 ms an hour after the run's start
        (0.01, 0.010000002, False),
        (0.0, 1e-9, True),
        (0.0, 1.1e-9, False),
        (1000.0, 1000.000001, True),
        (1000.0, 1000.0000011, False),
        (1.0, math.nan, False),
        (math.inf, math.inf, True),
    ],
)
def test_two_times_are_the_same_within_rounding(one: float, other: float, same: bool) -> None:
    assert same_time(one, other) is same
    assert same_time(other, one) is same


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.0, "0s"),
        (0.0125, "12.5ms"),
        (0.9994, "999ms"),
        (0.9996, "1s"),
        (119.9, "120s"),
        (120.0, "2min"),
        (150.0, "2.5min"),
        (7199.0, "120min"),
        (7200.0, "2h"),
        (10800.0, "3h"),
        (172799.0, "48h"),
        (172800.0, "2d"),
        (-0.25, "-250ms"),
        (math.nan, "-"),
    ],
)
def test_a_duration_is_shown_with_three_digits_at_most(seconds: float, shown: str) -> None:
    assert show_duration(seconds) == shown
