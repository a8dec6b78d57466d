"""A worker's processors: several orders in service at once, each for its own time.

Service times and the waiting line are those of the story: `decisions/order_in_service.py` and
`decisions/routing.py`, so the highest priority is served first among the orders that wait here.
It keeps no clock and no thread: the worker says what time it is. Orders of one first product
come out in the order in which processors took them, however long each was served, so that what
they do to the stock of that product keeps its order.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from actors.decisions.order_in_service import time_in_service
from actors.decisions.waiting_line import WaitingLine
from actors.messages import Luck, Order
from actors.rabbitmq.both.wire import Job
from actors.scenario.distributions import Distribution

if TYPE_CHECKING:
    from pika.channel import Channel

__all__ = ["DeliveredMessage", "DeliveredOrder", "ServerPool"]


@dataclass(eq=False, slots=True)
class DeliveredMessage:
    """A message with orders that the broker handed over, and how to give it back.

    Attributes:
        shard: whose line it stood in.
        channel: the channel that it came by; it can be acknowledged only there.
        tag: its number on that channel.
        left: how many of its orders are not safe with the broker yet.
    """

    shard: int
    channel: Channel
    tag: int
    left: int = 1


@dataclass(eq=False, slots=True)
class DeliveredOrder:
    """An order that the broker handed over.

    Attributes:
        message: what it came in.
        job: the order and its envelope.
        queued: no processor was free when it came.
        taken: when a processor took it, seconds on the worker's clock.
        busy: how long its service takes, seconds.
        served: its service is over.
    """

    message: DeliveredMessage
    job: Job
    queued: bool = False
    taken: float = 0.0
    busy: float = 0.0
    served: bool = False

    @property
    def order(self) -> Order:
        """The order itself."""
        return self.job.order


class ServerPool:
    """The processors of one worker.

    Args:
        processors: how many orders can be in service at once.
        service_time: of an order, seconds.
        line_time: added for each line of an order, seconds.
    """

    def __init__(
        self, processors: int, service_time: Distribution, line_time: Distribution
    ) -> None:
        self.processors = processors
        self._service = service_time.times()
        self._line_time = line_time.times() if line_time.mean else None
        self._waiting = WaitingLine[DeliveredOrder]()
        # A heap, by the end of service.
        self._in_service: list[tuple[float, int, DeliveredOrder]] = []
        self._serial = itertools.count()
        self._taken: dict[str, deque[DeliveredOrder]] = {}  # by first product, in that order
        self.busy_s = 0.0

    def take(self, delivered: DeliveredOrder, now: float) -> None:
        """Serve an order, now or when a processor is free."""
        if len(self._in_service) < self.processors:
            self._serve(delivered, now)
        else:
            delivered.queued = True
            self._waiting.join(delivered)

    def _serve(self, delivered: DeliveredOrder, now: float) -> None:
        job = delivered.job
        delivered.taken = now
        delivered.busy = time_in_service(
            Luck(*job.luck), len(job.order.lines), self._service, self._line_time
        )
        self._taken.setdefault(job.order.lines[0].sku, deque()).append(delivered)
        heapq.heappush(self._in_service, (now + delivered.busy, next(self._serial), delivered))

    @property
    def due(self) -> float | None:
        """When the next service ends; None: nothing is in service."""
        return self._in_service[0][0] if self._in_service else None

    def finish(self, now: float) -> list[DeliveredOrder]:
        """The orders whose turn it is to have their effect on stock, in order."""
        ready: list[DeliveredOrder] = []
        while self._in_service and self._in_service[0][0] <= now:
            end, _, delivered = heapq.heappop(self._in_service)
            delivered.served = True
            self.busy_s += delivered.busy
            ready += self._released(delivered)
            # From when its processor was free, not from when somebody looked.
            self._serve_next(end)
        return ready

    def _serve_next(self, now: float) -> None:
        waiting = self._waiting.leave()
        if waiting is not None:
            self._serve(waiting, now)

    def _released(self, delivered: DeliveredOrder) -> list[DeliveredOrder]:
        """Who may go now that one has been served: of its product, all up to the first who not."""
        sku = delivered.order.lines[0].sku
        line = self._taken[sku]
        released: list[DeliveredOrder] = []
        while line and line[0].served:
            released.append(line.popleft())
        if not line:
            del self._taken[sku]
        return released

    def withdraw(self, channel: object, now: float) -> list[DeliveredOrder]:
        """Forget what came by a channel that is closed, and return it: the broker has it again."""

        def stays(delivered: DeliveredOrder) -> bool:
            return delivered.message.channel is not channel

        waiting = self._waiting.leave_all()
        withdrawn = [each for each in waiting if not stays(each)]
        for each in filter(stays, waiting):
            self._waiting.join(each)
        self._in_service = [entry for entry in self._in_service if stays(entry[2])]
        heapq.heapify(self._in_service)
        for sku, line in list(self._taken.items()):
            withdrawn += [each for each in line if not stays(each)]
            self._taken[sku] = deque(filter(stays, line))
            if not self._taken[sku]:
                del self._taken[sku]
        while len(self._waiting) and len(self._in_service) < self.processors:
            self._serve_next(now)
        return withdrawn
