"""From runs to an estimate with an honest error: batch means, with a control variate.

The waits of neighbouring orders are alike, so the error of their mean is many times what their
spread suggests. A run is therefore cut into batches far longer than the queue remembers, whose
sums are as good as independent (A. M. Law, Simulation Modeling and Analysis, 5th edition,
section 9.5.3). A scenario's phases serve as batches: an order belongs to the phase in which it
was scheduled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, linear_regression, stdev
from typing import NamedTuple

__all__ = ["Batch", "Estimate", "batch_means", "controlled", "mean_of"]


class Batch(NamedTuple):
    """The orders of one batch: the sum of what is measured, their number, the load they brought."""

    total: float
    orders: int
    load: float


class Estimate(NamedTuple):
    """A mean per order, and its standard error."""

    value: float
    error: float

    def agrees(self, exact: float, within: float) -> bool:
        """Whether it is near the exact value by both measures.

        Args:
            exact: what theory says.
            within: the most that it may be off, relative to that. Beside it, 3 standard errors
                are the limit, which 3 of 1,000 correct estimates exceed.
        """
        off = abs(self.value - exact)
        return off < 3 * self.error and off < within * exact


def batch_means(batches: Sequence[Batch]) -> Estimate:
    """The mean over all orders of all batches.

    It is a ratio of two sums, both random. Its error is that of the mean of the batches'
    residuals, total - mean x orders (Law, section 9.5.3; the delta method).
    """
    orders = sum(batch.orders for batch in batches)
    mean = sum(batch.total for batch in batches) / orders
    residuals = [batch.total - mean * batch.orders for batch in batches]
    return Estimate(mean, stdev(residuals) * math.sqrt(len(batches)) / orders)


def controlled(batches: Sequence[Batch], load: float) -> Estimate:
    """The same, freed from how much work chance happened to bring.

    Half of the error of a mean wait comes from the load: at 80 % a load that is by chance half a
    percent too high makes waits 4 % longer. Its expected value is known, so the residuals are
    regressed on it and read off where it is as expected (S. S. Lavenberg and P. D. Welch, A
    Perspective on the Use of Control Variables to Increase the Efficiency of Monte Carlo
    Simulations, Management Science 27(3), 1981, pages 322-335). The error is that of a
    regression line at this point.

    Args:
        batches: at least three, with loads that differ.
        load: what every batch's load is on average.
    """
    plain, size = batch_means(batches), len(batches)
    orders_each = fmean(batch.orders for batch in batches)
    loads = [batch.load for batch in batches]
    residuals = [batch.total - plain.value * batch.orders for batch in batches]
    slope, intercept = linear_regression(loads, residuals)
    left = [
        residual - intercept - slope * brought
        for residual, brought in zip(residuals, loads, strict=True)
    ]
    variance = math.fsum(rest * rest for rest in left) / (size - 2)
    mean_load = fmean(loads)
    distance = (load - mean_load) ** 2 / math.fsum((x - mean_load) ** 2 for x in loads)
    error = math.sqrt(variance * (1 / size + distance))
    shift = intercept + slope * load
    return Estimate(plain.value + shift / orders_each, error / orders_each)


def mean_of(values: Sequence[float]) -> Estimate:
    """The mean of independent values, such as one figure of every batch."""
    return Estimate(fmean(values), stdev(values) / math.sqrt(len(values)))
