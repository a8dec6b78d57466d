"""Every message that travels between actors: frozen, typed, JSON both ways.

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

Messages carry actor *names*, never references, so that a name can outlive a restart and
cross a broker. Times are seconds since the run began.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

__all__ = [
    "KINDS",
    "REASONS",
    "Add",
    "Answer",
    "Done",
    "Duplicate",
    "Fulfilment",
    "GiveUp",
    "Halt",
    "Kind",
    "Line",
    "Message",
    "Order",
    "Outcome",
    "Place",
    "Processed",
    "Reason",
    "Refused",
    "Reserve",
    "Serve",
    "Settle",
    "Status",
    "decode",
    "encode",
]

Kind = Literal["sale", "return", "restock"]
Status = Literal["fulfilled", "partial", "rejected"]
Reason = Literal[
    "invalid",
    "unknown_product",
    "out_of_stock",
    "overloaded",
    "abandoned",
    "failed",
    "interrupted",
]
Fulfilment = Literal["all_or_nothing", "partial", "backorder"]

KINDS: Final[tuple[Kind, ...]] = ("sale", "return", "restock")
REASONS: Final[tuple[Reason, ...]] = (
    "invalid",
    "unknown_product",
    "out_of_stock",
    "overloaded",
    "abandoned",
    "failed",
    "interrupted",
)


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


class Message(msgspec.Struct, frozen=True, tag=True, gc=False):
    """The base of what actors tell each other; its JSON carries the class's name as `type`.

    Messages are trees of values and never refer to themselves, so the garbage collector need
    not look at them (`gc=False`).
    """


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


class Serve(Message, frozen=True):
    """The router hands an order to a free processor; `queued` says whether it had to wait."""

    order: Order
    place: Place
    queued: bool
    attempt: int = 1


class Reserve(Message, frozen=True):
    """Hold `quantity` for an order line, or, with `take`, sell it at once.

    `line` numbers the order's merged lines from 0; the reservation is keyed by
    (order id, attempt), and an older attempt is ignored.
    """

    order_id: str
    attempt: int
    line: int
    quantity: int
    fulfilment: Fulfilment
    take: bool
    reply_to: str


class Add(Message, frozen=True):
    """Put a returned or restocked `quantity` on the shelf."""

    order_id: str
    attempt: int
    line: int
    quantity: int
    kind: Kind
    reply_to: str


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
    inventory's answer; `filled` has the units sold or added for each line of the order.
    """

    serve: Serve
    processor: str
    started: float
    finished: float
    busy: float
    status: Status
    reason: Reason | None
    short_sku: str | None
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


AnyMessage = (
    Place
    | Serve
    | Reserve
    | Add
    | Answer
    | Settle
    | Outcome
    | Done
    | Processed
    | Refused
    | Duplicate
    | Halt
    | GiveUp
)

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyMessage] = msgspec.json.Decoder(AnyMessage)


def encode(message: Message) -> bytes:
    """The message as JSON, tagged with its class's name."""
    return _encoder.encode(message)


def decode(text: bytes) -> AnyMessage:
    """The message that `encode` wrote.

    Raises:
        msgspec.DecodeError: the text is not JSON, or not one of these messages.
    """
    return _decoder.decode(text)
