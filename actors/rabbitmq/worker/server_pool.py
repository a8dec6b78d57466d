"""A worker's processors: several orders in service at once, each for its own time.

It keeps no clock and no thread: the worker says what time it is. Orders of one first product
come out in the order in which they came in, however long each was served, so that what they
do to the stock of that product keeps its order.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from actors.common.random_streams import fork
from actors.rabbitmq.both.wire import Job
from actors.scenario.distributions import Distribution

if TYPE_CHECKING:
    from pika.channel import Channel

__all__ = ["Delivery", "Load", "ServerPool"]


@dataclass(eq=False, slots=True)
class Load:
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
class Delivery:
    """An order that the broker handed over.

    Attributes:
        load: the message that it came in.
        job: the order.
        queued: no processor was free when it came.
        taken: when a processor took it, seconds on the worker's clock.
        served: its service is over.
    """

    load: Load
    job: Job
    queued: bool = False
    taken: float = 0.0
    busy: float = 0.0
    served: bool = field(default=False)


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
        self._line = line_time.times() if line_time.mean else None
        self._waiting: deque[Delivery] = deque()
        self._in_service: list[tuple[float, int, Delivery]] = []  # a heap, by the end of service
        self._serial = itertools.count()
        self._lines: dict[str, deque[Delivery]] = {}  # by first product, oldest first
        self.busy_s = 0.0

    def deliveries(self) -> Iterator[Delivery]:
        """Everything that has been taken and not been finished."""
        return itertools.chain.from_iterable(self._lines.values())

    def take(self, delivery: Delivery, now: float) -> None:
        """Serve an order, now or when a processor is free."""
        self._lines.setdefault(delivery.job.order.lines[0].sku, deque()).append(delivery)
        if len(self._in_service) < self.processors:
            self._serve(delivery, now)
        else:
            delivery.queued = True
            self._waiting.append(delivery)

    def _serve(self, delivery: Delivery, now: float) -> None:
        delivery.taken = now
        service, line, _ = delivery.job.luck
        delivery.busy = self._service(service)
        if self._line is not None:
            for number in range(len(delivery.job.order.lines)):
                delivery.busy += self._line(fork(line, number))
        heapq.heappush(self._in_service, (now + delivery.busy, next(self._serial), delivery))

    @property
    def due(self) -> float | None:
        """When the next service ends; None: nothing is in service."""
        return self._in_service[0][0] if self._in_service else None

    def finish(self, now: float) -> list[Delivery]:
        """The orders whose turn it is to be settled, in order."""
        ready: list[Delivery] = []
        while self._in_service and self._in_service[0][0] <= now:
            end, _, delivery = heapq.heappop(self._in_service)
            delivery.served = True
            self.busy_s += delivery.busy
            ready += self._released(delivery)
            if self._waiting:
                # From when its processor was free, not from when somebody looked.
                self._serve(self._waiting.popleft(), end)
        return ready

    def _released(self, delivery: Delivery) -> list[Delivery]:
        """Who may go now that one has been served: of its product, all up to the first who not."""
        sku = delivery.job.order.lines[0].sku
        line = self._lines[sku]
        released: list[Delivery] = []
        while line and line[0].served:
            released.append(line.popleft())
        if not line:
            del self._lines[sku]
        return released

    def withdraw(self, channel: object, now: float) -> None:
        """Forget what came by a channel that is closed: the broker has it again."""

        def stays(delivery: Delivery) -> bool:
            return delivery.load.channel is not channel

        self._waiting = deque(filter(stays, self._waiting))
        self._in_service = [entry for entry in self._in_service if stays(entry[2])]
        heapq.heapify(self._in_service)
        lines = {sku: deque(filter(stays, line)) for sku, line in self._lines.items()}
        self._lines = {sku: line for sku, line in lines.items() if line}
        while self._waiting and len(self._in_service) < self.processors:
            self._serve(self._waiting.popleft(), now)
