"""The events of a run, for whoever watches it.

Actors note an event only when somebody reads it: with nobody watching, a run pays one
comparison an event. The reader (console, trace, live page) is a plain callable.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

from actors.vocabulary.events import EventKind

__all__ = ["Detail", "Event", "EventKind", "Journal"]


class Detail(IntEnum):
    """How much the reader wants to see; an actor compares before it builds an event."""

    NOTHING = 0
    OUTCOMES = 1  # phases, outcomes, sell-outs, crashes
    EVERYTHING = 2  # every hop of every order


class Event(NamedTuple):
    """One thing that happened: when (seconds since the start), at which actor, to which order.

    `actor` is the actor's full name such as `inventory/PHONE-X`; `order_id` is empty where no
    order is concerned; `text` says the rest, without colour or line breaks of our own making (it
    may quote foreign data: escape control characters before showing it). Where the kind says all
    but a name or a number, it is that: `actors.report.log_wording` makes a sentence of it.
    """

    at: float
    actor: str
    kind: EventKind
    order_id: str
    text: str


Journal = Callable[[Event], None]
