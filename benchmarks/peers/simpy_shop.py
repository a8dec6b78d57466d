"""The same shop in SimPy, in this project's shape: a `Store` as the mailbox of every actor.

A router with one queue, processors, products and a collector that records every order. No
JSON, no statistics, no audit: the plainest fair opponent.
"""

from __future__ import annotations

import itertools
from bisect import bisect
from collections import deque
from collections.abc import Generator
from random import Random
from typing import NamedTuple

import simpy

from benchmarks.shop import CLIENTS, PROCESSORS, PRODUCTS, RATE, SERVICE_S, STOCK, Played, shares

__all__ = ["SimpyShop"]


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


class SimpyShop:
    """All actors and their mailboxes.

    Args:
        orders: how many the clients place in all.
        seed: of all that chance decides.
    """

    def __init__(self, orders: int, seed: int) -> None:
        self.env = simpy.Environment()
        self.rng = Random(seed)
        self.records: list[Record] = []
        self.left = orders
        self.router = simpy.Store(self.env)
        self.collector = simpy.Store(self.env)
        self.processors = [simpy.Store(self.env) for _ in range(PROCESSORS)]
        self.inventories = [simpy.Store(self.env) for _ in range(PRODUCTS)]
        self.shares = shares()
        self._start()

    def _start(self) -> None:
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
        rng = self.rng
        for number in itertools.count(1):
            yield self.env.timeout(rng.expovariate(RATE / CLIENTS))
            if not self.left:
                return
            self.left -= 1
            sku = bisect(self.shares, rng.random() * self.shares[-1])
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
            assert isinstance(order, Order)  # noqa: S101 — a mailbox holds objects of any type
            started = self.env.now
            yield self.env.timeout(self.rng.expovariate(1 / SERVICE_S))
            self.inventories[order.sku].put((place, order))
            granted = yield mailbox.get()
            outcome = "fulfilled" if granted else "rejected"
            self.router.put(place)
            self.collector.put(Record(order, started, self.env.now, outcome, place))

    def keep(self, sku: int) -> Process:
        """An inventory: its stock, one request after the other."""
        mailbox, stock = self.inventories[sku], STOCK
        while True:
            request = yield mailbox.get()
            assert isinstance(request, tuple)  # noqa: S101 — see above
            place, order = request
            granted = stock >= order.quantity
            if granted:
                stock -= order.quantity
            self.processors[place].put(granted)

    def collect(self) -> Process:
        """The collector: records every order."""
        while True:
            record = yield self.collector.get()
            assert isinstance(record, Record)  # noqa: S101 — see above
            self.records.append(record)

    def play(self) -> None:
        """Play to the end."""
        self.env.run()

    def played(self) -> Played:
        """What came of it."""
        spent = sum(record.finished - record.order.placed for record in self.records)
        return Played(len(self.records), spent / len(self.records))
