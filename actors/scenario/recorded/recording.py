"""What reading a recorded log gives: its orders, and what is to be said about its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import msgspec

if TYPE_CHECKING:
    from actors.measure.result import InvalidRecord, RefusedRow
    from actors.scenario.recorded.row_values import Quantity
    from actors.vocabulary.outcomes import Kind

__all__ = ["RecordedOrder", "Recording", "ReplayError"]


class ReplayError(ValueError):
    """A log that cannot be replayed; `key` is the scenario's key to blame."""

    def __init__(self, key: Literal["file", "columns"], message: str) -> None:
        super().__init__(message)
        self.key: Final = key


@dataclass(frozen=True)
class RecordedOrder:
    """One order of a log.

    Attributes:
        id: as written.
        client: as written, or the group's name where the log has none.
        kind: a return when the log has only negative quantities; those are positive here.
        at: seconds since the log's earliest row, divided by `compress`.
        lines: (SKU, quantity) in the file's order; a quantity that is no whole number is kept
            as it was found, and so are negative ones that make no return.
        row: the line number of its first row, counted from 1.
        priority: higher is served first.
    """

    id: str
    client: str
    kind: Kind
    at: float
    lines: tuple[tuple[str, Quantity], ...]
    row: int
    priority: int = 0

    def body(self) -> bytes:
        """The order as JSON; what was recorded wrongly stays so, for the router to refuse."""
        fields: Mapping[str, object] = {
            "id": self.id,
            "client": self.client,
            "kind": self.kind,
            "placed_at": self.at,
            "priority": self.priority,
            "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in self.lines],
        }
        return msgspec.json.encode(fields)


@dataclass(frozen=True)
class Recording:
    """A whole log: `rows` = the lines of all orders + the refused rows.

    Attributes:
        orders: by time; those of equal time in the file's order.
        rows: the data rows seen; in a file of whole orders, their lines.
        refused: the rows that belong to no order, by line.
        invalid: those of the orders that are none, by line.
        skus: every SKU that an order names, by first appearance.
    """

    orders: tuple[RecordedOrder, ...]
    rows: int
    refused: tuple[RefusedRow, ...]
    invalid: tuple[InvalidRecord, ...]
    skus: tuple[str, ...]
