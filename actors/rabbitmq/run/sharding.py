"""The strategy of a run over a broker: an order goes to the shard of its first product.

So all that happens to one product happens at one place, in the order in which it was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from typing_extensions import override

from actors.common.random_streams import Chance
from actors.decisions.routing import Strategy
from actors.decisions.waiting_line import WaitingLine
from actors.measure.meters import Level
from actors.messages import Serve
from actors.rabbitmq.both.topology import shard_of
from actors.ref import Ref

__all__ = ["Sharded", "shard_name"]

ROLE: Final = "shard/"


def shard_name(number: int) -> str:
    """The actor that stands for a shard."""
    return f"{ROLE}{number:02}"


class Sharded(Strategy[Ref[Serve]]):
    """Dispatches every order at once; the lines are the broker's.

    Only for a shard that has not introduced itself yet, orders wait here. Which shard is which
    is in its name: it does not matter in which order they join.

    Args:
        rng: the router's; nothing is left to chance here.
        shards: how many there are.
        capacity: how many orders the workers serve at once.
        clock: seconds since the run began.
        limit: how many orders may stand in line; None: any number.
        applied: whether an order had its effect before: then it is too late to refuse it.
        line: the meter of the orders that stand in line at the broker.
    """

    def __init__(
        self,
        rng: Chance,
        *,
        shards: int,
        capacity: Callable[[], int],
        clock: Callable[[], float],
        limit: int | None,
        applied: Callable[[str], bool],
        line: Level,
    ) -> None:
        super().__init__(rng)
        self._shards: dict[int, Ref[Serve]] = {}
        self._lines = [WaitingLine[Serve]() for _ in range(shards)]  # before their shard has joined
        self._capacity = capacity
        self._clock = clock
        self._limit = limit
        self._applied = applied
        self._sent = 0
        self._line = line

    @override
    def join(self, processor: Ref[Serve]) -> None:
        self._shards[_number_of(processor)] = processor
        self._sent += 1  # until it says that it is free it counts as busy, here as everywhere

    @override
    def leave(self, processor: Ref[Serve]) -> Sequence[Serve]:
        del self._shards[_number_of(processor)]
        return ()

    @override
    def arrive(self, serve: Serve) -> Ref[Serve] | None:
        full = self._limit is not None and self.waiting >= self._limit
        if full and not self._applied(serve.order.id):
            return None  # the router sees so too, and refuses
        shard = self._shards.get(self._shard_of(serve))
        if shard is not None:
            self._count(1)
        return shard

    def _shard_of(self, serve: Serve) -> int:
        return shard_of(serve.order.lines[0].sku, len(self._lines))

    @override
    def wait(self, serve: Serve) -> None:
        self._lines[self._shard_of(serve)].join(serve)
        self._count(1)

    @override
    def free(self, processor: Ref[Serve]) -> Serve | None:
        self._count(-1)
        return self._lines[_number_of(processor)].leave()

    def _count(self, change: int) -> None:
        """Those that are with the broker and that no processor can have yet stand in line."""
        self._sent += change
        self.waiting = max(0, self._sent - self._capacity())
        self._line.change(self._clock(), self.waiting)


def _number_of(processor: Ref[Serve]) -> int:
    return int(processor.name.removeprefix(ROLE))
