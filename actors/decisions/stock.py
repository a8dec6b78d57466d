"""What an order does to stock: pure functions, used wherever stock lives.

An inventory actor applies them under its lock; a durable store can apply the same ones in a
transaction. Nothing here knows an actor, a lock or a clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from actors.vocabulary.outcomes import Fulfilment, Status

__all__ = ["Change", "Stock", "apply", "conclude", "grant"]

Change = Literal["take", "reserve", "commit", "release", "add"]


class Stock(msgspec.Struct, frozen=True, gc=False):
    """The stock of one product, in units: `on_hand` on the shelf, `reserved` of it promised."""

    on_hand: int
    reserved: int = 0

    @property
    def available(self) -> int:
        """Units that can still be promised."""
        return self.on_hand - self.reserved


def grant(stock: Stock, wanted: int, fulfilment: Fulfilment) -> int:
    """How many of `wanted` units an order line gets: all or none, or as many as there are."""
    available = stock.on_hand - stock.reserved
    if wanted <= available:
        return wanted
    return 0 if fulfilment == "all_or_nothing" else available


def apply(stock: Stock, change: Change, quantity: int) -> Stock:
    """The stock after one change of `quantity` units that `grant` allowed."""
    if change == "take":
        return Stock(stock.on_hand - quantity, stock.reserved)
    if change == "reserve":
        return Stock(stock.on_hand, stock.reserved + quantity)
    if change == "commit":
        return Stock(stock.on_hand - quantity, stock.reserved - quantity)
    if change == "release":
        return Stock(stock.on_hand, stock.reserved - quantity)
    return Stock(stock.on_hand + quantity, stock.reserved)


def conclude(wanted: Sequence[int], granted: Sequence[int], fulfilment: Fulfilment) -> Status:
    """How an order ends whose lines wanted and were granted these units.

    An order that is granted nothing is rejected; with `partial`, one that is granted something
    but not everything is partial; otherwise it is all or nothing.

    Raises:
        ValueError: not as many grants as lines.
    """
    if len(granted) != len(wanted):
        raise ValueError(f"{len(wanted)} lines and {len(granted)} grants: there must be as many")
    if list(granted) == list(wanted):
        return "fulfilled"
    if fulfilment == "partial" and any(granted):
        return "partial"
    return "rejected"
