from __future__ import annotations

import math

import pytest

from actors.study.student import t_quantile, t_two_tails

# NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.6.7.2, upper critical values.
TABLE = {
    (0.95, 1): 12.706,
    (0.95, 2): 4.303,
    (0.95, 3): 3.182,
    (0.95, 4): 2.776,
    (0.95, 5): 2.571,
    (0.95, 9): 2.262,
    (0.95, 10): 2.228,
    (0.95, 19): 2.093,
    (0.95, 29): 2.045,
    (0.95, 99): 1.984,
    (0.90, 4): 2.132,
    (0.90, 30): 1.697,
    (0.99, 1): 63.657,
    (0.99, 7): 3.499,
    (0.99, 60): 2.660,
}


@pytest.mark.parametrize(("arguments", "printed"), TABLE.items())
def test_quantiles_are_those_of_the_printed_tables(
    arguments: tuple[float, int], printed: float
) -> None:
    assert t_quantile(*arguments) == pytest.approx(printed, abs=0.0005)


@pytest.mark.parametrize("confidence", [0.01, 0.5, 0.9, 0.95, 0.999])
def test_one_degree_is_the_cauchy_distribution_and_two_have_a_closed_form(
    confidence: float,
) -> None:
    assert t_quantile(confidence, 1) == pytest.approx(math.tan(math.pi * confidence / 2), rel=1e-12)
    exact = confidence * math.sqrt(2 / (1 - confidence**2))
    assert t_quantile(confidence, 2) == pytest.approx(exact, rel=1e-12)


def test_with_many_degrees_it_is_the_normal_distribution() -> None:
    assert t_quantile(0.95, 10_000_000) == pytest.approx(1.959963985, rel=1e-6)


@pytest.mark.parametrize("degrees", [1, 2, 3, 7, 30, 500])
@pytest.mark.parametrize("confidence", [0.001, 0.5, 0.95, 0.9999])
def test_beyond_the_quantile_lies_what_was_asked_for(confidence: float, degrees: int) -> None:
    t = t_quantile(confidence, degrees)

    assert t_two_tails(t, degrees) == pytest.approx(1 - confidence, rel=1e-9)


def test_everything_lies_beyond_zero() -> None:
    assert t_two_tails(0.0, 3) == 1.0


@pytest.mark.parametrize(("confidence", "degrees"), [(0.0, 3), (1.0, 3), (0.95, 0)])
def test_what_has_no_quantile_is_refused(confidence: float, degrees: int) -> None:
    with pytest.raises(ValueError, match="no quantile"):
        t_quantile(confidence, degrees)
