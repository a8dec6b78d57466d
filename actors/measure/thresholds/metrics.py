"""The metrics of thresholds: what may be said of each, and how it is read from a run's figures.

`METRICS` has them all. To add one, enter it with the function that reads it; whoever reads the
text of thresholds, and whoever judges by them, knows no other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from actors.measure.figures import count_of, share_of
from actors.vocabulary.outcomes import REASONS, STATUSES

if TYPE_CHECKING:
    from actors.measure.order_statistics import TimeMetric
    from actors.measure.result import Block, Processors, ProductResult, ProductTotals, Spread
    from actors.measure.thresholds.comparisons import Unit
    from actors.measure.thresholds.threshold import Threshold

__all__ = ["METRICS", "PERCENTILE", "Figures", "Metric", "Reader"]

PERCENTILE: Final = "pN"
"""Stands for p50, p99.9 and all others among the statistics of a metric."""


class Figures(Protocol):
    """What metrics are read from: the figures of a run."""

    def block(self, group: str | None, phase: str | None) -> Block:
        """The figures of a group's orders in a phase; None means all."""

    def quantile(
        self, metric: TimeMetric, q: float, group: str | None, phase: str | None
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


Reader = Callable[["Threshold", Figures], float | None]
"""The figure that a threshold is about, in base units; None without a sample."""


class Metric(NamedTuple):
    """A metric.

    Attributes:
        units: of its limit; the first one of several decides nothing.
        read: the figure, which the threshold's statistic, product, group and phase narrow down.
        statistics: one of them must follow its name; none: it takes none.
        of_product: `of SKU` may follow.
        of_orders: `during PHASE` and `for GROUP` may follow.
        measured: it comes from times, so that rounding is forgiven; counts and their shares are
            exact.
        warm_up: it leaves out what was before the warm-up.
    """

    units: tuple[Unit, ...]
    read: Reader
    statistics: tuple[str, ...] = ()
    of_product: bool = False
    of_orders: bool = True
    measured: bool = False
    warm_up: bool = False


def _time(name: TimeMetric, spread_in: Callable[[Block], Spread]) -> Metric:
    """A time of each order: its mean, least, greatest, or a percentile."""

    def read(asked: Threshold, figures: Figures) -> float | None:
        statistic = str(asked.statistic)
        if statistic.startswith("p"):
            q = float(Decimal(statistic[1:]) / 100)
            return figures.quantile(name, q, asked.group, asked.phase)
        spread = spread_in(figures.block(asked.group, asked.phase))
        return {"mean": spread.mean, "min": spread.min, "max": spread.max}[statistic]

    statistics = ("mean", "min", "max", PERCENTILE)
    return Metric(("time",), read, statistics, measured=True, warm_up=True)


def _outcome(name: str) -> Metric:
    """Orders that ended so: how many, or which share of those placed."""

    def read(asked: Threshold, figures: Figures) -> float | None:
        orders = figures.block(asked.group, asked.phase).orders
        return count_of(name, orders) if asked.unit == "count" else share_of(name, orders)

    return Metric(("share", "count"), read)


def _placed(asked: Threshold, figures: Figures) -> float:
    return figures.block(asked.group, asked.phase).orders.placed


def _waited(asked: Threshold, figures: Figures) -> float | None:
    return figures.block(asked.group, asked.phase).waited


def _throughput(asked: Threshold, figures: Figures) -> float | None:
    return figures.block(asked.group, asked.phase).throughput_per_s


def _queue(asked: Threshold, figures: Figures) -> float:
    queue = figures.processors.queue
    return {"mean": queue.mean, "max": queue.max}[str(asked.statistic)]


def _utilisation(_asked: Threshold, figures: Figures) -> float:
    return figures.processors.utilisation


def _of_product(unit: Unit, figure_in: Callable[[ProductTotals], float | None]) -> Metric:
    """A figure of one product, or of all together."""

    def read(asked: Threshold, figures: Figures) -> float | None:
        if asked.sku is None:
            return figure_in(figures.all_products)
        product = figures.products.get(asked.sku)
        return None if product is None else figure_in(product)

    return Metric((unit,), read, of_product=True, of_orders=False)


METRICS: Final[Mapping[str, Metric]] = MappingProxyType(
    {
        "latency": _time("latency", lambda block: block.latency_s),
        "wait": _time("wait", lambda block: block.wait_s),
        "service": _time("service", lambda block: block.service_s),
        "placed": Metric(("count",), _placed),
        **{name: _outcome(name) for name in (*STATUSES, *REASONS)},
        "waited": Metric(("share",), _waited, warm_up=True),
        "throughput": Metric(("rate",), _throughput, measured=True, warm_up=True),
        "queue": Metric(
            ("count",), _queue, ("mean", "max"), of_orders=False, measured=True, warm_up=True
        ),
        "utilisation": Metric(
            ("share",), _utilisation, of_orders=False, measured=True, warm_up=True
        ),
        "sold": _of_product("count", lambda item: item.sold),
        "stock": _of_product("count", lambda item: item.final),
        "fill": _of_product("share", lambda item: item.fill),
    }
)
