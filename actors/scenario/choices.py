"""Choices that a scenario leaves to chance: a whole number of a range, an item by its weight.

A sampler is a closure without arguments, because drawing is the innermost loop of a run. A
choice of one makes no draw at all.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, repeat
from typing import TYPE_CHECKING, Generic, TypeVar

from actors.scenario import draws

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from actors.common.random_streams import Chance

__all__ = ["IntRange", "Weighted", "parse_int_range"]

T = TypeVar("T")

_RANGE = re.compile(r"([0-9]{1,15})(?:\s*\.\.\s*([0-9]{1,15}))?")


@dataclass(frozen=True)
class IntRange:
    """The whole numbers from `low` to `high`, both included, each as likely as the others.

    Raises:
        ValueError: `low` is greater than `high`.
    """

    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(
                f"{self.low}..{self.high} runs backwards: write {self.high}..{self.low}"
            )

    def sampler(self, rng: Chance) -> Callable[[], int]:
        """A function that draws a number of the range."""
        low = self.low
        if low == self.high:
            return repeat(low).__next__
        return draws.whole(low, self.high - low + 1, rng.random)


def parse_int_range(text: str | int) -> IntRange:
    """The range of `3` (always 3) or `1..5`.

    Raises:
        ValueError: the text is not a range of whole numbers from 0 on.
    """
    found = None if isinstance(text, bool) else _RANGE.fullmatch(str(text).strip())
    if found is None:
        raise ValueError(f"{text!r} is not a range: write a whole number or LOW..HIGH, as in 1..5")
    low = int(found[1])
    return IntRange(low, int(found[2] or low))


@dataclass(frozen=True)
class Weighted(Generic[T]):
    """Items drawn in proportion to their weights.

    Drawing searches the cumulated weights (inversion by bisection). The alias method was
    measured beside it: as fast from 50 to 100,000 items, with a table that takes twenty
    times as long to build. Where all weights are alike, an item that is added takes its share of
    the draws and leaves all others as they were.

    Raises:
        ValueError: no items, not as many weights, a weight that is negative or not finite,
            or weights whose sum is 0 or too large for a float.
    """

    items: tuple[T, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.items) != len(self.weights):
            raise ValueError(f"{len(self.items)} items with {len(self.weights)} weights")
        if not self.items:
            raise ValueError("there is nothing to choose from: name at least one item")
        for item, weight in zip(self.items, self.weights, strict=True):
            if not (math.isfinite(weight) and weight >= 0):
                raise ValueError(f"the weight of {item}, {weight}, must be a number from 0 on")
        total = sum(self.weights)
        if not (math.isfinite(total) and total > 0):
            raise ValueError(f"the weights add up to {total}: at least one must be above 0")

    @classmethod
    def of(cls, weights: Mapping[T, float]) -> Weighted[T]:
        """Each key with its value as the weight."""
        return cls(tuple(weights), tuple(weights.values()))

    @classmethod
    def uniform(cls, items: Sequence[T]) -> Weighted[T]:
        """Each item as likely as the others."""
        return cls(tuple(items), (1.0,) * len(items))

    @classmethod
    def zipf(cls, items: Sequence[T], s: float) -> Weighted[T]:
        """Zipf's law: the item of rank r, counted from 1 in the order given, weighs 1 / r**s.

        Raises:
            ValueError: `s` is negative or not finite, or there are no items.
        """
        if not (math.isfinite(s) and s >= 0):
            raise ValueError(f"zipf {s}: the exponent must be a number from 0 (uniform) on")
        return cls(tuple(items), tuple(float(rank) ** -s for rank in range(1, len(items) + 1)))

    def sampler(self, rng: Chance) -> Callable[[], T]:
        """A function that draws an item."""
        possible = [item for item, weight in zip(self.items, self.weights, strict=True) if weight]
        if len(possible) == 1:
            (only,) = possible
            return repeat(only).__next__
        if len(set(self.weights)) == 1:
            return draws.evenly(self.items, rng.random)
        return draws.among(self.items, self._cumulated_shares, rng.random)

    @cached_property
    def _cumulated_shares(self) -> tuple[float, ...]:
        """Built once for all clients of a group; the last is exactly 1, which no draw reaches."""
        sums = tuple(accumulate(self.weights))
        return tuple(cumulated / sums[-1] for cumulated in sums)
