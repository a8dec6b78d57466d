"""What CPU time an order costs each party, and how many orders a second that allows.

A worker is a Python process and so is the run: each computes on one core at a time. All
together have the machine's cores. Whichever of these ends first is the most that is possible:

    one worker    min(1/W, 1/R, cores/C)
    n workers     min(n/W, 1/R, cores/C)

with R and W the seconds of CPU that an order costs the run's process and the workers, and C
those that it costs everybody. What a worker waits for (its database, the disk) is not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

__all__ = ["Costs", "allowed", "middle"]


class Costs(NamedTuple):
    """CPU seconds of each party; None: it cannot be seen from here."""

    run: float
    workers: float
    broker: float | None
    database: float | None

    @property
    def all(self) -> float | None:
        """Everybody's together, if everybody can be seen."""
        if self.broker is None or self.database is None:
            return None
        return self.run + self.workers + self.broker + self.database

    def since(self, before: Costs) -> Costs:
        """What has been added."""
        pairs = zip(self, before, strict=True)
        return Costs._make(None if a is None or b is None else a - b for a, b in pairs)

    def each(self, orders: int) -> Costs:
        """The same, of one among so many orders."""
        return Costs._make(None if part is None else part / orders for part in self)


def middle(costs: Sequence[Costs]) -> Costs:
    """Each party's median."""
    return Costs._make(
        None if None in column else median(column) for column in zip(*costs, strict=True)
    )


def allowed(costs: Costs, workers: int, cores: int) -> float | None:
    """Orders a second that an order's costs allow; None: not everybody can be seen."""
    if costs.all is None:
        return None
    return min(workers / costs.workers, 1 / costs.run, cores / costs.all)
