"""The same shop in SimPy, in this project's shape: a `Store` as the mailbox of every actor.

100 clients, a router with one queue, 8 processors, 50 products, a collector that records every
order. No JSON, no statistics, no audit: the plainest fair opponent.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Generator
from random import Random
from typing import NamedTuple

import simpy

__all__ = ["play"]

CLIENTS, PROCESSORS, PRODUCTS = 100, 8, 50
RATE, SERVICE = 6.4, 1.0


class Order(NamedTuple):
    """An order on its way."""

    id: str
    sku: int
    quantity: int
    placed: float


class Record(NamedTuple):
    """An ended order."""

    order: Order
    started: float
    finished: float
    outcome: str
    processor: int


Process = Generator[simpy.Event, object, None]


class Shop:
    """All actors and their mailboxes."""

    def __init__(self, orders: int, seed: int) -> None:
        self.env = simpy.Environment()
        self.rng = Random(seed)
        self.records: list[Record] = []
        self.left = orders
        self.router = simpy.Store(self.env)
        self.collector = simpy.Store(self.env)
        self.clients = [simpy.Store(self.env) for _ in range(CLIENTS)]
        self.processors = [simpy.Store(self.env) for _ in range(PROCESSORS)]
        self.inventories = [simpy.Store(self.env) for _ in range(PRODUCTS)]
        shares = list(itertools.accumulate(1 / (rank + 1) for rank in range(PRODUCTS)))
        self.shares = [share / shares[-1] for share in shares]

    def start(self) -> None:
        """Start every actor."""
        self.env.process(self.route())
        self.env.process(self.collect())
        for place in range(CLIENTS):
            self.env.process(self.order(place))
        for place in range(PROCESSORS):
            self.env.process(self.serve(place))
        for place in range(PRODUCTS):
            self.env.process(self.keep(place))

    def order(self, client: int) -> Process:
        """A client: exponential gaps at its share of the rate."""
        rng, number = self.rng, 0
        while self.left > 0:
            yield self.env.timeout(rng.expovariate(RATE / CLIENTS))
            self.left -= 1
            number += 1
            (sku,) = rng.choices(range(PRODUCTS), cum_weights=self.shares)
            self.router.put(Order(f"web-{client}-{number}", sku, 1, self.env.now))

    def route(self) -> Process:
        """The router: one waiting line, idle processors first come first served."""
        idle, waiting = deque(range(PROCESSORS)), deque[Order]()
        while True:
            message = yield self.router.get()
            if isinstance(message, Order):
                waiting.append(message)
            elif isinstance(message, int):
                idle.append(message)
            while idle and waiting:
                self.processors[idle.popleft()].put(waiting.popleft())

    def serve(self, place: int) -> Process:
        """A processor: service time, one line taken from its inventory."""
        mailbox = self.processors[place]
        while True:
            order = yield mailbox.get()
            assert isinstance(order, Order)
            started = self.env.now
            yield self.env.timeout(self.rng.expovariate(1 / SERVICE))
            self.inventories[order.sku].put((place, order))
            granted = yield mailbox.get()
            outcome = "fulfilled" if granted else "rejected"
            self.router.put(place)
            self.collector.put(Record(order, started, self.env.now, outcome, place))

    def keep(self, sku: int) -> Process:
        """An inventory: its stock, one request after the other."""
        mailbox, stock = self.inventories[sku], 10**9
        while True:
            request = yield mailbox.get()
            assert isinstance(request, tuple)
            place, order = request
            granted = stock >= order.quantity
            if granted:
                stock -= order.quantity
            self.processors[place].put(granted)

    def collect(self) -> Process:
        """The collector: records every order."""
        while True:
            record = yield self.collector.get()
            assert isinstance(record, Record)
            self.records.append(record)


def play(orders: int, seed: int = 1) -> int:
    """Play the shop to its end; returns how many orders it recorded."""
    shop = Shop(orders, seed)
    shop.start()
    shop.env.run()
    return len(shop.records)
