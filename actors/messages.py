"""Every message that travels between actors: frozen and typed.

An order as a client writes it is an `Order`; on its way it is carried in

    Place      client → router             the order as JSON bytes, with its envelope
    Serve      router → processor          the decoded order, to be worked on now
    Reserve    processor → inventory       one line: hold this quantity (or take it at once)
    Add        processor → inventory       one line: put this quantity on the shelf
    Answer     inventory → processor       how much of the line was granted
    Settle     processor → inventory       take or give back what is held
    Ready      processor → router          I am free: give me an order
    Done       processor → router          the order ended so, and perhaps I am free
    Leave      processor → router          give me no more
    Processed  processor → collector       the whole story of one order
    Refused    router → collector          an order that no processor saw, with the reason
    Outcome    router → client             the answer, for a client that waits for one

and actors remind themselves with `Due`, `Served` and `Handled` when a time is over.

Whoever is to be answered says so by a reference (`reply_to`, `processor`). Times are seconds
since the run began.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from actors.decisions.order_schema import Line, Message, Order
from actors.ref import Ref
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
    "Leave",
    "Line",
    "Luck",
    "Message",
    "Order",
    "Outcome",
    "Place",
    "Processed",
    "Ready",
    "Reason",
    "Refused",
    "Reserve",
    "Serve",
    "Served",
    "Settle",
    "Status",
    "Turns",
]


class Luck(Message, frozen=True, gc=False):
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
    the body turns out to be no order at all. `reply_to` is told the outcome; None: nobody waits.
    """

    ref: str
    body: bytes
    scheduled: float
    sender: str
    group: str
    phase: str
    reply_to: Ref[Outcome] | None = None
    luck: Luck = EVEN_LUCK

    @property
    def waits(self) -> bool:
        """Whether the sender waits for the outcome."""
        return self.reply_to is not None


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
    reply_to: Ref[Answer]
    luck: float = 0.5


class Add(Message, frozen=True):
    """Put a returned or restocked `quantity` on the shelf."""

    order_id: str
    attempt: int
    line: int
    quantity: int
    kind: Kind
    reply_to: Ref[Answer]
    luck: float = 0.5


class Answer(Message, frozen=True, gc=False):
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


class Settle(Message, frozen=True, gc=False):
    """End a reservation: sell what is held (`commit`) or give it back."""

    order_id: str
    attempt: int
    commit: bool


class Outcome(Message, frozen=True, gc=False):
    """How an order ended, for the client that waits."""

    order_id: str
    status: Status
    reason: Reason | None


class Ready(Message, frozen=True):
    """A processor is free for its next order; by its first word it introduces itself.

    `again`: it has done so before, and does not join anew if it has left meanwhile.
    """

    processor: Ref[Serve]
    again: bool = False


class Leave(Message, frozen=True):
    """A processor takes no more orders; one that it has in hand it ends."""

    processor: Ref[Serve]


class Done(Message, frozen=True):
    """How an order ended; `free`: and its processor is ready for the next one.

    It is not where the order waited for stock while its processor went on to others.
    """

    processor: Ref[Serve]
    free: bool
    order_id: str
    status: Status
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


class Halt(Message, frozen=True, gc=False):
    """The run is interrupted: place no more orders."""


class GiveUp(Message, frozen=True, gc=False):
    """Nothing more will come: end every backorder as out of stock."""


class Begin(Message, frozen=True):
    """The run begins; `peers` are the clients to whom the first of a group deals its schedule."""

    peers: Sequence[Ref[Turns]] = ()


class Turns(Message, frozen=True, gc=False):
    """A client's next turns: (moment in seconds, phase), in order."""

    turns: tuple[tuple[float, str], ...]


class Due(Message, frozen=True, gc=False):
    """It is time for the next order."""


class Served(Message, frozen=True, gc=False):
    """The service time of the order in hand is over."""


class Handled(Message, frozen=True, gc=False):
    """The service time of the request in hand is over."""
