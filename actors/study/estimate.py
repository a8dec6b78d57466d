"""One figure over independent replications: its mean, and how far that may be off.

The half-width is that of the 95 % interval t(0.975, n - 1) s / √n: of a hundred sets with other
seeds, about 95 have the true mean within theirs. Replications are independent, so their figures
may be treated so, while the orders of one run, each like its neighbour, may not (A. M. Law,
Simulation Modeling and Analysis, 5th edition, section 9.4.1).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from actors.study.student import t_quantile

__all__ = ["CONFIDENCE", "Estimate", "estimate"]

CONFIDENCE: Final = 0.95


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A figure in the unit it has in a run's result.

    `n` replications had a sample of it; the others are in none of the numbers. `mean`, `min` and
    `max` are None when n is 0, `half_width` when it is below 2.
    """

    mean: float | None
    half_width: float | None
    n: int
    min: float | None
    max: float | None

    @property
    def relative(self) -> float | None:
        """The half-width as a share of the mean, infinite around 0; None without a half-width."""
        if self.half_width is None or self.mean is None:
            return None
        if self.half_width == 0:
            return 0.0
        return self.half_width / abs(self.mean) if self.mean else math.inf


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of independent values, none of them NaN, with its 95 % interval."""
    n = len(values)
    if not n:
        return Estimate(mean=None, half_width=None, n=0, min=None, max=None)
    least, most = min(values), max(values)
    # Rounding must not carry the mean of equal values away from them: a limit may lie there.
    mean = min(max(math.fsum(values) / n, least), most)
    return Estimate(mean=mean, half_width=_half_width(values, mean), n=n, min=least, max=most)


def _half_width(values: Sequence[float], mean: float) -> float | None:
    n = len(values)
    if n < 2:
        return None
    variance = math.fsum((value - mean) ** 2 for value in values) / (n - 1)
    return t_quantile(CONFIDENCE, n - 1) * math.sqrt(variance / n)
