"""Every message that travels between actors: frozen and typed (`messages_json`: JSON both ways).

An order as a client writes it is an `Order`; on its way it is carried in

    Place      client → router             the order as JSON bytes, with its envelope
    Serve      router → processor          the decoded order, to be worked on now
    Reserve    processor → inventory       one line: hold this quantity (or take it at once)
    Add        processor → inventory       one line: put this quantity on the shelf
    Answer     inventory → processor       how much of the line was granted
    Settle     processor → inventory       take or give back what is held
    Done       processor → router          I am free; the order ended so
    Processed  processor → collector       the whole story of one order
    Refused    router → collector          an order that no processor saw, with the reason
    Outcome    router → client             the answer, for a client that waits for one

and actors remind themselves with `Due`, `Served` and `Handled` when a time is over.

Messages carry actor *names*, never references, so that a name can outlive a restart and
cross a broker. Times are seconds since the run began.
"""

from __future__ import annotations

from typing import Final

from actors.decisions.order_schema import Line, Message, Order
from actors.vocabulary.outcomes import KINDS, REASONS, Fulfilment, Kind, Reason, Status

__all__ = [
    "EVEN_LUCK",
    "KINDS",
    "REASONS",
    "Add",
    "Answer",
    "Begin",
    "Done",
    "Due",
    "Duplicate",
    "Fulfilment",
    "GiveUp",
    "Halt",
    "Handled",
    "Kind",
    "Line",
    "Luck",
    "Message",
    "Order",
    "Outcome",
    "Place",
    "Processed",
    "Reason",
    "Refused",
    "Reserve",
    "Serve",
    "Served",
    "Settle",
    "Status",
    "Turns",
]


class Luck(Message, frozen=True):
    """What chance decides about an order's times, wherever it is served: uniform numbers in [0, 1).

    They are drawn by the client, so that another number of processors, another strategy or another
    mean leaves every order its draw. `line` and `shelf` are forked for each of several lines.
    """

    service: float = 0.5
    line: float = 0.5
    shelf: float = 0.5


EVEN_LUCK: Final = Luck()


class Place(Message, frozen=True):
    """An order on its way to the router.

    The envelope says what the sender knows without reading the body: latency counts from
    `scheduled`, never from the body's own `placed_at`, and `ref` names the order even when
    the body turns out to be no order at all.
    """

    ref: str
    body: bytes
    scheduled: float
    sender: str
    group: str
    phase: str
    waits: bool = False
    luck: Luck = EVEN_LUCK


class Serve(Message, frozen=True):
    """The router hands an order to a free processor; `queued` says whether it had to wait."""

    order: Order
    place: Place
    queued: bool
    attempt: int = 1


class Reserve(Message, frozen=True):
    """Hold `quantity` for an order line, or, with `take`, sell it at once.

    `line` numbers the order's merged lines from 0; the reservation is keyed by
    (order id, attempt), and an older attempt is ignored. `luck` decides how long it takes.
    """

    order_id: str
    attempt: int
    line: int
    quantity: int
    fulfilment: Fulfilment
    take: bool
    reply_to: str
    luck: float = 0.5


class Add(Message, frozen=True):
    """Put a returned or restocked `quantity` on the shelf."""

    order_id: str
    attempt: int
    line: int
    quantity: int
    kind: Kind
    reply_to: str
    luck: float = 0.5


class Answer(Message, frozen=True):
    """An inventory's answer for one line.

    `granted` units are held (or taken, or added). `waiting`: the rest is backordered and
    another answer will follow. `failed`: the inventory could not handle the message.
    """

    order_id: str
    attempt: int
    line: int
    sku: str
    granted: int
    waiting: bool = False
    failed: bool = False


class Settle(Message, frozen=True):
    """End a reservation: sell what is held (`commit`) or give it back."""

    order_id: str
    attempt: int
    commit: bool


class Outcome(Message, frozen=True):
    """How an order ended, for the client that waits."""

    order_id: str
    status: Status
    reason: Reason | None


class Done(Message, frozen=True):
    """A processor is free for its next order, and possibly reports how the last one ended.

    With `backorder` the two come apart: `free` without an `outcome` while stock is awaited,
    an `outcome` without `free` when the stock has come.
    """

    processor: str
    free: bool
    order_id: str | None = None
    status: Status | None = None
    reason: Reason | None = None


class Processed(Message, frozen=True):
    """One order as a processor finished it.

    `busy` is how long the processor was occupied with it, from taking it to the last
    inventory's answer; `filled` has the units sold or added for each line of the order;
    `short` names the products of which it got too little, in the order in which it asked.
    """

    serve: Serve
    processor: str
    started: float
    finished: float
    busy: float
    status: Status
    reason: Reason | None
    short: tuple[str, ...]
    filled: tuple[int, ...]


class Refused(Message, frozen=True):
    """An order that ended at the router: not valid, for no known product, or one too many."""

    place: Place
    order: Order | None
    finished: float
    reason: Reason
    detail: str


class Duplicate(Message, frozen=True):
    """An order id that the router had seen before; `place` is the one that came again."""

    place: Place


class Halt(Message, frozen=True):
    """The run is interrupted: place no more orders."""


class GiveUp(Message, frozen=True):
    """Nothing more will come: end every backorder as out of stock."""


class Begin(Message, frozen=True):
    """The run begins."""


class Turns(Message, frozen=True):
    """A client's next turns: (moment in seconds, phase), in order."""

    turns: tuple[tuple[float, str], ...]


class Due(Message, frozen=True):
    """It is time for the next order."""


class Served(Message, frozen=True):
    """The service time of the order in hand is over."""


class Handled(Message, frozen=True):
    """The service time of the request in hand is over."""
