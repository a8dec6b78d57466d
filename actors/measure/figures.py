"""Figures that are shown in several places, each computed here and nowhere else.

Thresholds, summary, JSON and replications show the same figure in different company; what two
of them computed for themselves would sooner or later differ.
"""

from __future__ import annotations

from collections.abc import Iterable

from actors.measure.result import OrderCounts, ProductTotals
from actors.vocabulary.outcomes import REASONS

__all__ = ["count_of", "fill_rate", "share_of", "totals_of"]


def count_of(name: str, orders: OrderCounts) -> int:
    """How many orders were placed, ended as `name` says, or were rejected for that reason.

    Args:
        name: `placed`, an outcome or a reason.
        orders: the orders that are counted.
    """
    if name in REASONS:
        return orders.rejected_by.get(name, 0)
    found: int = getattr(orders, name)
    return found


def share_of(name: str, orders: OrderCounts) -> float | None:
    """The same as a share 0..1 of the orders placed; None where none was."""
    return count_of(name, orders) / orders.placed if orders.placed else None


def fill_rate(asked: int, sold: int, short: int) -> float | None:
    """The share of demand (units) that a product's own stock could meet: 1 - short / asked.

    None when its stock decided nothing: nothing was asked, or whatever was asked went unsold
    because of other products in the same orders.
    """
    return 1 - short / asked if sold or short else None


def totals_of(products: Iterable[ProductTotals]) -> ProductTotals:
    """All products together; revenue is of those that have a price."""
    each = list(products)
    revenues = [item.revenue for item in each if item.revenue is not None]
    asked, sold = sum(item.asked for item in each), sum(item.sold for item in each)
    short = sum(item.short for item in each)
    return ProductTotals(
        initial=sum(item.initial for item in each),
        asked=asked,
        sold=sold,
        short=short,
        returned=sum(item.returned for item in each),
        restocked=sum(item.restocked for item in each),
        final=sum(item.final for item in each),
        fill=fill_rate(asked, sold, short),
        revenue=round(sum(revenues), 2) if revenues else None,
    )
