"""What the collector knows of each product, from the processed orders alone.

The audit compares it with what the inventories say of themselves, so nothing here may come
from them.
"""

from __future__ import annotations

from collections.abc import Sequence

from actors.measure.order_statistics import Ended
from actors.messages import Order, Processed

__all__ = ["ProductBook", "ProductTally"]


class ProductTally:
    """Units of one product over all processed orders."""

    __slots__ = ("asked", "refused", "restocked", "returned", "short", "short_since", "sold")

    def __init__(self) -> None:
        self.asked = 0
        self.sold = 0
        self.short = 0
        self.returned = 0
        self.restocked = 0
        self.refused = 0  # orders, not units
        self.short_since: float | None = None


class ProductBook:
    """Tallies by SKU; see `ProductResult` for what the figures mean."""

    def __init__(self) -> None:
        self._tallies: dict[str, ProductTally] = {}

    def of(self, sku: str) -> ProductTally:
        """The tally of one product, empty if nothing was heard of it."""
        tally = self._tallies.get(sku)
        if tally is None:
            tally = self._tallies[sku] = ProductTally()
        return tally

    def take(self, batch: Sequence[Ended]) -> None:
        """Take ended orders in bulk."""
        for ended in batch:
            if isinstance(ended, Processed):
                order = ended.serve.order
                kind = order.kind
                if kind == "sale":
                    self._take_sale(order, ended)
                else:
                    self._take_delivery(ended, returned=kind == "return")

    def _take_sale(self, order: Order, sale: Processed) -> None:
        filled = sale.filled
        for number, line in enumerate(order.lines):
            sku = line.sku
            tally = self._tallies.get(sku) or self.of(sku)
            tally.asked += line.quantity
            tally.sold += filled[number]
        if sale.short:
            self._take_shortage(sale)

    def _take_shortage(self, sale: Processed) -> None:
        """Units refused count against the products that were short, not their companions."""
        for line, filled in zip(sale.serve.order.lines, sale.filled, strict=True):
            if line.sku in sale.short:
                self.of(line.sku).short += line.quantity - filled
        for sku in sale.short:
            tally = self.of(sku)
            if sale.status == "rejected":
                tally.refused += 1
            if tally.short_since is None:
                tally.short_since = sale.finished

    def _take_delivery(self, order: Processed, *, returned: bool) -> None:
        for line, added in zip(order.serve.order.lines, order.filled, strict=True):
            tally = self.of(line.sku)
            if returned:
                tally.returned += added
            else:
                tally.restocked += added
