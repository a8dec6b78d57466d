"""What travels through the broker: JSON, tagged with its type, with a version.

    Bundle        both ways         several orders, or several outcomes, in one message
    Job           run → shard       an order, to be worked on
    Flush         run → shard       a mark at the end of the line
    OrderEnded    worker → run      how one order ended
    StoredOrder   worker → store    the same with the order: all that a later start must know
    Flushed       worker → run      everything before the mark has had its effect
    Here, Gone    worker → run      who is there, and what it has done so far
    Announcement  run → workers     what is played, and who serves which shards

Workers report durations, not times: clocks of two machines differ. Seconds are scenario
seconds throughout.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal

import msgspec

from actors.common.visible_text import visible
from actors.decisions.order_json import MAX_BYTES as MAX_ORDER
from actors.decisions.order_json import InvalidOrder, check_order, encode_order
from actors.messages import Fulfilment, Luck, Order, Place, Reason, Serve, Status

__all__ = [
    "Announcement",
    "Bundle",
    "Flush",
    "Flushed",
    "Gone",
    "Here",
    "Job",
    "Labours",
    "Letter",
    "OrderEnd",
    "OrderEnded",
    "Poison",
    "StoredOrder",
    "bundle",
    "bundles",
    "decode",
    "encode",
    "gathered",
]

MAX_BYTES: Final = 1024 * 1024
_FULL: Final = MAX_BYTES // 2  # of a bundle: one letter alone is never longer
_MAX_WORDS: Final = 200


Fraction = Annotated[float, msgspec.Meta(ge=0.0, lt=1.0)]


class Letter(msgspec.Struct, frozen=True, tag=True, kw_only=True, gc=False):
    """What all have in common; `v` is the version of this vocabulary."""

    v: Literal[4] = 4


class Job(Letter, frozen=True, gc=False):
    """An order and the envelope it came in, as in `Place`.

    `scenario` is the fingerprint of what is played: an outcome of another scenario under the
    same run id would be an answer to another question.
    """

    scenario: str
    order: Order
    scheduled: float
    sender: str
    group: str
    phase: str
    luck: tuple[Fraction, Fraction, Fraction] = (0.5, 0.5, 0.5)
    attempt: int = 1

    @classmethod
    def of(cls, serve: Serve, scenario: str) -> Job:
        """What a processor is asked to do."""
        place = serve.place
        return cls(
            scenario=scenario,
            order=serve.order,
            scheduled=place.scheduled,
            sender=place.sender,
            group=place.group,
            phase=place.phase,
            luck=(place.luck.service, place.luck.line, place.luck.shelf),
            attempt=serve.attempt,
        )

    def serve(self) -> Serve:
        """The message of the story that it was made from; whoever waits is at the other end."""
        order = self.order
        place = Place(
            order.id,
            encode_order(order),
            self.scheduled,
            self.sender,
            self.group,
            self.phase,
            luck=Luck(*self.luck),
        )
        return Serve(order, place, queued=False, attempt=self.attempt)


class Flush(Letter, frozen=True, gc=False):
    """A mark: queues are first in, first out, so what was sent before it has ended before it."""

    mark: str


class OrderEnd(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """How an order ended.

    `held_s` is how long the worker had it in hand, from the moment a processor took it to its
    effect on stock; `busy_s` of that is the processor's service time; `queued`: no processor was
    free when it came. `sold_out` names products of which this order left nothing, for the
    first time.
    """

    worker: str
    status: Status
    reason: Reason | None = None
    short: tuple[str, ...] = ()
    filled: tuple[int, ...]
    queued: bool
    busy_s: float
    held_s: float
    sold_out: tuple[str, ...] = ()


class OrderEnded(Letter, frozen=True, gc=False):
    """The end of an order that the run has in hand, and knows by its id and its shard."""

    order: str
    shard: int
    end: OrderEnd


class StoredOrder(Letter, frozen=True, gc=False):
    """An order and its end, as the store keeps them."""

    job: Job
    end: OrderEnd


class Bundle(Letter, frozen=True, gc=False):
    """Letters that travel together: to a broker a message is much work, a longer one little."""

    letters: Annotated[tuple[Job | OrderEnded, ...], msgspec.Meta(min_length=1)]


class RawBundle(Letter, frozen=True, tag="Bundle", gc=False):
    """A bundle of letters that are JSON already."""

    letters: list[msgspec.Raw]


class Labours(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a worker has done since it joined: counts, and the seconds its processors were busy."""

    orders: int = 0
    repeats: int = 0  # orders that the store had already
    batches: int = 0  # committed transactions
    fenced: int = 0  # transactions undone because somebody else wrote a row
    redeliveries: int = 0
    dead_letters: int = 0
    reconnects: int = 0
    busy_s: float = 0.0


class Flushed(Letter, frozen=True, gc=False):
    """All that stood before a mark in a shard's line has had its effect, whoever the worker was."""

    mark: str
    shard: int
    worker: str
    labours: Labours


class Here(Letter, frozen=True, gc=False):
    """A worker serves the run; told once a second."""

    worker: str
    processors: int
    labours: Labours


class Gone(Letter, frozen=True, gc=False):
    """A worker leaves, with nothing in hand."""

    worker: str
    labours: Labours


class Announcement(Letter, frozen=True, gc=False):
    """What a worker must know of a run; told once a second and whenever the members change.

    `processors` each worker has unless it says otherwise; `speed` is scenario seconds a real
    second; `over`: the run has ended, and whoever serves it may leave.
    """

    run: str
    shards: int
    speed: float
    service_time: str
    line_time: str
    fulfilment: Fulfilment
    processors: int
    members: tuple[str, ...] = ()
    over: bool = False


AnyLetter = Bundle | Job | Flush | OrderEnded | StoredOrder | Flushed | Here | Gone | Announcement

_encoder: Final = msgspec.json.Encoder()
_decoder: Final[msgspec.json.Decoder[AnyLetter]] = msgspec.json.Decoder(AnyLetter)


class Poison(ValueError):
    """A message that nobody can use; its text says why."""


def encode(letter: Letter) -> bytes:
    """The letter as JSON: `{"type": "Job", "v": 4, …}`."""
    return _encoder.encode(letter)


def bundles(letters: Iterable[bytes], most: int) -> Iterator[bytes]:
    """Encoded letters in bundles of at most so many, none too long to be read."""
    return map(bundle, gathered(letters, most))


def bundle(letters: Iterable[bytes]) -> bytes:
    """Encoded letters as one message."""
    return encode(RawBundle(letters=list(map(msgspec.Raw, letters))))


def gathered(letters: Iterable[bytes], most: int) -> Iterator[list[bytes]]:
    """The letters of each of those bundles."""
    together: list[bytes] = []
    size = 0
    for letter in letters:
        if len(together) == most or (together and size + len(letter) > _FULL):
            yield together
            together, size = [], 0
        together.append(letter)
        size += len(letter)
    if together:
        yield together


def decode(body: bytes) -> AnyLetter:
    """The letter that `encode` wrote.

    Raises:
        Poison: over 1 MiB, not JSON, of another version, no letter, or an order in it is none.
    """
    if len(body) > MAX_BYTES:
        raise Poison(f"over {MAX_BYTES // 1024} KiB")
    try:
        letter = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        # A decoder quotes what it read.
        raise Poison(visible(str(error)[:_MAX_WORDS])[:_MAX_WORDS]) from error
    for each in letter.letters if isinstance(letter, Bundle) else (letter,):
        if isinstance(each, Job):
            _check(each.order, len(body))
    return letter


def _check(order: Order, size: int) -> None:
    """Hold an order that came in a letter of some size to the rules of those that clients send."""
    try:
        check_order(order)
    except InvalidOrder as error:
        raise Poison(f"invalid order: {error}") from error
    if size > MAX_ORDER and len(encode_order(order)) > MAX_ORDER:
        raise Poison(f"invalid order: over {MAX_ORDER // 1024} KiB")
