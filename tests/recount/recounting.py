"""A result counted again from the lines of its `--orders` file.

It knows nothing of the product but the two documents and what the README says of them, so that
no mistake can be in both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, fsum
from typing import Any, Final

from expected import Between
from levels import Spell, most_at_once, time_average, time_within
from setting import Setting

__all__ = ["Order", "Recount", "nearest_rank", "spread"]

Order = Mapping[str, Any]
Figures = dict[str, Any]
Narrowed = Callable[[str | None, str | None], Figures]

PERCENTILES: Final = {"p50": "50", "p90": "90", "p95": "95", "p99": "99"}


def nearest_rank(values: Sequence[float], percent: str) -> float | None:
    """The smallest value with at least `percent` of all at or below it; None without any."""
    if not values:
        return None
    rank = ceil(Fraction(percent) / 100 * len(values))
    return sorted(values)[rank - 1]


def spread(values: Sequence[float]) -> Figures:
    """How times are distributed."""
    return {
        "count": len(values),
        "mean": fsum(values) / len(values) if values else None,
        "min": min(values, default=None),
        **{name: nearest_rank(values, percent) for name, percent in PERCENTILES.items()},
        "max": max(values, default=None),
    }


@dataclass(frozen=True)
class Recount:
    """The figures of one run.

    Attributes:
        orders: the lines of the `--orders` file.
        now: the seconds played.
    """

    setting: Setting
    orders: Sequence[Order]
    now: float
    _blocks: dict[tuple[str | None, str | None], Figures] = field(default_factory=dict)

    def of(self, group: str | None, phase: str | None) -> list[Order]:
        """The orders of a group and a phase; None is any."""
        return [
            order
            for order in self.orders
            if group in {None, order["group"]} and phase in {None, order["phase"]}
        ]

    def everywhere(self, narrowed: Narrowed) -> Figures:
        """Figures of the whole run, of each group and of each phase, where they stand."""
        return narrowed(None, None) | {
            "groups": {group: narrowed(group, None) for group in self.setting.groups},
            "phases": {
                phase: narrowed(None, phase) | {"start_s": start, "end_s": end}
                for phase, (start, end) in self.setting.windows.items()
            },
        }

    def block(self, group: str | None, phase: str | None) -> Figures:
        """All that is known of a group's orders in a phase."""
        found = self._blocks.get((group, phase))
        if found is None:
            parts = (self.outcomes, self.spreads, self.waited, self.throughput, self.in_system)
            found = {name: value for part in parts for name, value in part(group, phase).items()}
            self._blocks[group, phase] = found
        return found

    # --- Outcomes, over the whole run ---------------------------------------------------------

    def outcomes(self, group: str | None, phase: str | None) -> Figures:
        """Orders by outcome, reason and kind."""
        orders = self.of(group, phase)
        by_outcome = Counter(order["outcome"] for order in orders)
        counts: Figures = {
            outcome: by_outcome[outcome] for outcome in ("fulfilled", "partial", "rejected")
        }
        counts["placed"] = len(orders)
        counts["rejected_by"] = Counter(order["reason"] for order in orders if order["reason"])
        counts["by_kind"] = Counter(order["kind"] for order in orders if order["kind"])
        return {"orders": counts}

    # --- Times, of orders that were scheduled after the warm-up -------------------------------

    def measured(self, group: str | None, phase: str | None) -> list[Order]:
        """The orders whose times count: a processor finished them."""
        return [
            order
            for order in self.of(group, phase)
            if order["started_s"] is not None and order["placed_s"] >= self.setting.warm_up
        ]

    def times(self, metric: str, group: str | None, phase: str | None) -> list[float]:
        """Latencies, waits or services in seconds."""
        start, end = {
            "latency": ("placed_s", "finished_s"),
            "wait": ("placed_s", "started_s"),
            "service": ("started_s", "finished_s"),
        }[metric]
        return [order[end] - order[start] for order in self.measured(group, phase)]

    def spreads(self, group: str | None, phase: str | None) -> Figures:
        """How latencies, waits and services are distributed."""
        return {
            "latency_s": spread(self.times("latency", group, phase)),
            "wait_s": spread(self.times("wait", group, phase)),
            "service_s": self._services(group, phase),
        }

    def _services(self, group: str | None, phase: str | None) -> Figures:
        """While an order waits for stock its processor serves others: its end tells little."""
        found = spread(self.times("service", group, phase))
        if self.setting.fulfilment != "backorder" or not found["count"]:
            return found
        return {
            name: value if name == "count" else Between(0.0, value) for name, value in found.items()
        }

    def waited(self, group: str | None, phase: str | None) -> Figures:
        """The share of orders that found no processor free."""
        orders = self.measured(group, phase)
        waited = sum(order["started_s"] > order["placed_s"] for order in orders)
        return {"waited": waited / len(orders) if orders else None}

    # --- Rates and levels, over time ----------------------------------------------------------

    def span(self, phase: str | None) -> tuple[float, float]:
        """The part of a phase, or of the whole run, that is measured."""
        start, end = (0.0, self.now) if phase is None else self.setting.windows[phase]
        return max(start, self.setting.warm_up), min(end, self.now)

    def throughput(self, group: str | None, phase: str | None) -> Figures:
        """Orders a second that ended, of whatever phase."""
        since, until = self.span(phase)
        if until <= since:
            return {"throughput_per_s": None}
        ends = [order["finished_s"] for order in self.of(group, None)]
        if phase is None:
            ended = sum(since <= end for end in ends)
        else:
            ended = sum(since <= end < self.setting.windows[phase][1] for end in ends)
        return {"throughput_per_s": ended / (until - since)}

    def in_system(self, group: str | None, phase: str | None) -> Figures:
        """Orders under way, of whatever phase, averaged over time."""
        spells = [(order["placed_s"], order["finished_s"]) for order in self.of(group, None)]
        return {"in_system_mean": time_average(spells, *self.span(phase))}

    # --- Processors and their line ------------------------------------------------------------

    def processors(self) -> Figures:
        """All processors, each of them, and the line before them."""
        names = [f"processor/{number + 1}" for number in range(self.setting.processors)]
        every = [order for order in self.orders if order["processor"] is not None]
        each = [[order for order in every if order["processor"] == name] for name in names]
        return {
            "count": self.setting.processors,
            "utilisation": self._busy(every, self.setting.processors),
            "queue": self.queue(),
            "each": [{"orders": len(own), "utilisation": self._busy(own, 1)} for own in each],
        }

    def _busy(self, orders: Sequence[Order], servers: int) -> float | Between:
        since, until = self.span(None)
        if until <= since:
            return 0.0
        spells = [(order["started_s"], order["finished_s"]) for order in orders]
        busy = time_within(spells, since, until) / (servers * (until - since))
        return Between(0.0, busy) if self.setting.fulfilment == "backorder" else busy

    def queue(self) -> Figures:
        """Orders that wait for a processor."""
        since, until = self.span(None)
        waits: list[Spell] = [
            (order["placed_s"], order["started_s"])
            for order in self.orders
            if order["started_s"] is not None
        ]
        surely = most_at_once(waits, since, until)
        maybe = most_at_once(waits, since, until, ends_count=True)
        return {
            "mean": time_average(waits, since, until) or 0.0,
            "max": Between(surely, maybe) if self.setting.ties else surely,
        }
