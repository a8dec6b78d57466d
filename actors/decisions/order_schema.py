"""The JSON order, as clients write it, and the base of the messages that carry it.

These stay structs when the modules around them are compiled: msgspec reads and writes them.
"""

from __future__ import annotations

import msgspec

from actors.vocabulary.outcomes import Kind

__all__ = ["Line", "Message", "Order"]


class Line(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """One line of an order: a quantity of one product."""

    sku: str
    quantity: int


class Order(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """An order as a client writes it: the JSON integration surface."""

    id: str
    client: str
    kind: Kind = "sale"
    placed_at: float
    priority: int = 0
    lines: tuple[Line, ...]


class Message(msgspec.Struct, frozen=True):
    """The base of what actors tell each other.

    One that has nothing but values cannot be part of a circle, and says so to the garbage
    collector (`gc=False`); a reference to an actor leads to all that the actor has.
    """
