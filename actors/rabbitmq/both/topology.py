"""Queues and exchanges of a run, declared by the application, as often as it likes.

    stocksim.RUN.orders       direct exchange; the key is the shard's number
    stocksim.RUN.shard.NN     one line a shard: quorum, one active consumer, bounded
    stocksim.RUN.processed    what workers tell the run
    stocksim.RUN.dead         what nobody can use, with its reason
    stocksim.runs             fanout exchange: the run tells the workers, any run, any worker

An order goes to the shard of its first product. A full shard refuses (`reject-publish`): the
publisher waits, nothing is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final
from zlib import crc32

from actors.errors import BrokerRefused

if TYPE_CHECKING:
    from pika.adapters.blocking_connection import BlockingChannel

__all__ = ["RUNS", "SHARDS", "Topology", "shard_of"]

RUNS: Final = "stocksim.runs"
SHARDS: Final = 16
DEPTH: Final = 20_000  # messages in one shard's line before it refuses
# Counted for every return, a hand-over's too: a low limit buries innocent orders.
DELIVERIES: Final = 100
# RabbitMQ 4 has a limit of 20 where none is set, and who looks at dead letters puts them back.
UNLIMITED: Final = 1_000_000


def shard_of(sku: str, shards: int) -> int:
    """The shard of a product, the same in every process (CRC-32 of its name)."""
    return crc32(sku.encode("utf-8", "surrogatepass")) % shards


@dataclass(frozen=True)
class Topology:
    """The names of a run's queues.

    Args:
        run: its id.
        shards: how many lines its orders stand in.
        depth: messages that one line takes before it refuses.
    """

    run: str
    shards: int = SHARDS
    depth: int = DEPTH

    @property
    def orders(self) -> str:
        """The exchange that orders go through."""
        return f"stocksim.{self.run}.orders"

    def shard(self, number: int) -> str:
        """The queue of a shard."""
        return f"stocksim.{self.run}.shard.{number:02}"

    @property
    def processed(self) -> str:
        """The queue of outcomes."""
        return f"stocksim.{self.run}.processed"

    @property
    def dead(self) -> str:
        """The queue of what nobody can use."""
        return f"stocksim.{self.run}.dead"

    @cached_property
    def queues(self) -> list[str]:
        """All of them."""
        return [*map(self.shard, range(self.shards)), self.processed, self.dead]

    def declare(self, channel: BlockingChannel) -> None:
        """Make what is not there yet.

        Raises:
            BrokerRefused: something of that name is there and is of another kind.
        """
        from pika.exceptions import ChannelClosedByBroker  # noqa: PLC0415 — the extra

        to_dead = {
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": self.dead,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
        shard = {
            "x-queue-type": "quorum",
            "x-single-active-consumer": True,
            "x-max-length": self.depth,
            "x-delivery-limit": DELIVERIES,
            **to_dead,
        }
        try:
            channel.exchange_declare(RUNS, "fanout", durable=True)
            channel.exchange_declare(self.orders, "direct", durable=True)
            plain = {"x-queue-type": "quorum", "x-delivery-limit": UNLIMITED}
            channel.queue_declare(self.dead, durable=True, arguments=plain)
            channel.queue_declare(self.processed, durable=True, arguments={**plain, **to_dead})
            for number in range(self.shards):
                channel.queue_declare(self.shard(number), durable=True, arguments=shard)
                channel.queue_bind(self.shard(number), self.orders, str(number))
        except ChannelClosedByBroker as error:
            raise BrokerRefused(
                f"the broker refuses the queues of run {self.run}: {error.reply_text}. Was it "
                f"begun with other settings? Choose another --run, or remove it: "
                f"stocksim broker clean {self.run}"
            ) from error

    def remove(self, channel: BlockingChannel, *, keep_dead: bool = False) -> int:
        """Delete the run's queues and exchange; returns how many messages went with them."""
        lost = 0
        for queue in self.queues:
            if not (keep_dead and queue == self.dead):
                lost += channel.queue_delete(queue).method.message_count or 0
        channel.exchange_delete(self.orders)
        return lost
