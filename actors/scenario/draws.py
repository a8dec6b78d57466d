"""Drawing itself, the innermost loops of a run: from uniform numbers to times and items.

Each function returns a closure without arguments. They draw through `random()` alone, the one
method of Python's generator whose values are promised to stay from version to version.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from statistics import NormalDist
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

__all__ = ["among", "exponential", "gamma", "lifted_gamma", "lognormal", "uniform", "whole"]

# `random()` may be exactly 0, where the normal quantile is minus infinity; this stands for it.
_ALMOST_ZERO: Final = 2.0**-54


def among(
    items: Sequence[T], shares: Sequence[float], random: Callable[[], float]
) -> Callable[[], T]:
    """An item by its cumulated share, the last of which is 1: inversion by indexed search.

    H.-C. Chen and Y. Asau, On Generating Random Variates from an Empirical Distribution, AIIE
    Transactions 6(2), 1974, pages 163-166: a table says where the search for a number begins,
    and on average it ends after less than two steps. The table's size is a power of two, so
    that multiplying by it rounds nothing and the item is the one that bisection would find.
    """
    size = 1 << len(items).bit_length()
    begin = [bisect_right(shares, slot / size) for slot in range(size)]

    def draw() -> T:
        number = random()
        place = begin[int(number * size)]
        while shares[place] <= number:
            place += 1
        return items[place]

    return draw


def whole(low: int, size: int, random: Callable[[], float]) -> Callable[[], int]:
    """A whole number of the `size` from `low` on."""

    def draw() -> int:
        return low + int(random() * size)

    return draw


def exponential(mean: float, random: Callable[[], float]) -> Callable[[], float]:
    """-mean · ln(1 - u), by inversion; `log1p` keeps the digits of a small u."""
    scale, log1p = -mean, math.log1p

    def draw() -> float:
        return scale * log1p(-random())

    return draw


def uniform(low: float, high: float, random: Callable[[], float]) -> Callable[[], float]:
    """A number between the two."""
    width = high - low

    def draw() -> float:
        return low + width * random()

    return draw


def lognormal(mu: float, sigma: float, random: Callable[[], float]) -> Callable[[], float]:
    """E to the power of a normal number of that mean and deviation, one uniform number each."""
    quantile, exp = NormalDist(mu, sigma).inv_cdf, math.exp

    def draw() -> float:
        return exp(quantile(random() or _ALMOST_ZERO))

    return draw


def gamma(shape: float, scale: float, random: Callable[[], float]) -> Callable[[], float]:
    """Gamma numbers for shapes from 1 on.

    G. Marsaglia and W. W. Tsang, A Simple Method for Generating Gamma Variables, ACM
    Transactions on Mathematical Software 26(3), 2000, pages 363-372: a cubed normal, accepted
    more than 95 times in 100.
    """
    d = shape - 1 / 3
    c = 1 / math.sqrt(9 * d)
    normal, log = NormalDist().inv_cdf, math.log

    def draw() -> float:
        while True:
            x = normal(random() or _ALMOST_ZERO)
            v = (1 + c * x) ** 3
            if v > 0 and log(1 - random()) < x * x / 2 + d * (1 - v + log(v)):
                return scale * d * v

    return draw


def lifted_gamma(shape: float, scale: float, random: Callable[[], float]) -> Callable[[], float]:
    """Gamma numbers for shapes below 1: lifted by 1, times u^(1 / shape) (ibidem, section 6)."""
    lifted, power = gamma(shape + 1, scale, random), 1 / shape

    def draw() -> float:
        return lifted() * math.pow(random(), power)

    return draw
