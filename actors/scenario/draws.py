"""Drawing itself, the innermost loops of a run: from uniform numbers to times and items.

A time is a function of one uniform number in [0, 1), so that an order can carry its luck and have
it turned into a time wherever it is spent. Items and whole numbers are drawn from a stream, through
`random()` alone, the one method of Python's generator whose values are promised to stay from
version to version.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from statistics import NormalDist
from typing import TYPE_CHECKING, Final, TypeVar

from actors.common.random_streams import fork

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Times = Callable[[float], float]

T = TypeVar("T")

__all__ = [
    "among",
    "evenly",
    "exponential",
    "gamma",
    "lifted_gamma",
    "lognormal",
    "sampled",
    "uniform",
    "whole",
]

# A number may be exactly 0, where the normal quantile is minus infinity; this stands for it.
_ALMOST_ZERO: Final = 2.0**-54

# Branches from 1 on are an order's further lines; those that a method needs for itself go down.
_LIFT: Final = -1
_OWN: Final = -2


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


def evenly(items: Sequence[T], random: Callable[[], float]) -> Callable[[], T]:
    """Any item, each as likely as the others; one that is added changes no draw but its own.

    J. Lamping and E. Veach, A Fast, Minimal Memory, Consistent Hash Algorithm, 2014: with every
    item that joins, a draw moves there with the probability that keeps all alike, and after less
    than ln n moves on average it stays. Here a single number decides them all: within what
    remains possible after a move, it is uniform again.
    """
    count = len(items)

    def draw() -> T:
        number, place = 1.0 - random(), 0
        while True:
            joined = int((place + 1) / number)  # the item that it would move to
            if joined >= count:
                return items[place]
            least = (place + 1) / (joined + 1)
            number = (number - least) / ((place + 1) / joined - least) or _ALMOST_ZERO
            place = joined

    return draw


def whole(low: int, size: int, random: Callable[[], float]) -> Callable[[], int]:
    """A whole number of the `size` from `low` on."""

    def draw() -> int:
        return low + int(random() * size)

    return draw


def sampled(times: Times, random: Callable[[], float]) -> Callable[[], float]:
    """Times of a stream's numbers, one each."""

    def draw() -> float:
        return times(random())

    return draw


def exponential(mean: float) -> Times:
    """-mean · ln(1 - u), by inversion; `log1p` keeps the digits of a small u."""
    scale, log1p = -mean, math.log1p

    def time(number: float) -> float:
        return scale * log1p(-number)

    return time


def uniform(low: float, high: float) -> Times:
    """A number between the two."""
    width = high - low

    def time(number: float) -> float:
        return low + width * number

    return time


def lognormal(mu: float, sigma: float) -> Times:
    """E to the power of a normal number of that mean and deviation."""
    quantile, exp = NormalDist(mu, sigma).inv_cdf, math.exp

    def time(number: float) -> float:
        return exp(quantile(number or _ALMOST_ZERO))

    return time


def gamma(shape: float, scale: float) -> Times:
    """Gamma numbers for shapes from 1 on.

    G. Marsaglia and W. W. Tsang, A Simple Method for Generating Gamma Variables, ACM
    Transactions on Mathematical Software 26(3), 2000, pages 363-372: a cubed normal, accepted
    more than 95 times in 100. So nearly always the time grows with the number, as if by inversion;
    the further numbers that the method needs are forked from it.
    """
    d = shape - 1 / 3
    c = 1 / math.sqrt(9 * d)
    normal, log = NormalDist().inv_cdf, math.log

    def time(number: float) -> float:
        another, branch = number, _OWN
        while True:
            x = normal(another or _ALMOST_ZERO)
            v = (1 + c * x) ** 3
            if v > 0 and log(1 - fork(number, branch)) < x * x / 2 + d * (1 - v + log(v)):
                return scale * d * v
            another = fork(number, branch - 1)
            branch -= 2

    return time


def lifted_gamma(shape: float, scale: float) -> Times:
    """Gamma numbers for shapes below 1: lifted by 1, times u^(1 / shape) (ibidem, section 6)."""
    lifted, power = gamma(shape + 1, scale), 1 / shape

    def time(number: float) -> float:
        return lifted(number) * math.pow(fork(number, _LIFT), power)

    return time
