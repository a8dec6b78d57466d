"""The run's end of the broker: sends orders out, takes what comes back, and knows who is there."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Final

import msgspec

from actors.errors import BrokerRefused, BrokerUnreachable
from actors.rabbitmq.both.address import parameters_of, unreachable, where
from actors.rabbitmq.both.consumer import Consumer, Handed, Source
from actors.rabbitmq.both.link import cause
from actors.rabbitmq.both.publisher import Publisher
from actors.rabbitmq.both.topology import RUNS, Topology, shard_of
from actors.rabbitmq.both.wire import (
    Announcement,
    Bundle,
    Flush,
    Flushed,
    Gone,
    Here,
    Job,
    OrderEnded,
    Poison,
    decode,
    encode,
)
from actors.rabbitmq.run.membership import Membership, NoteOf
from actors.rabbitmq.run.shard import given_up

if TYPE_CHECKING:
    from pika import BlockingConnection
    from pika.channel import Channel

__all__ = ["Coordinator", "connected"]

PREFETCH: Final = 2_000
ACKNOWLEDGED_AT: Final = 50  # messages taken before the broker is told
TURN_S: Final = 0.1
ANNOUNCE_S: Final = 1.0
TAKEN_S: Final = 5.0  # how long the queue of a run that has just died may look used
CLOSING_S: Final = 5.0
FAREWELL_S: Final = 2.0


class Coordinator:
    """The two connections of a run, its membership, and the announcements.

    Args:
        broker: its URL.
        topology: the run's queues.
        announcement: what workers are told of the run.
        arrived: called with outcomes as they come, repeats too, on a thread of the broker's.
        note: hears what a person should know: who (an actor's name), kind, words.
    """

    def __init__(
        self,
        broker: str,
        topology: Topology,
        announcement: Announcement,
        arrived: Callable[[Sequence[OrderEnded]], None],
        note: NoteOf,
    ) -> None:
        self._broker = broker
        self._topology = topology
        self._announcement = announcement
        self._arrived = arrived
        self._note = note
        self.membership = Membership(
            lambda name, kind, words: note(f"worker/{name}", kind, words), time.monotonic
        )
        self._publisher = Publisher(broker, lambda kind, words: note("broker", kind, words))
        processed = Source(topology.processed, PREFETCH, exclusive=True)
        dead = Source(topology.dead, PREFETCH)
        self._consumer = Consumer(
            broker,
            self._take,
            lambda _channel: None,
            lambda kind, words: note("broker", kind, words),
            [processed, dead],
        )
        self._announced = 0.0
        self._over = False
        self._unacknowledged: list[tuple[Channel, int]] = []
        self._mark = ""
        self._unflushed: set[int] = set()
        self.dead_letters = 0

    # Beginning and end.

    def open(self, patience_s: float, stopped: Callable[[], bool]) -> None:
        """Connect and declare the queues.

        Raises:
            BrokerUnreachable: no broker answers within `patience_s` seconds.
            BrokerRefused: another process plays this run, or its queues are of another kind.
        """
        self._publisher.link.start(patience_s, stopped)
        with connected(self._broker) as connection:
            self._topology.declare(connection.channel())
            self._refuse_rival(connection)
        self._consumer.link.start(patience_s, stopped)

    def _refuse_rival(self, connection: BlockingConnection) -> None:
        deadline = time.monotonic() + TAKEN_S
        channel = connection.channel()
        while channel.queue_declare(self._topology.processed, passive=True).method.consumer_count:
            if time.monotonic() > deadline:
                raise BrokerRefused(
                    f"run {self._topology.run} is being played by another process: wait for its "
                    "end, or choose another --run"
                )
            time.sleep(0.1)

    def dismiss(self) -> None:
        """Tell the workers that the run is over, and give them a while to say good-bye."""
        self._over = True
        self.announce()
        self._await(lambda: not self.membership.present, FAREWELL_S)

    def close(self) -> None:
        """Disconnect; of a run that is over nothing is left but what is dead."""
        self._await(self._publisher.idle, CLOSING_S)
        self._acknowledge()
        self._consumer.link.close()
        self._publisher.link.close()
        if self._over:
            self._take_down()

    def _take_down(self) -> None:
        """Remove the queues; a result that is there must not be lost because they stay."""
        from pika.exceptions import AMQPError  # noqa: PLC0415 — the extra may be missing

        try:
            with connected(self._broker) as connection:
                self._topology.remove(connection.channel(), keep_dead=self.dead_letters > 0)
        except (BrokerUnreachable, AMQPError) as error:
            run = self._topology.run
            self._note("broker", "lost", f"queues stay: stocksim broker clean {run} ({error})")

    def _await(self, condition: Callable[[], bool], patience_s: float) -> None:
        deadline = time.monotonic() + patience_s
        while self._publisher.link.connected and not condition():
            if time.monotonic() > deadline:
                return
            time.sleep(0.01)

    @property
    def refusals(self) -> int:
        """How often a queue had no room."""
        return self._publisher.refusals

    @property
    def reconnects(self) -> int:
        """How often a connection had to be opened again."""
        return self._publisher.link.reconnects + self._consumer.link.reconnects

    # Out.

    def publisher_of(self, shard: int) -> Callable[[bytes], None]:
        """What sends an order to a shard."""
        send, orders, key = self._publisher.send, self._topology.orders, str(shard)
        return lambda body: send(orders, key, body)

    def announce(self) -> None:
        """Tell whoever listens what is played and who serves which shards."""
        self._announced = time.monotonic()
        if self._publisher.link.connected:
            news = msgspec.structs.replace(
                self._announcement, members=self.membership.present, over=self._over
            )
            self._publisher.send(RUNS, "", encode(news), must=False)

    def flush(self) -> None:
        """Send a mark after the last order of every shard; see `flushed`."""
        self._mark = secrets.token_hex(8)
        self._unflushed = set(range(self._topology.shards))
        for shard in range(self._topology.shards):
            self.publisher_of(shard)(encode(Flush(mark=self._mark)))

    @property
    def flushed(self) -> bool:
        """Whether every mark has come back: all that was before it has had its effect."""
        return not self._unflushed

    def keep(self) -> None:
        """What has to be done now and then; called about ten times a second."""
        self._acknowledge()
        if self.membership.forget_silent() or time.monotonic() - self._announced > ANNOUNCE_S:
            self.announce()

    # In, on the thread of the connection that consumes.

    def _take(self, handed: Handed) -> None:
        if handed.source.queue == self._topology.dead:
            self._take_dead(handed)
            return
        try:
            self._sort(decode(handed.body))
        except Poison as poison:
            self._note("broker", "dead_letter", f"{handed.source.queue}: {poison}")
        self._unacknowledged.append((handed.channel, handed.tag))
        if len(self._unacknowledged) >= ACKNOWLEDGED_AT:
            self._acknowledge()

    def _sort(self, letter: object) -> None:
        match letter:
            case Bundle():
                self._arrived(_outcomes_of(letter, self._topology.shards))
            case Here():
                if self.membership.here(letter):
                    self.announce()
            case Gone():
                if self.membership.gone(letter):
                    self.announce()
            case Flushed():
                self.membership.update(letter.worker, letter.labours)
                if letter.mark == self._mark:
                    self._unflushed.discard(letter.shard)
            case _:
                raise Poison(f"{type(letter).__name__} is nothing for a run")

    def _acknowledge(self) -> None:
        taken, self._unacknowledged = self._unacknowledged, []
        if taken:
            channel, tag = taken[-1]
            self._consumer.acknowledge(channel, (tag,), older=True)

    def _take_dead(self, handed: Handed) -> None:
        """Look at a dead letter; without an acknowledgement it stays where it is.

        An order that the broker itself gave up, after too many deliveries, has an outcome too.
        """
        # After a reconnection it is handed over again.
        self.dead_letters += not (handed.redelivered and self._consumer.link.reconnects)
        reason = handed.headers.get("reason") or "given up by the broker after too many deliveries"
        self._note("broker", "dead_letter", str(reason))
        try:
            letter = decode(handed.body)
        except Poison:
            return
        letters = letter.letters if isinstance(letter, Bundle) else (letter,)
        shards = self._topology.shards
        if ends := [_given_up(each, shards) for each in letters if isinstance(each, Job)]:
            self._arrived(ends)


def _outcomes_of(bundle: Bundle, shards: int) -> Sequence[OrderEnded]:
    """The outcomes in a bundle; raises Poison if there is anything else in it."""
    outcomes: list[OrderEnded] = []
    for each in bundle.letters:
        if not isinstance(each, OrderEnded):
            raise Poison(f"{type(each).__name__} is nothing for a run")
        if not 0 <= each.shard < shards:
            raise Poison(f"this run has no shard {each.shard}")
        outcomes.append(each)
    return outcomes


def _given_up(job: Job, shards: int) -> OrderEnded:
    shard = shard_of(job.order.lines[0].sku, shards)
    return OrderEnded(order=job.order.id, shard=shard, end=given_up(job.order))


def connected(broker: str) -> closing[BlockingConnection]:
    """A connection for a few questions, closed after the `with` block.

    Raises:
        BrokerUnreachable: it cannot be made.
    """
    from pika import BlockingConnection  # noqa: PLC0415 — the extra may be missing
    from pika.exceptions import AMQPError  # noqa: PLC0415

    parameters = parameters_of(broker)
    try:
        return closing(BlockingConnection(parameters))
    except (AMQPError, OSError) as error:
        raise BrokerUnreachable(
            unreachable(where(parameters), cause(error), "tried once")
        ) from error
