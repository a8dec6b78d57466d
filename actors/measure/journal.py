"""The events of a run, for whoever watches it.

Actors note an event only when somebody reads it: with nobody watching, a run pays one
comparison an event. The reader (console, trace, live page) is a plain callable.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Literal, NamedTuple

__all__ = ["Detail", "Event", "EventKind", "Journal"]

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


class Detail(IntEnum):
    """How much the reader wants to see; an actor compares before it builds an event."""

    NOTHING = 0
    OUTCOMES = 1  # phases, outcomes, sell-outs, crashes
    EVERYTHING = 2  # every hop of every order


class Event(NamedTuple):
    """One thing that happened: when (seconds since the start), at which actor, to which order.

    `actor` is the actor's full name such as `inventory/PHONE-X`; `order_id` is empty where no
    order is concerned; `text` is plain words without colour or line breaks of our own making
    (it may quote foreign data: escape control characters before showing it).
    """

    at: float
    actor: str
    kind: EventKind
    order_id: str
    text: str


Journal = Callable[[Event], None]
