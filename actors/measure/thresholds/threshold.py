"""One limit on one figure of a run, as read from its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actors.measure.thresholds.comparisons import Operator, Unit

__all__ = ["Threshold"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """One limit on one figure of a run.

    `value` is in base units: a share 0..1, a count, a rate a second, a time in seconds.
    `number` and `suffix` are the value as written (`1500`, `ms`), which is how the actual
    figure is shown beside it.
    """

    expression: str
    metric: str
    statistic: str | None
    sku: str | None
    op: Operator
    value: float
    unit: Unit
    phase: str | None
    group: str | None
    number: str
    suffix: str

    @property
    def limit(self) -> str:
        """The operator and the value as written: `< 1500ms`."""
        return f"{self.op} {self.number}{self.suffix}"
