"""Thresholds held against what the run measured: limit, actual figure, verdict.

A figure without a sample fails its threshold: a load that never ran must not pass. Measured
figures forgive rounding: one within a relative 1e-9 of its limit (or a nanosecond) is equal to it.
The actual figure is shown in the limit's unit, with as many digits as it takes to see on which
side it is.
"""

from __future__ import annotations

import operator
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal, Protocol, cast

from actors.common.units import SECONDS, same_time
from actors.measure.figures import count_of, share_of
from actors.measure.result import ThresholdResult
from actors.measure.vocabulary import METRICS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from actors.measure.result import Block, Processors, ProductResult, ProductTotals, Spread
    from actors.measure.thresholds import Threshold
    from actors.measure.vocabulary import Operator

__all__ = ["Figures", "TimedMetric", "evaluate", "judge", "show_deviation"]

TimedMetric = Literal["latency", "wait", "service"]

_HOLDS: Final[dict[Operator, Callable[[float | Decimal, float | Decimal], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_SIGNIFICANT: Final = 3
_MOST_DECIMALS: Final = 30


class Figures(Protocol):
    """What evaluation asks of a run's metrics."""

    def block(self, group: str | None, phase: str | None) -> Block:
        """The figures of a group's orders in a phase; None means all."""

    def quantile(
        self, metric: TimedMetric, q: float, group: str | None, phase: str | None
    ) -> float | None:
        """The time (seconds) that a share `q` (0..1) of the orders kept within."""

    @property
    def products(self) -> Mapping[str, ProductResult]:
        """Each product's figures, by SKU."""

    @property
    def all_products(self) -> ProductTotals:
        """The figures of all products together."""

    @property
    def processors(self) -> Processors:
        """The processors' figures, for the whole run."""


def evaluate(thresholds: Sequence[Threshold], figures: Figures) -> tuple[ThresholdResult, ...]:
    """The verdict on each threshold, in their order."""
    return tuple(judge(threshold, _actual(threshold, figures)) for threshold in thresholds)


def judge(threshold: Threshold, actual: float | None) -> ThresholdResult:
    """The verdict on one threshold, given the actual figure in base units."""
    return ThresholdResult(
        expression=threshold.expression,
        limit=threshold.limit,
        actual=None if actual is None else _show(threshold, actual),
        ok=actual is not None and _holds(threshold, actual),
        value=actual,
    )


def _holds(threshold: Threshold, actual: float) -> bool:
    if _at_the_limit(threshold, actual):
        return _HOLDS[threshold.op](threshold.value, threshold.value)
    return _HOLDS[threshold.op](actual, threshold.value)


def _at_the_limit(threshold: Threshold, actual: float) -> bool:
    """Whether only rounding lies between a measured figure and its limit; counts have none."""
    return METRICS[threshold.metric].measured and same_time(actual, threshold.value)


def _actual(threshold: Threshold, figures: Figures) -> float | None:
    match threshold.metric:
        case "latency" | "wait" | "service":
            return _time(threshold, figures)
        case "sold" | "stock" | "fill":
            return _of_products(threshold, figures)
        case "queue" | "utilisation":
            return _of_processors(threshold, figures.processors)
        case _:
            return _of_orders(threshold, figures.block(threshold.group, threshold.phase))


def _of_orders(threshold: Threshold, block: Block) -> float | None:
    if threshold.metric == "waited":
        return block.waited
    if threshold.metric == "throughput":
        return block.throughput_per_s
    if threshold.unit == "count":
        return count_of(threshold.metric, block.orders)
    return share_of(threshold.metric, block.orders)


def _of_processors(threshold: Threshold, processors: Processors) -> float:
    if threshold.metric == "utilisation":
        return processors.utilisation
    return processors.queue.mean if threshold.statistic == "mean" else processors.queue.max


def _time(threshold: Threshold, figures: Figures) -> float | None:
    metric = cast("TimedMetric", threshold.metric)
    statistic = str(threshold.statistic)
    if statistic.startswith("p"):
        q = float(Decimal(statistic[1:]) / 100)
        return figures.quantile(metric, q, threshold.group, threshold.phase)
    block = figures.block(threshold.group, threshold.phase)
    spreads: dict[TimedMetric, Spread] = {
        "latency": block.latency_s,
        "wait": block.wait_s,
        "service": block.service_s,
    }
    spread = spreads[metric]
    return {"mean": spread.mean, "min": spread.min, "max": spread.max}[statistic]


def _of_products(threshold: Threshold, figures: Figures) -> float | None:
    item: ProductTotals | None = figures.all_products
    if threshold.sku is not None:
        item = figures.products.get(threshold.sku)
    if item is None:
        return None
    return {"stock": item.final, "sold": item.sold, "fill": item.fill}[threshold.metric]


def show_deviation(threshold: Threshold, deviation: float) -> str:
    """How far a figure may be off, given in base units, in the limit's unit with three digits."""
    exact = _in_unit(deviation, threshold)
    return f"{exact:.{_fewest_decimals(exact)}f}{threshold.suffix}"


def _show(threshold: Threshold, actual: float) -> str:
    """The figure in the limit's unit, rounded only as far as it stays on its side of the limit."""
    limit = Decimal(threshold.number)
    exact = _in_unit(actual, threshold)
    if _at_the_limit(threshold, actual):
        exact = limit
    holds = _HOLDS[threshold.op]
    truth = _holds(threshold, actual)
    for decimals in range(_fewest_decimals(exact), _MOST_DECIMALS + 1):
        text = f"{exact:.{decimals}f}"
        shown = Decimal(text)
        if holds(shown, limit) == truth and (shown == limit) == (exact == limit):
            break
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text}{threshold.suffix}"


def _fewest_decimals(exact: Decimal) -> int:
    """How many decimals show three significant digits."""
    return min(max(0, _SIGNIFICANT - 1 - exact.adjusted()), _MOST_DECIMALS) if exact else 0


def _in_unit(figure: float, threshold: Threshold) -> Decimal:
    """A figure in base units, exactly as it is written in the limit's unit."""
    base = Fraction(repr(figure))
    match threshold.unit:
        case "share":
            base *= 100
        case "time":
            base /= SECONDS[threshold.suffix]
        case "rate":
            base *= SECONDS[threshold.suffix.removeprefix("/")]
        case "count":
            pass
    return Decimal(base.numerator) / Decimal(base.denominator)
