"""The shop on the least that is still an actor system: the limit of what Python can do.

One FIFO for what is due now, one heap for delays, plain classes, tuples as messages. An address
is a bound method, so a delivery is one call and nothing is looked up. No JSON, no statistics, no
audit, no names, no runtime to choose: what separates stocksim from this is what those cost.
"""

from __future__ import annotations

import heapq
import itertools
from bisect import bisect
from collections import deque
from collections.abc import Callable
from math import log
from random import Random
from typing import Any, Final

from benchmarks.shop import CLIENTS, PROCESSORS, PRODUCTS, RATE, SERVICE_S, STOCK, Played, shares

__all__ = ["KernelShop"]

MEAN_GAP_S: Final = CLIENTS / RATE

Address = Callable[[Any], None]
Timer = tuple[float, int, Any, object]  # moment, serial number, address, message
Order = tuple[str, int, int, float]  # id, product, quantity, placed at
Record = tuple[Order, float, float, bool, int]  # order, started, finished, granted, processor


class Kernel:
    """The engine: `now`, a queue of deliveries, a heap of timers."""

    def __init__(self) -> None:
        self.now = 0.0
        self.ready: deque[tuple[Address, object]] = deque()
        self.timers: list[Timer] = []
        self.serial = itertools.count()

    def run(self) -> None:
        """Deliver what is due; when nothing is, jump to the earliest timer."""
        ready, timers, take, earliest = self.ready, self.timers, self.ready.popleft, heapq.heappop
        while True:
            while ready:
                address, message = take()
                address(message)
            if not timers:
                return
            self.now, _, address, message = earliest(timers)
            address(message)


class Client:
    """Places orders at random moments while there are any left."""

    def __init__(self, shop: KernelShop, number: int) -> None:
        self.shop = shop
        self.name = f"web-{number}"
        self.placed = 0

    def wait(self) -> None:
        """Until the next order: an exponential gap."""
        shop, kernel = self.shop, self.shop.kernel
        due = kernel.now - MEAN_GAP_S * log(1.0 - shop.random())
        heapq.heappush(kernel.timers, (due, next(kernel.serial), self.due, None))

    def due(self, _message: None) -> None:
        """Place an order and wait for the next."""
        shop, kernel = self.shop, self.shop.kernel
        if not shop.left:
            return
        shop.left -= 1
        self.placed += 1
        product = bisect(shop.shares, shop.random() * shop.shares[-1])
        order = (f"{self.name}-{self.placed}", product, 1, kernel.now)
        kernel.ready.append((shop.router.place, order))
        self.wait()


class Router:
    """One waiting line, idle processors first come first served."""

    def __init__(self, shop: KernelShop) -> None:
        self.ready = shop.kernel.ready
        self.idle: deque[Address] = deque(processor.serve for processor in shop.processors)
        self.waiting: deque[Order] = deque()

    def place(self, order: Order) -> None:
        """Hand an order to an idle processor, or let it wait."""
        if self.idle:
            self.ready.append((self.idle.popleft(), order))
        else:
            self.waiting.append(order)

    def free(self, processor: Address) -> None:
        """Give a free processor the order that has waited longest."""
        if self.waiting:
            self.ready.append((processor, self.waiting.popleft()))
        else:
            self.idle.append(processor)


class Processor:
    """Spends the service time, takes one line from its inventory, reports."""

    order: Order
    started: float

    def __init__(self, shop: KernelShop, number: int) -> None:
        self.shop = shop
        self.number = number

    def serve(self, order: Order) -> None:
        """Take an order and spend its service time."""
        kernel = self.shop.kernel
        now = kernel.now
        self.order, self.started = order, now
        due = now - SERVICE_S * log(1.0 - self.shop.random())
        heapq.heappush(kernel.timers, (due, next(kernel.serial), self.served, None))

    def served(self, _message: None) -> None:
        """Ask the inventory."""
        inventory = self.shop.inventories[self.order[1]]
        self.shop.kernel.ready.append((inventory.take, (self.order[2], self.answered)))

    def answered(self, granted: bool) -> None:  # noqa: FBT001 — the message itself
        """Tell the router and the collector."""
        shop, ready = self.shop, self.shop.kernel.ready
        ready.append((shop.router.free, self.serve))
        record = (self.order, self.started, shop.kernel.now, granted, self.number)
        ready.append((shop.collector.take, record))


class Inventory:
    """The stock of one product."""

    def __init__(self, shop: KernelShop) -> None:
        self.ready = shop.kernel.ready
        self.stock = STOCK

    def take(self, request: tuple[int, Address]) -> None:
        """Sell a quantity if there is enough."""
        quantity, answer = request
        granted = self.stock >= quantity
        if granted:
            self.stock -= quantity
        self.ready.append((answer, granted))


class Collector:
    """Records every order."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def take(self, record: Record) -> None:
        """Keep an ended order."""
        self.records.append(record)


class KernelShop:
    """All actors on one kernel.

    Args:
        orders: how many the clients place in all.
        seed: of all that chance decides.
    """

    def __init__(self, orders: int, seed: int) -> None:
        self.left = orders
        self.random = Random(seed).random
        self.shares = shares()
        self.kernel = Kernel()
        self.collector = Collector()
        self.inventories = [Inventory(self) for _ in range(PRODUCTS)]
        self.processors = [Processor(self, number) for number in range(PROCESSORS)]
        self.router = Router(self)
        for number in range(CLIENTS):
            Client(self, number).wait()

    def play(self) -> None:
        """Play to the end."""
        self.kernel.run()

    def played(self) -> Played:
        """What came of it."""
        records = self.collector.records
        spent = sum(finished - order[3] for order, _, finished, _, _ in records)
        return Played(len(records), spent / len(records))
