"""Laws of stock: units are conserved, never promised twice, and as many as orders tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from actors.measure.audit.evidence import StockEvidence
from actors.measure.audit.words import NAMED, named
from actors.measure.result import Check
from actors.vocabulary.outcomes import Fulfilment

__all__ = ["conserved", "demand_explained", "never_oversold", "nothing_reserved", "sales_agree"]


def conserved(stock: Sequence[StockEvidence]) -> Check:
    """What was there and what came and went makes what is left."""
    law = "initial + restocked + returned - sold = final"
    return _check("stock conserved", law, stock, _not_conserved)


def never_oversold(stock: Sequence[StockEvidence]) -> Check:
    """No unit was sold or promised that was not there."""
    law = "neither on hand nor available ever fell below zero"
    return _check("never oversold", law, stock, _below_zero)


def sales_agree(stock: Sequence[StockEvidence]) -> Check:
    """What the orders tell is what the inventories did."""
    law = "the orders' lines add up to what the inventories moved"
    return _check("sales agree", law, stock, _disagrees)


def nothing_reserved(stock: Sequence[StockEvidence]) -> Check:
    """Nothing is held for an order that has ended."""
    law = "every reservation was sold or given back"
    return _check("nothing left reserved", law, stock, _still_reserved)


def demand_explained(stock: Sequence[StockEvidence], fulfilment: Fulfilment) -> Check:
    """Units asked for were sold or short; unless partial orders are, or for another product's sake.

    Where the inventories count what they refused, that is what the orders call short. Backorders
    are given up all together: of one that was served in that very moment only the order tells.
    """
    wholly = fulfilment == "partial"
    law = "asked = sold + short" if wholly else "asked ≥ sold + short"

    def unexplained(item: StockEvidence) -> str | None:
        rest = item.heard_asked - item.heard_sold - item.heard_short
        if rest < 0 or (wholly and rest):
            return (
                f"processors: {item.sku}: asked {item.heard_asked:,}, sold {item.heard_sold:,}, "
                f"short {item.heard_short:,}"
            )
        unheard = 0 if item.short is None else item.short - item.heard_short
        if unheard > 0 or (unheard and fulfilment != "backorder"):
            told = f"orders say {item.heard_short:,}"
            return f"inventory {item.sku}: refused {item.short:,} units, {told}"
        return None

    return _check("demand explained", law, stock, unexplained)


def _check(
    name: str,
    law: str,
    stock: Sequence[StockEvidence],
    complaint: Callable[[StockEvidence], str | None],
) -> Check:
    complaints = [words for item in stock if (words := complaint(item)) is not None]
    if not complaints:
        return Check(name=name, ok=True, detail=f"{law}, for {len(stock):,} products")
    detail = named(f"culprit: {complaints[0]}", complaints[1:NAMED])
    return Check(name=name, ok=False, detail=detail)


def _not_conserved(item: StockEvidence) -> str | None:
    if item.initial != item.planned:
        return f"inventory {item.sku}: began with {item.initial:,} of {item.planned:,} units"
    expected = item.initial + item.restocked + item.returned - item.sold
    if expected == item.final:
        return None
    return f"inventory {item.sku}: {expected:,} units expected, {item.final:,} there"


def _below_zero(item: StockEvidence) -> str | None:
    lowest = min(item.lowest, item.final, item.final - item.reserved)
    if lowest >= 0:
        return None
    return f"inventory {item.sku}: stock fell to {lowest:,}"


def _disagrees(item: StockEvidence) -> str | None:
    for what, own, heard in (
        ("sold", item.sold, item.heard_sold),
        ("took back", item.returned, item.heard_returned),
        ("restocked", item.restocked, item.heard_restocked),
    ):
        if own != heard:
            return f"inventory {item.sku}: {what} {own:,} units, orders say {heard:,}"
    return None


def _still_reserved(item: StockEvidence) -> str | None:
    if item.reserved == 0:
        return None
    return f"inventory {item.sku}: {item.reserved:,} units still reserved"
