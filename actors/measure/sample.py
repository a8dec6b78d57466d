"""A sample of times: exact while it is small, log-spaced buckets once it is large, mergeable.

Up to 100,000 values are kept (8 bytes each) and percentiles are exact. Beyond, values fall
into buckets whose bounds grow by 1 %, so that a percentile is within 0.5 % of the true value
and memory stays flat however long the run (the bucket layout of DDSketch: Masson, Rim and Lee,
VLDB 2019). Sums are exact to the last digit either way.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from actors.measure.result import Spread

__all__ = ["EXACT_LIMIT", "ExactSum", "Sample"]

EXACT_LIMIT: Final = 100_000
GROWTH: Final = 1.01
_PER_LOG: Final = 1.0 / math.log(GROWTH)
# A bucket's representative lies between its bounds so that the relative error is the same on
# either side: 2 / (1 + growth) of the upper bound.
_MIDDLE: Final = 2.0 / (1.0 + GROWTH)
_SMALLEST: Final = 1e-9  # a nanosecond: below, a time counts as zero
_ZERO: Final = -(10**9)
_CHUNK: Final = 256


class ExactSum:
    """A sum of floats without accumulated rounding: two floats hold what `math.fsum` finds."""

    __slots__ = ("_high", "_low", "_pending")

    def __init__(self) -> None:
        self._high = 0.0
        self._low = 0.0
        self._pending: list[float] = []

    def add(self, value: float) -> None:
        """Add one value."""
        self._pending.append(value)
        if len(self._pending) >= _CHUNK:
            self._fold()

    def extend(self, values: Iterable[float]) -> None:
        """Add many values."""
        self._pending.extend(values)
        self._fold()

    def _fold(self) -> None:
        values, self._pending = self._pending, []
        values.append(self._high)
        values.append(self._low)
        high = math.fsum(values)
        values.append(-high)
        self._high, self._low = high, math.fsum(values)

    @property
    def parts(self) -> tuple[float, float]:
        """The sum as two floats that add up to it."""
        self._fold()
        return self._high, self._low

    @property
    def value(self) -> float:
        """The sum, rounded once."""
        return self.parts[0]


class Sample:
    """Times in seconds, none negative.

    Args:
        exact: how many are kept as they are.
    """

    __slots__ = (
        "_buckets",
        "_exact",
        "_in_order",
        "_sum",
        "_values",
        "count",
        "largest",
        "smallest",
    )

    def __init__(self, exact: int = EXACT_LIMIT) -> None:
        self._exact = exact
        self.count = 0
        self.smallest = math.inf
        self.largest = -math.inf
        self._sum = ExactSum()
        self._values = array("d")
        self._in_order = True  # whether the values are sorted
        self._buckets: Counter[int] | None = None

    def extend(self, values: Sequence[float]) -> None:
        """Add values in bulk."""
        if not values:
            return
        self.count += len(values)
        least, most = min(values), max(values)
        self.smallest = min(self.smallest, least)
        self.largest = max(self.largest, most)
        self._sum.extend(values)
        self._keep(values)

    def _keep(self, values: Sequence[float]) -> None:
        if self._buckets is None:
            self._values.fromlist(values if isinstance(values, list) else list(values))
            self._in_order = False
            if len(self._values) <= self._exact:
                return
            values, self._values = self._values, array("d")
            self._buckets = Counter()
        positive = [value for value in values if value > _SMALLEST]
        self._buckets[_ZERO] += len(values) - len(positive)
        self._buckets.update(map(math.ceil, map(_PER_LOG.__mul__, map(math.log, positive))))

    def merge(self, other: Sample) -> None:
        """Add everything that another sample holds."""
        if not other.count:
            return
        self.count += other.count
        self.smallest = min(self.smallest, other.smallest)
        self.largest = max(self.largest, other.largest)
        self._sum.extend(other._sum.parts)
        if other._buckets is None:
            self._keep(other._values)
        else:
            if self._buckets is None:
                self._buckets = Counter()
                self._keep(self._values)
                self._values = array("d")
            self._buckets.update(other._buckets)

    @property
    def parts(self) -> tuple[float, float]:
        """The sum of all values, in seconds, as two floats that add up to it."""
        return self._sum.parts

    @property
    def total(self) -> float:
        """The sum of all values, in seconds."""
        return self._sum.value

    def quantile(self, share: float) -> float | None:
        """The nearest-rank quantile: the smallest value with at least `share` of all at or below.

        Args:
            share: in 0..1.
        """
        found = self._quantiles((share,))
        return found[0] if found else None

    def _quantiles(self, shares: tuple[float, ...]) -> list[float]:
        """The quantiles of ascending shares, in one pass; empty without a sample."""
        if not self.count:
            return []
        # 0.95 * 20 is 19.000000000000004 in floats: forgive what is no real fraction.
        ranks = [max(1, math.ceil(share * self.count - 1e-9)) for share in shares]
        if self._buckets is None:
            if not self._in_order:
                self._values = array("d", sorted(self._values))
                self._in_order = True
            return [self._values[rank - 1] for rank in ranks]
        found: list[float] = []
        seen = 0
        for bucket, count in sorted(self._buckets.items()):
            seen += count
            while len(found) < len(ranks) and seen >= ranks[len(found)]:
                found.append(self._representative(bucket))
        known = {1: self.smallest, self.count: self.largest}  # the ends are exact all the same
        return [known.get(rank, value) for rank, value in zip(ranks, found, strict=True)]

    def _representative(self, bucket: int) -> float:
        value = 0.0 if bucket == _ZERO else _MIDDLE * GROWTH**bucket
        return min(max(value, self.smallest), self.largest)

    def spread(self) -> Spread:
        """The figures that a result shows."""
        if not self.count:
            return Spread(count=0)
        p50, p90, p95, p99 = self._quantiles((0.5, 0.9, 0.95, 0.99))
        return Spread(
            count=self.count,
            mean=self.total / self.count,
            min=self.smallest,
            p50=p50,
            p90=p90,
            p95=p95,
            p99=p99,
            max=self.largest,
        )
