"""The strategy of a run over a broker: an order goes to the shard of its first product.

So all that happens to one product happens at one place, in the order in which it was sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from typing_extensions import override

from actors.common.random_streams import Chance
from actors.decisions.routing import Strategy
from actors.measure.average import TimeAverage
from actors.messages import Serve
from actors.rabbitmq.both.topology import shard_of

__all__ = ["Sharded", "shard_name"]

ROLE: Final = "shard/"


def shard_name(number: int) -> str:
    """The actor that stands for a shard."""
    return f"{ROLE}{number:02}"


class Sharded(Strategy):
    """Dispatches every order at once; the lines are the broker's.

    Args:
        processors: the shards' names, in order.
        rng: the router's; nothing is left to chance here.
        capacity: how many orders the workers serve at once.
        clock: seconds since the run began.
        limit: how many orders may stand in line; None: any number.
        settled: whether an order had its effect before: then it is too late to refuse it.
        warm_up: seconds before which the line is not averaged.
    """

    def __init__(
        self,
        processors: tuple[str, ...],
        rng: Chance,
        *,
        capacity: Callable[[], int],
        clock: Callable[[], float],
        limit: int | None,
        settled: Callable[[str], bool],
        warm_up: float,
    ) -> None:
        super().__init__(processors, rng)
        self._capacity = capacity
        self._clock = clock
        self._limit = limit
        self._settled = settled
        self._sent = 0
        self.queue = TimeAverage(warm_up)

    @override
    def arrive(self, serve: Serve) -> str | None:
        full = self._limit is not None and self.waiting >= self._limit
        if full and not self._settled(serve.order.id):
            return None  # the router sees so too, and refuses
        self._count(1)
        return self.processors[shard_of(serve.order.lines[0].sku, len(self.processors))]

    @override
    def wait(self, serve: Serve) -> None:
        raise AssertionError("an order is sent at once or refused")

    @override
    def free(self, processor: str) -> Serve | None:
        self._count(-1)
        return None

    def _count(self, change: int) -> None:
        """Those that are with the broker and that no processor can have yet stand in line."""
        self._sent += change
        self.waiting = max(0, self._sent - self._capacity())
        self.queue.change(self._clock(), self.waiting)
