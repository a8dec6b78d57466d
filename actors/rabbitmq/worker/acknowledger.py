"""What becomes of an order whose worker dies: the broker hands it to the next one.

It does so because the worker has not acknowledged the message: that happens only once what came
of all its orders is committed in the store and its outcomes are confirmed by the broker. Who gets
it next finds in the store whether the order had its effect, and then tells that outcome again
(`applying.py`). That a worker is missed, and replaced, is in `run/supervisor.py`; whose orders are
handed over in which order, in `shard_subscriptions.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from actors.rabbitmq.both.consumer import Consumer
from actors.rabbitmq.both.publisher import Publisher
from actors.rabbitmq.both.topology import Topology
from actors.rabbitmq.both.wire import bundles
from actors.rabbitmq.worker.server_pool import DeliveredMessage, DeliveredOrder

if TYPE_CHECKING:
    from pika.channel import Channel

__all__ = ["Acknowledger"]


class Acknowledger:
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

    def tell(self, batch: Sequence[DeliveredOrder], outcomes: Sequence[bytes]) -> None:
        """Publish the outcomes of a batch; its orders are dealt with when the broker has them."""
        bodies = list(bundles(outcomes, len(outcomes)))
        receipt = _Receipt([each.message for each in batch], len(bodies), self._consumer)
        for body in bodies:
            self._publisher.send("", self._topology.processed, body, done=receipt.confirmed)

    def answer(self, text: bytes, channel: Channel, tag: int) -> None:
        """Publish an answer, then acknowledge what it answers."""
        done = partial(self._consumer.acknowledge, channel, (tag,))
        self._publisher.send("", self._topology.processed, text, done=done)

    def mention(self, text: bytes) -> None:
        """Publish what will be told again anyway."""
        self._publisher.send("", self._topology.processed, text, must=False)

    def bury(self, body: bytes, reason: str, message: DeliveredMessage) -> None:
        """Put what nobody can use where somebody can look at it, with the reason."""
        self.buried += 1
        headers = {
            "reason": reason,
            "worker": self._worker,
            "queue": self._topology.shard(message.shard),
        }
        done = _Receipt([message], 1, self._consumer).confirmed
        self._publisher.send("", self._topology.dead, body, headers=headers, done=done)


class _Receipt:
    """Acknowledges messages when all that came of their orders is confirmed.

    Args:
        messages: the message of each order.
        missing: how many confirmations there must be.
        consumer: the connection that acknowledgements leave by.
    """

    def __init__(
        self, messages: Sequence[DeliveredMessage], missing: int, consumer: Consumer
    ) -> None:
        self._messages = messages
        self._missing = missing
        self._consumer = consumer

    def confirmed(self) -> None:
        """One more is safe; always on the publisher's thread, the only one that counts them."""
        self._missing -= 1
        if self._missing:
            return
        by_channel: dict[Channel, list[int]] = {}
        for message in self._messages:
            message.left -= 1
            if not message.left:
                by_channel.setdefault(message.channel, []).append(message.tag)
        for channel, tags in by_channel.items():
            self._consumer.acknowledge(channel, tags)
