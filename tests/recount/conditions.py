"""Every threshold that can be put to a run.

The words are the product's own vocabulary, so that no metric can be forgotten here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from actors.measure.thresholds.metrics import METRICS

__all__ = ["Condition", "Narrowing", "conditions"]

Narrowing = tuple[str | None, str | None]  # group, phase

PERCENTILES: Final = ("p50", "p90", "p95", "p99", "p99.9", "p37.5")
ANY: Final = {"share": "0%", "count": "0", "rate": "0/s", "time": "0ms"}


@dataclass(frozen=True)
class Condition:
    """One threshold: what it is about, and the limit that it is held to."""

    metric: str
    statistic: str | None
    unit: str
    sku: str | None = None
    group: str | None = None
    phase: str | None = None
    limit: str = ""

    @property
    def text(self) -> str:
        """The threshold as a scenario has it."""
        words = [self.metric, self.statistic or "", _named("of", self.sku)]
        words += [self.limit or f">= {ANY[self.unit]}"]
        words += [_named("during", self.phase), _named("for", self.group)]
        return " ".join(word for word in words if word)

    def held_to(self, limit: str) -> Condition:
        """The same with another limit, such as `< 20%`."""
        return replace(self, limit=limit)


def _named(word: str, name: str | None) -> str:
    if name is None:
        return ""
    return f'{word} "{name}"' if " " in name else f"{word} {name}"


def conditions(skus: Sequence[str], narrowings: Sequence[Narrowing]) -> Iterator[Condition]:
    """Every metric with each of its statistics and units, of all and of each that it can be of."""
    for name, metric in METRICS.items():
        statistics: Sequence[str | None] = [
            word
            for statistic in metric.statistics
            for word in (PERCENTILES if statistic == "pN" else (statistic,))
        ] or [None]
        for unit in metric.units:
            for statistic in statistics:
                if metric.of_orders:
                    for group, phase in narrowings:
                        yield Condition(name, statistic, unit, group=group, phase=phase)
                else:
                    yield Condition(name, statistic, unit)
                for sku in skus if metric.of_product else ():
                    yield Condition(name, statistic, unit, sku)
