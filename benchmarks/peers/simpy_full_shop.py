"""The shop in SimPy with all that stocksim does for an order: JSON, statistics, audit.

Written as a careful SimPy user would: the mailboxes of `simpy_shop`, the same encoder and the
same strict decoder as stocksim's, plain lists and counters while it runs, numpy afterwards.
"""

from __future__ import annotations

import itertools
from bisect import bisect
from collections import deque
from collections.abc import Generator
from random import Random
from typing import Final, NamedTuple

import simpy

from actors.decisions.order_json import InvalidOrder, decode_order, encode_order
from actors.messages import Line, Order
from benchmarks.peers.simpy_statistics import Ended, Served, Statistics
from benchmarks.shop import CLIENTS, PROCESSORS, PRODUCTS, RATE, SERVICE_S, STOCK, Played, shares

__all__ = ["SimpyFullShop"]

LITTLE: Final = 1e-9  # relative, of two sums of the same times

Process = Generator[simpy.Event, object, None]


class Placed(NamedTuple):
    """An order on its way to the router, as JSON."""

    ref: str
    body: bytes
    scheduled: float


class SimpyFullShop:
    """All actors and their mailboxes.

    Args:
        orders: how many the clients place in all.
        seed: of all that chance decides.
    """

    def __init__(self, orders: int, seed: int) -> None:
        self.env = simpy.Environment()
        self.rng = Random(seed)
        self.left = orders
        self.router = simpy.Store(self.env)
        self.collector = simpy.Store(self.env)
        self.processors = [simpy.Store(self.env) for _ in range(PROCESSORS)]
        self.skus = [f"P-{number:02}" for number in range(1, PRODUCTS + 1)]
        self.inventories = {sku: simpy.Store(self.env) for sku in self.skus}
        self.stock = dict.fromkeys(self.skus, STOCK)
        self.shares = shares()
        self.statistics = Statistics()
        self.placed = 0
        self.open: set[str] = set()
        self.mistakes: list[str] = []
        self.figures: dict[str, object] = {}
        self._start()

    def _start(self) -> None:
        self.env.process(self.route())
        self.env.process(self.collect())
        for place in range(CLIENTS):
            self.env.process(self.order(place))
        for place in range(PROCESSORS):
            self.env.process(self.serve(place))
        for sku in self.skus:
            self.env.process(self.keep(sku))

    def order(self, client: int) -> Process:
        """A client: exponential gaps at its share of the rate, an order as JSON."""
        rng, name = self.rng, f"web-{client}"
        for number in itertools.count(1):
            yield self.env.timeout(rng.expovariate(RATE / CLIENTS))
            if not self.left:
                return
            self.left -= 1
            sku = self.skus[bisect(self.shares, rng.random() * self.shares[-1])]
            ref, now = f"{name}-{number}", self.env.now
            order = Order(id=ref, client=name, placed_at=now, lines=(Line(sku, 1),))
            self.placed += 1
            self.open.add(ref)
            self.statistics.in_system.change(now, len(self.open))
            self.router.put(Placed(ref, encode_order(order), now))

    def route(self) -> Process:
        """The router: checks orders, one waiting line, idle processors first come first served."""
        idle, waiting = deque(range(PROCESSORS)), deque[Served]()
        while True:
            message = yield self.router.get()
            if isinstance(message, Placed):
                self._admit(message, waiting)
            elif isinstance(message, int):
                idle.append(message)
            while idle and waiting:
                self.processors[idle.popleft()].put(waiting.popleft())
            self.statistics.queue.change(self.env.now, len(waiting))

    def _admit(self, placed: Placed, waiting: deque[Served]) -> None:
        try:
            order = decode_order(placed.body)
        except InvalidOrder as error:
            self.mistakes.append(f"{placed.ref} is no valid order: {error}")
            return
        if order.id != placed.ref or any(line.sku not in self.stock for line in order.lines):
            self.mistakes.append(f"{placed.ref} is not what its envelope says, or unknown")
            return
        waiting.append(Served(order, placed.scheduled))

    def serve(self, place: int) -> Process:
        """A processor: service time, one line taken from its inventory."""
        mailbox = self.processors[place]
        while True:
            served = yield mailbox.get()
            assert isinstance(served, Served)  # noqa: S101 — a mailbox holds objects of any type
            started = self.env.now
            yield self.env.timeout(self.rng.expovariate(1 / SERVICE_S))
            (line,) = served.order.lines
            self.inventories[line.sku].put((place, line.quantity))
            granted = yield mailbox.get()
            outcome = "fulfilled" if granted else "rejected"
            self.router.put(place)
            self.collector.put(Ended(served, started, self.env.now, outcome, place))

    def keep(self, sku: str) -> Process:
        """An inventory: its stock, one request after the other."""
        mailbox = self.inventories[sku]
        while True:
            request = yield mailbox.get()
            assert isinstance(request, tuple)  # noqa: S101 — see above
            place, quantity = request
            granted = self.stock[sku] >= quantity
            if granted:
                self.stock[sku] -= quantity
            self.processors[place].put(granted)

    def collect(self) -> Process:
        """The collector: counts every order and strikes it off."""
        while True:
            ended = yield self.collector.get()
            assert isinstance(ended, Ended)  # noqa: S101 — see above
            ref = ended.served.order.id
            if ref in self.open:
                self.open.remove(ref)
            else:
                self.mistakes.append(f"{ref} ended twice, or was never placed")
            self.statistics.in_system.change(self.env.now, len(self.open))
            self.statistics.take(ended)

    def play(self) -> None:
        """Play to the end, statistics and audit included."""
        self.env.run()
        self.figures = self.statistics.figures(self.env.now)
        self._audit()

    def _audit(self) -> None:
        """Every order ended once, every product's stock adds up, Little's law holds."""
        statistics = self.statistics
        self.mistakes += [f"{ref} was lost" for ref in self.open]
        if self.placed != statistics.outcomes.total():
            self.mistakes.append("orders placed and orders ended differ")
        for sku, left in self.stock.items():
            if STOCK - statistics.sold[sku] != left or left < 0:
                self.mistakes.append(f"the stock of {sku} does not add up")
        spent, area = sum(statistics.latency), statistics.in_system.area
        if abs(spent - area) > LITTLE * spent:
            self.mistakes.append("Little's law does not hold")

    def played(self) -> Played:
        """What came of it.

        Raises:
            RuntimeError: the audit found a mistake.
        """
        if self.mistakes:
            raise RuntimeError("; ".join(self.mistakes[:3]))
        latency = self.statistics.latency
        return Played(len(latency), sum(latency) / len(latency))
