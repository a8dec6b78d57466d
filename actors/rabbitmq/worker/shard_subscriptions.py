"""Which shards a worker serves: its own at once, the others in reserve.

The broker serves one consumer of a shard at a time, the first that came; the others take over
in their order when that one is gone. So whoever owns a shard subscribes at once, and everybody
else a second later. When the members change, those who do not own a shard give it up and line up
behind its owner again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from actors.rabbitmq.both.consumer import Consumer, Source
from actors.rabbitmq.both.topology import Topology

__all__ = ["ShardSubscriptions", "owned"]

STANDBY_S: Final = 1.0


def owned(worker: str, members: Sequence[str], shards: int) -> frozenset[int]:
    """The shards of one worker: dealt out in turn; none if it is no member."""
    if worker not in members:
        return frozenset()
    return frozenset(range(members.index(worker), shards, len(members)))


class ShardSubscriptions:
    """Keeps a worker's subscriptions as the list of members says.

    Args:
        consumer: what it subscribes with.
        topology: the run's queues.
        worker: whose shards.
        prefetch: messages of one shard that the worker may hold at once.
    """

    def __init__(self, consumer: Consumer, topology: Topology, worker: str, prefetch: int) -> None:
        self._consumer = consumer
        self._topology = topology
        self._worker = worker
        self._prefetch = prefetch
        self._members: tuple[str, ...] = ()
        self._turn = 0  # of the list of members: a reserve of an older one lines up no more

    def follow(self, members: tuple[str, ...]) -> None:
        """Subscribe as a new list of members says; from any thread."""
        if members != self._members and self._worker in members:
            mine = owned(self._worker, members, self._topology.shards)
            if self._consumer.link.call(self._line_up, mine):
                self._members = members  # otherwise the next announcement tries again

    def leave(self) -> None:
        """Give up every shard; from any thread."""
        self._members = ()
        self._consumer.link.call(self._line_up, None)

    def _line_up(self, mine: frozenset[int] | None) -> None:
        self._turn += 1
        for shard in range(self._topology.shards):
            if mine is not None and shard in mine:
                self._want(shard)
            else:
                self._consumer.give_up(self._topology.shard(shard))
        if mine is not None:
            reserve = sorted(set(range(self._topology.shards)) - mine)
            self._consumer.link.later(STANDBY_S, partial(self._stand_by, reserve, self._turn))

    def _stand_by(self, reserve: Sequence[int], turn: int) -> None:
        if turn == self._turn:
            for shard in reserve:
                self._want(shard)

    def _want(self, shard: int) -> None:
        self._consumer.want(Source(self._topology.shard(shard), self._prefetch))
