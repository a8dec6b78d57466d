"""Generators that tests script, and how far numbers are from what chance would have them be."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["NoChance", "Scripted", "chi_square", "correlation", "greatest_gap"]


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


def greatest_gap(sample: Sequence[float], cdf: Callable[[float], float]) -> float:
    """The Kolmogorov-Smirnov distance, times the square root of the sample's size."""
    n = len(sample)
    return math.sqrt(n) * max(
        max((k + 1) / n - cdf(x), cdf(x) - k / n) for k, x in enumerate(sorted(sample))
    )


def correlation(some: Sequence[float], others: Sequence[float]) -> float:
    """Pearson's coefficient, times the square root of the number of pairs: a normal deviate."""
    n = len(some)
    mean, other = sum(some) / n, sum(others) / n
    together = sum((x - mean) * (y - other) for x, y in zip(some, others, strict=True))
    alone = sum((x - mean) ** 2 for x in some) * sum((y - other) ** 2 for y in others)
    return math.sqrt(n) * together / math.sqrt(alone)
