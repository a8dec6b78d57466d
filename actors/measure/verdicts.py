"""Thresholds held against what the run measured: limit, actual figure, verdict.

A figure without a sample fails its threshold: a load that never ran must not pass. The actual
figure is shown in the limit's unit, with as many digits as it takes to see on which side it is.
"""

from __future__ import annotations

import operator
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal, Protocol, cast

from actors.measure.result import ThresholdResult
from actors.messages import REASONS
from actors.units import SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from actors.measure.result import Block, OrderCounts, Processors, ProductResult, Spread
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
        ok=actual is not None and _HOLDS[threshold.op](actual, threshold.value),
        value=actual,
    )


def _actual(threshold: Threshold, figures: Figures) -> float | None:
    match threshold.metric:
        case "latency" | "wait" | "service":
            return _time(threshold, figures)
        case "sold" | "stock" | "fill":
            return _of_products(threshold, figures.products)
        case "queue" | "utilisation":
            return _of_processors(threshold, figures.processors)
        case _:
            return _of_orders(threshold, figures.block(threshold.group, threshold.phase))


def _of_orders(threshold: Threshold, block: Block) -> float | None:
    if threshold.metric == "waited":
        return block.waited
    if threshold.metric == "throughput":
        return block.throughput_per_s
    count = _count(threshold.metric, block.orders)
    if threshold.unit == "count":
        return count
    return count / block.orders.placed if block.orders.placed else None


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


def _of_products(threshold: Threshold, products: Mapping[str, ProductResult]) -> float | None:
    if threshold.sku is None:
        chosen = list(products.values())
    elif threshold.sku in products:
        chosen = [products[threshold.sku]]
    else:
        return None
    if threshold.metric == "stock":
        return sum(product.final for product in chosen)
    sold = sum(product.sold for product in chosen)
    if threshold.metric == "sold":
        return sold
    asked = sum(product.asked for product in chosen)
    return sold / asked if asked else None


def _count(metric: str, orders: OrderCounts) -> int:
    if metric in REASONS:
        return orders.rejected_by.get(metric, 0)
    return {
        "placed": orders.placed,
        "fulfilled": orders.fulfilled,
        "partial": orders.partial,
        "rejected": orders.rejected,
    }[metric]


def show_deviation(threshold: Threshold, deviation: float) -> str:
    """How far a figure may be off, given in base units, in the limit's unit with three digits."""
    exact = _in_unit(Decimal(repr(deviation)), threshold)
    return f"{exact:.{_fewest_decimals(exact)}f}{threshold.suffix}"


def _show(threshold: Threshold, actual: float) -> str:
    """The figure in the limit's unit, rounded only as far as it stays on its side of the limit."""
    exact = _in_unit(Decimal(repr(actual)), threshold)
    holds = _HOLDS[threshold.op]
    truth = holds(actual, threshold.value)
    limit = Decimal(threshold.number)
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


def _in_unit(base: Decimal, threshold: Threshold) -> Decimal:
    match threshold.unit:
        case "share":
            return base * 100
        case "time":
            return base / Decimal(str(SECONDS[threshold.suffix]))
        case "rate":
            return base * Decimal(str(SECONDS[threshold.suffix.removeprefix("/")]))
        case "count":
            return base
