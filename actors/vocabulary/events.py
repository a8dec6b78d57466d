"""What happens in a run: the kinds of events that are noted for whoever watches."""

from __future__ import annotations

from typing import Final, Literal, get_args

__all__ = ["EVENT_KINDS", "EventKind"]

EventKind = Literal[
    "phase",  # a group of clients enters a phase of the scenario
    "placed",  # a client sent an order
    "taken",  # a processor took an order
    "reserved",  # an inventory granted a line, wholly or in part
    "added",  # an inventory took returned or delivered units
    "short",  # an inventory could not grant a line
    "fulfilled",
    "partial",
    "rejected",
    "dead_letter",  # not a valid order
    "duplicate",  # an order id seen before
    "sold_out",  # nothing of a product is left to promise
    "backorder",  # an order waits for stock
    "crash",  # a handler raised; the actor resumed
    "interrupt",
    "joined",  # a worker serves the run, over a broker
    "left",  # it has gone, with nothing in hand
    "lost",  # it is not heard any more, or the broker is not
    "restored",  # the broker is back
    "stalled",  # orders wait and nobody serves them
]

EVENT_KINDS: Final[tuple[EventKind, ...]] = get_args(EventKind)
