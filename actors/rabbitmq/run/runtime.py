"""Threads on this side of the broker: the run is not over while an order is on the other.

An order that leaves counts as a message sent, and its outcome is that message handled; both
counts only grow, each on its shard's own thread, so the argument of `threads` holds: everything
handled, read first, equals everything sent, read afterwards, only if nothing is under way.
"""

from __future__ import annotations

import msgspec
from typing_extensions import override

from actors.measure.result import MessageCounts
from actors.rabbitmq.run.shard import Shard
from actors.runtime.threads import ThreadsRuntime

__all__ = ["RemoteRuntime"]


class RemoteRuntime(ThreadsRuntime):
    """Runs clients, router, shards and collector on threads; see the module's text."""

    kind = "rabbitmq"

    shards: tuple[Shard, ...] = ()
    _cut = False

    @override
    def _handled(self) -> int:
        return super()._handled() + sum(shard.met for shard in self.shards)

    @override
    def _sent(self) -> int:
        return super()._sent() + sum(shard.sent for shard in self.shards)

    @override
    def stop(self) -> None:
        super().stop()
        self._cut = True

    @override
    def counts(self) -> MessageCounts:
        """Once all is stopped, an outcome that is still to come finds nobody: a dead letter."""
        counts = super().counts()
        abroad = sum(shard.sent - shard.met for shard in self.shards) if self._cut else 0
        return msgspec.structs.replace(counts, dead_lettered=counts.dead_lettered + abroad)
