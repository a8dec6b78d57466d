"""A worker at work on one run: from the broker's hand to the store, and the outcome back.

Orders are served by processors (`server_pool.py`), applied to the stock in batches (`applying.py`),
told, and only then acknowledged (`acknowledger.py`).
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from actors.rabbitmq.both.consumer import Consumer, Handed
from actors.rabbitmq.both.publisher import Publisher
from actors.rabbitmq.both.topology import Topology
from actors.rabbitmq.both.wire import (
    Announcement,
    AnyLetter,
    Bundle,
    Flush,
    Flushed,
    Gone,
    Here,
    Job,
    Labours,
    OrderEnd,
    OrderEnded,
    Poison,
    decode,
    encode,
)
from actors.rabbitmq.worker.acknowledger import Acknowledger
from actors.rabbitmq.worker.applying import Applier, UnknownProduct
from actors.rabbitmq.worker.server_pool import DeliveredMessage, DeliveredOrder, ServerPool
from actors.rabbitmq.worker.shard_subscriptions import ShardSubscriptions
from actors.scenario.written_distributions import parse_distribution
from actors.stores.store import Store

if TYPE_CHECKING:
    from pika.channel import Channel

__all__ = ["BATCH", "PREFETCH", "Capacity", "WorkerSession"]

# Measured: benchmarks/broker.py.
BATCH: Final = 256
PREFETCH: Final = 64

MAX_REASON: Final = 200


class Capacity(NamedTuple):
    """How much a worker takes on at once.

    Attributes:
        processors: orders in service; None: as the run says.
        batch: orders in one transaction, at most.
        prefetch: messages of one shard that the broker hands over ahead.
    """

    processors: int | None = None
    batch: int = BATCH
    prefetch: int = PREFETCH


class WorkerSession:
    """One worker's work on one run.

    Args:
        run: what was announced.
        worker: its name.
        capacity: how much it takes on at once.
        store: where the run's stock is.
        consumer: the connection that orders come by.
        publisher: the connection that outcomes leave by.
        clock: the worker's clock, in real seconds.
    """

    def __init__(
        self,
        run: Announcement,
        worker: str,
        capacity: Capacity,
        store: Store,
        consumer: Consumer,
        publisher: Publisher,
        clock: Callable[[], float],
    ) -> None:
        self.run = run.run
        self._worker = worker
        self._topology = Topology(run.run, run.shards)
        self._speed = run.speed
        self._clock = clock
        self._consumer = consumer
        self._publisher = publisher
        self._pool = ServerPool(
            capacity.processors or run.processors,
            parse_distribution(run.service_time),
            parse_distribution(run.line_time),
        )
        self._applier = Applier(store, run.run, worker, run.fulfilment)
        self._subscriptions = ShardSubscriptions(
            consumer, self._topology, worker, capacity.prefetch
        )
        self._acknowledger = Acknowledger(publisher, consumer, self._topology, worker)
        self._batch = capacity.batch
        self._served: deque[DeliveredOrder] = deque()
        self._in_hand: Counter[int] = Counter()  # orders in hand, by shard
        self._flushes: dict[int, Handed] = {}
        self._counts: Counter[str] = Counter()

    @property
    def now(self) -> float:
        """Scenario seconds, from an arbitrary beginning."""
        return self._clock() * self._speed

    @property
    def wait_s(self) -> float | None:
        """Real seconds until there is something to do without being told; None: nothing."""
        if self._served:
            return 0.0
        due = self._pool.due
        return None if due is None else max(0.0, (due - self.now) / self._speed)

    def follow(self, run: Announcement) -> None:
        """Serve the shards that this worker has among the members."""
        self._subscriptions.follow(run.members)

    def take(self, handed: Handed) -> None:
        """Take a message of a shard; one of another run is the broker's again by now."""
        if handed.source.queue not in self._topology.queues:
            return
        shard = int(handed.source.queue.rpartition(".")[2])
        message = DeliveredMessage(shard, handed.channel, handed.tag)
        try:
            letter = decode(handed.body)
            if isinstance(letter, Flush):
                self._flushes[shard] = handed
                self._answer_flush(shard)
            else:
                self._take_jobs(_jobs_of(letter), message, again=handed.redelivered)
        except Poison as poison:
            self._acknowledger.bury(handed.body, str(poison), message)

    def _take_jobs(self, jobs: Sequence[Job], message: DeliveredMessage, *, again: bool) -> None:
        message.left = len(jobs)
        self._counts["redeliveries"] += len(jobs) * again
        self._in_hand[message.shard] += len(jobs)
        now = self.now
        for job in jobs:
            self._pool.take(DeliveredOrder(message, job), now)

    def withdraw(self, channel: Channel) -> None:
        """Forget what came by a channel that is gone."""
        served, self._served = self._served, deque()
        for delivered in served:
            if delivered.message.channel is channel:
                self._in_hand[delivered.message.shard] -= 1
            else:
                self._served.append(delivered)
        for delivered in self._pool.withdraw(channel, self.now):
            self._in_hand[delivered.message.shard] -= 1
        self._flushes = {
            shard: flush for shard, flush in self._flushes.items() if flush.channel is not channel
        }

    def apply(self) -> None:
        """Apply a batch of the orders whose service is over to the stock, if there are any.

        Raises:
            StoreUnreachable: the store cannot be reached; the batch is still to be applied.
        """
        self._served.extend(self._pool.finish(self.now))
        if not self._served:
            return
        batch = [self._served[place] for place in range(min(self._batch, len(self._served)))]
        try:
            applied = self._applier.apply(batch, self.now)
        except UnknownProduct as unknown:
            self._bury_orders_for(batch, str(unknown))
            return
        self._counts["orders"] += applied.new
        self._counts["repeats"] += len(batch) - applied.new
        self._counts["batches"] += 1
        self._acknowledger.tell(batch, [_outcome(each, applied.ends) for each in batch])
        self._leave_hand(batch)

    def _leave_hand(self, batch: Sequence[DeliveredOrder]) -> None:
        for delivered in batch:
            self._served.popleft()
            self._in_hand[delivered.message.shard] -= 1
        self._answer_flushes()

    def _answer_flushes(self) -> None:
        for shard in list(self._flushes):
            self._answer_flush(shard)

    def _answer_flush(self, shard: int) -> None:
        handed = self._flushes.get(shard)
        if handed is None or self._in_hand[shard]:
            return
        del self._flushes[shard]
        letter = decode(handed.body)
        assert isinstance(letter, Flush)  # noqa: S101 — that is how it came here
        answer = encode(
            Flushed(mark=letter.mark, shard=shard, worker=self._worker, labours=self.labours)
        )
        self._acknowledger.answer(answer, handed.channel, handed.tag)

    def _bury_orders_for(self, batch: Sequence[DeliveredOrder], sku: str) -> None:
        """The run has no such product: whoever put these orders here was not its router."""
        reason = f"unknown product {sku!r}"[:MAX_REASON]
        for each in batch:
            if any(line.sku == sku for line in each.job.order.lines):
                self._served.remove(each)
                self._in_hand[each.message.shard] -= 1
                self._acknowledger.bury(encode(each.job), reason, each.message)
        self._answer_flushes()

    # Presence.

    @property
    def labours(self) -> Labours:
        """What has been done so far."""
        counts = self._counts
        return Labours(
            orders=counts["orders"],
            repeats=counts["repeats"],
            batches=counts["batches"],
            fenced=self._applier.undone,
            redeliveries=counts["redeliveries"],
            dead_letters=self._acknowledger.buried,
            reconnects=self._consumer.link.reconnects + self._publisher.link.reconnects,
            busy_s=self._pool.busy_s,
        )

    def show_up(self) -> None:
        """Tell the run that this worker is there."""
        here = Here(worker=self._worker, processors=self._pool.processors, labours=self.labours)
        self._acknowledger.mention(encode(here))

    def leave(self) -> None:
        """Give back everything that is not applied, and say so."""
        self._subscriptions.leave()
        gone = Gone(worker=self._worker, labours=self.labours)
        self._acknowledger.mention(encode(gone))


def _outcome(delivered: DeliveredOrder, ends: Mapping[str, OrderEnd]) -> bytes:
    order = delivered.order.id
    return encode(OrderEnded(order=order, shard=delivered.message.shard, end=ends[order]))


def _jobs_of(letter: AnyLetter) -> Sequence[Job]:
    """The orders of a message; raises Poison if there is anything else in it."""
    letters = letter.letters if isinstance(letter, Bundle) else (letter,)
    jobs = [each for each in letters if isinstance(each, Job)]
    for each in letters:
        if not isinstance(each, Job):
            raise Poison(f"{type(each).__name__} is nothing for a shard")
    return jobs
