"""When a message may be acknowledged: once what came of it is safe with the broker."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from actors.broker.consumer import Consumer
from actors.broker.publisher import Publisher
from actors.broker.topology import Topology
from actors.remote.desk import Delivery

if TYPE_CHECKING:
    from pika.channel import Channel

__all__ = ["Post"]


class Post:
    """Sends what a worker has to tell, and acknowledges what it tells of.

    Args:
        publisher: the connection that it leaves by.
        consumer: the connection that acknowledgements leave by.
        topology: the run's queues.
        worker: who signs dead letters.
    """

    def __init__(
        self, publisher: Publisher, consumer: Consumer, topology: Topology, worker: str
    ) -> None:
        self._publisher = publisher
        self._consumer = consumer
        self._topology = topology
        self._worker = worker
        self.buried = 0

    def tell(self, batch: Sequence[Delivery], outcomes: Sequence[bytes]) -> None:
        """Publish the outcomes of a batch; acknowledge its orders when the broker has them all."""
        receipt = _Receipt(batch, self._consumer)
        for outcome in outcomes:
            self._publisher.send("", self._topology.processed, outcome, done=receipt.confirmed)

    def answer(self, text: bytes, channel: Channel, tag: int) -> None:
        """Publish an answer, then acknowledge what it answers."""
        done = partial(self._consumer.acknowledge, channel, (tag,))
        self._publisher.send("", self._topology.processed, text, done=done)

    def mention(self, text: bytes) -> None:
        """Publish what will be told again anyway."""
        self._publisher.send("", self._topology.processed, text, must=False)

    def bury(self, body: bytes, shard: int, reason: str, channel: Channel, tag: int) -> None:
        """Put what nobody can use where somebody can look at it, with the reason."""
        self.buried += 1
        headers = {
            "reason": reason,
            "worker": self._worker,
            "queue": self._topology.shard(shard),
        }
        done = partial(self._consumer.acknowledge, channel, (tag,))
        self._publisher.send("", self._topology.dead, body, headers=headers, done=done)


class _Receipt:
    """Acknowledges the orders of a batch when the last of their outcomes is confirmed."""

    def __init__(self, batch: Sequence[Delivery], consumer: Consumer) -> None:
        self._batch = batch
        self._consumer = consumer
        self._missing = len(batch)

    def confirmed(self) -> None:
        """One more outcome is safe."""
        self._missing -= 1
        if self._missing:
            return
        by_channel: dict[Channel, list[int]] = {}
        for delivery in self._batch:
            by_channel.setdefault(delivery.channel, []).append(delivery.tag)
        for channel, tags in by_channel.items():
            self._consumer.acknowledge(channel, tags)
