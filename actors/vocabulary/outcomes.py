"""How an order ends, and why; what happens when stock is short; which kinds of orders there are."""

from __future__ import annotations

from typing import Final, Literal, get_args

__all__ = [
    "FULFILMENTS",
    "KINDS",
    "REASONS",
    "STATUSES",
    "Fulfilment",
    "Kind",
    "Reason",
    "Status",
]

Status = Literal["fulfilled", "partial", "rejected"]

Reason = Literal[
    "invalid",  # it is no order
    "unknown_product",  # nobody has such a product
    "out_of_stock",  # there was too little of a product
    "overloaded",  # the queue was full
    "failed",  # an actor raised while it had the order
    "interrupted",  # the run was cut short
]

Fulfilment = Literal[
    "all_or_nothing",  # too little of one product rejects the order
    "partial",  # what there is is sold
    "backorder",  # the order waits for more
]

Kind = Literal["sale", "return", "restock"]

STATUSES: Final[tuple[Status, ...]] = get_args(Status)
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)
FULFILMENTS: Final[tuple[Fulfilment, ...]] = get_args(Fulfilment)
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
