"""What the full SimPy model collects of its orders: lists and counters, and numpy at the end."""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple

import numpy as np

from actors.messages import Order
from benchmarks.shop import PROCESSORS

__all__ = ["Ended", "Served", "Statistics"]

PERCENTILES: Final = (50, 90, 95, 99)


class Served(NamedTuple):
    """An order on its way to a processor, decoded."""

    order: Order
    scheduled: float


class Ended(NamedTuple):
    """How an order ended."""

    served: Served
    started: float
    finished: float
    outcome: str
    processor: int


class Level:
    """The time average and the maximum of a level."""

    def __init__(self) -> None:
        self.level, self.area, self.since, self.largest = 0, 0.0, 0.0, 0

    def change(self, now: float, level: int) -> None:
        """The level is `level` from `now` on."""
        self.area += self.level * (now - self.since)
        self.since, self.level = now, level
        self.largest = max(self.largest, level)


class Statistics:
    """What is collected of every order, and the figures that it comes to."""

    def __init__(self) -> None:
        self.latency: list[float] = []
        self.wait: list[float] = []
        self.service: list[float] = []
        self.outcomes: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.sold: Counter[str] = Counter()
        self.busy = [0.0] * PROCESSORS
        self.queue = Level()
        self.in_system = Level()

    def take(self, ended: Ended) -> None:
        """Count an ended order."""
        order, scheduled = ended.served
        self.latency.append(ended.finished - scheduled)
        self.wait.append(ended.started - scheduled)
        self.service.append(ended.finished - ended.started)
        self.busy[ended.processor] += ended.finished - ended.started
        self.outcomes[ended.outcome] += 1
        for line in order.lines:
            self.asked[line.sku] += line.quantity
            if ended.outcome == "fulfilled":
                self.sold[line.sku] += line.quantity

    def figures(self, now: float) -> dict[str, object]:
        """The result of the run."""
        times = {"latency": self.latency, "wait": self.wait, "service": self.service}
        return {
            "outcomes": dict(self.outcomes),
            "throughput": len(self.latency) / now,
            "waited": float(np.mean(np.asarray(self.wait) > 0)),
            "utilisation": [busy / now for busy in self.busy],
            "queue": (self.queue.area / now, self.queue.largest),
            "products": {sku: (asked, self.sold[sku]) for sku, asked in self.asked.items()},
        } | {name: summary(values) for name, values in times.items()}


def summary(values: list[float]) -> dict[str, float]:
    """Count, mean, extremes and percentiles."""
    column = np.asarray(values)
    points = np.percentile(column, PERCENTILES, method="inverted_cdf")
    return {
        "count": len(values),
        "mean": float(column.mean()),
        "min": float(column.min()),
        "max": float(column.max()),
    } | {f"p{rank}": float(point) for rank, point in zip(PERCENTILES, points, strict=True)}
