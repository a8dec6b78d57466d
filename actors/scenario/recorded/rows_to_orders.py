"""Puts the rows of a recorded log together: whole orders, each at its earliest time.

A row that cannot belong to an order is refused with its line number. An order that no router
would accept (a fraction of a unit, sales and returns mixed, a write-off that no client asked
for) stays in the recording as it was found, and the run shows it as invalid. Whether one is, and
in which words, is found by reading its JSON as strictly as the router will.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from actors.decisions.order_json import InvalidOrder, decode_order
from actors.measure.result import InvalidRecord, RefusedRow
from actors.scenario.recorded.recording import RecordedOrder, Recording, ReplayError
from actors.scenario.recorded.row_values import Quantity, Timeline, read_quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from actors.vocabulary.outcomes import Kind

__all__ = ["Assembly"]

MAX_QUOTED: Final = 40  # characters of foreign text in a note
MAX_ROWS: Final = 5_000_000
MAX_QUANTITY: Final = 1_000_000  # what an order's line may ask for


@dataclass(slots=True)
class _Draft:
    """An order of which more rows may follow."""

    row: int
    at: float
    kind: Kind | None
    priority: int
    client: str = ""
    lines: list[tuple[str, Quantity]] = field(default_factory=list)
    negative: bool = False
    flaw: tuple[int, str] | None = None

    def append(self, row: int, sku: str, quantity: Quantity) -> None:
        """Add a line, and remember the first that makes the order invalid by its quantity."""
        if self.flaw is None:
            why = self._objection(quantity)
            if why:
                self.flaw = (row, why)
        self.lines.append((sku, quantity))

    def _objection(self, quantity: Quantity) -> str:
        if not isinstance(quantity, int):
            return f"the quantity {_short(quantity)} is not a whole number"
        if not self.lines:
            self.negative = quantity < 0
        if (quantity < 0) is not self.negative:
            return "sold and returned quantities in one order"
        if not 1 <= abs(quantity) <= MAX_QUANTITY:
            return f"the quantity {quantity} is not within 1 and {MAX_QUANTITY:,}"
        return ""

    def complete(self) -> None:
        """Decide what an order of negative quantities is, now that all its rows are known."""
        if not self.negative or self.flaw:
            return
        if self.kind is None and self.client:
            self.kind = "return"
            # Whole numbers all of them, or there would be a flaw.
            self.lines = [(sku, -q) for sku, q in self.lines if isinstance(q, int)]
        elif self.kind is None:
            self.flaw = (self.row, "a negative quantity without a client: a write-off, no return")
        else:
            self.flaw = (self.row, f"a negative quantity in a {self.kind}")


class Assembly:
    """Takes a log's rows one by one and makes a `Recording` of them.

    Args:
        group: the client of orders that name none.
        compress: how many times faster than recorded the orders shall come, above 0.
    """

    def __init__(self, group: str, compress: float) -> None:
        self._group = group
        self._compress = compress
        self._timeline = Timeline()
        self._drafts: dict[str, _Draft] = {}
        self._skus: dict[str, str] = {}
        self._refused: list[RefusedRow] = []
        self._rows = 0

    def add(
        self,
        row: int,
        order: str,
        client: str,
        time: str | float,
        sku: str,
        quantity: object,
        kind: Kind | None = None,
        priority: int = 0,
    ) -> None:
        """Take the row that starts at line `row`; it is refused when it belongs to no order.

        Raises:
            ReplayError: it is one row too many.
        """
        if not order or not sku or order.isspace() or sku.isspace():
            self.refuse(row, "no order id" if not order.strip() else "no SKU")
            return
        try:
            at = self._timeline.seconds(time)
        except ValueError as error:
            self.refuse(row, str(error))
            return
        self._count()
        draft = self._drafts.get(order)
        if draft is None:
            draft = self._drafts[order] = _Draft(row, at, kind, priority)
        draft.at = min(draft.at, at)
        if client and not draft.client and not client.isspace():
            draft.client = client
        # A log names the same few SKUs again and again: keep one text of each.
        draft.append(row, self._skus.setdefault(sku, sku), read_quantity(quantity))

    def refuse(self, row: int, why: str) -> None:
        """Count a row that belongs to no order.

        Raises:
            ReplayError: it is one row too many.
        """
        self._count()
        self._refused.append(RefusedRow(line=row, why=why))

    def _count(self) -> None:
        self._rows += 1
        if self._rows > MAX_ROWS:
            raise ReplayError("file", f"more than {MAX_ROWS:,} rows: replay a part of it")

    def finish(self) -> Recording:
        """The recording of all rows taken.

        Raises:
            ReplayError: none of them belongs to an order.
        """
        if not self._drafts:
            raise ReplayError("file", f"no row can be replayed{self._first_refused()}")
        for draft in self._drafts.values():
            draft.complete()
        orders = self._orders()
        return Recording(
            orders=orders,
            rows=self._rows,
            refused=tuple(self._refused),
            invalid=tuple(sorted(self._invalid(orders), key=attrgetter("line"))),
            skus=tuple(self._skus),
        )

    def _first_refused(self) -> str:
        if not self._refused:
            return ": there is none"
        first = self._refused[0]
        return f"; line {first.line}: {first.why}"

    def _invalid(self, orders: Iterable[RecordedOrder]) -> Iterator[InvalidRecord]:
        for order in orders:
            try:
                decode_order(order.body())
            except InvalidOrder as error:
                line, note = self._drafts[order.id].flaw or (order.row, None)
                yield InvalidRecord(line=line, order=order.id, why=str(error), note=note)

    def _orders(self) -> tuple[RecordedOrder, ...]:
        start = min(draft.at for draft in self._drafts.values())
        orders = [
            RecordedOrder(
                id=name,
                client=draft.client or self._group,
                kind=draft.kind or "sale",
                at=(draft.at - start) / self._compress,
                lines=tuple(draft.lines),
                row=draft.row,
                priority=draft.priority,
            )
            for name, draft in self._drafts.items()
        ]
        # Sorting is stable: orders of one time keep the file's order.
        return tuple(sorted(orders, key=attrgetter("at")))


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED]}…"
