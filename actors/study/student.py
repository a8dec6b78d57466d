"""Quantiles of Student's t distribution, through the incomplete beta function.

P(|T| > t) with n degrees of freedom is I_x(n/2, 1/2) at x = n / (n + t²), the regularised
incomplete beta function (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.5.27).
That one is a continued fraction (NIST Digital Library of Mathematical Functions, 8.17.22),
evaluated by Lentz's method (W. J. Lentz, Applied Optics 15(3), 1976, pages 668-671).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

__all__ = ["t_quantile", "t_two_tails"]

_TINY: Final = 1e-300  # in place of a denominator that is zero
_MOST_TERMS: Final = 10_000
_PRECISE: Final = 1e-15


@lru_cache(maxsize=4096)
def t_quantile(confidence: float, degrees: int) -> float:
    """The t within which `confidence` of Student's distribution lies, on both sides of 0.

    Args:
        confidence: in 0..1, as in 0.95.
        degrees: of freedom, at least 1.

    Raises:
        ValueError: an argument is outside of its range.
    """
    if not 0 < confidence < 1 or degrees < 1:
        raise ValueError(f"no quantile for confidence {confidence} and {degrees} degrees")
    tails = 1 - confidence
    low, high = 0.0, 1.0
    while t_two_tails(high, degrees) > tails:
        low, high = high, 2 * high
    while True:
        middle = (low + high) / 2
        if not low < middle < high:
            return middle  # no float lies between
        if t_two_tails(middle, degrees) > tails:
            low = middle
        else:
            high = middle


def t_two_tails(t: float, degrees: int) -> float:
    """The probability that Student's t is further from 0 than `t`, which is at least 0."""
    square = t * t
    return _incomplete_beta(
        degrees / 2, 0.5, degrees / (degrees + square), square / (degrees + square)
    )


def _incomplete_beta(a: float, b: float, x: float, rest: float) -> float:
    """I_x(a, b); `rest` is 1 - x, given apart because near x = 1 the difference loses digits."""
    if rest == 0:
        return 1.0
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(log_front + a * math.log(x) + b * math.log(rest))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, rest) / b  # where the fraction converges faster


def _fraction(a: float, b: float, x: float) -> float:
    """1/(1+ d₁/(1+ d₂/(1+ …))), the continued fraction of the incomplete beta function."""
    c, d = 1.0, 1 / _nonzero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / _nonzero(1 + even * d)
        c = _nonzero(1 + even / c)
        value *= c * d
        d = 1 / _nonzero(1 + odd * d)
        c = _nonzero(1 + odd / c)
        value *= c * d
        if abs(c * d - 1) < _PRECISE:
            break
    return value


def _nonzero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
