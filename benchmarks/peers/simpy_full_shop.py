"""The shop in SimPy with all that stocksim does for an order: JSON, statistics, audit.

Written as a careful SimPy user would: the mailboxes of `simpy_shop`, the same encoder and the
same strict decoder as stocksim's, plain lists and counters while it runs, numpy afterwards.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Generator
from random import Random
from typing import Final, NamedTuple

import numpy as np
import simpy

from actors.messages import Line, Order
from actors.orders import InvalidOrder, decode_order, encode_order
from benchmarks.shop import CLIENTS, PROCESSORS, PRODUCTS, RATE, SERVICE_S, STOCK, Played, shares

__all__ = ["SimpyFullShop"]

PERCENTILES: Final = (50, 90, 95, 99)
LITTLE: Final = 1e-9  # relative, of two sums of the same times

Process = Generator[simpy.Event, object, None]


class Placed(NamedTuple):
    """An order on its way to the router, as JSON."""

    ref: str
    body: bytes
    scheduled: float


class Served(NamedTuple):
    """An order on its way to a processor, decoded."""

    order: Order
    scheduled: float


class Ended(NamedTuple):
    """How an order ended."""

    served: Served
    started: float
    finished: float
    outcome: str
    processor: int


class Level:
    """The time average and the maximum of a level."""

    def __init__(self) -> None:
        self.level, self.area, self.since, self.largest = 0, 0.0, 0.0, 0

    def change(self, now: float, level: int) -> None:
        """The level is `level` from `now` on."""
        self.area += self.level * (now - self.since)
        self.since, self.level = now, level
        self.largest = max(self.largest, level)


class Statistics:
    """What is collected of every order, and the figures that it comes to."""

    def __init__(self) -> None:
        self.latency: list[float] = []
        self.wait: list[float] = []
        self.service: list[float] = []
        self.outcomes: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.sold: Counter[str] = Counter()
        self.busy = [0.0] * PROCESSORS
        self.queue = Level()
        self.in_system = Level()

    def take(self, ended: Ended) -> None:
        """Count an ended order."""
        order, scheduled = ended.served
        self.latency.append(ended.finished - scheduled)
        self.wait.append(ended.started - scheduled)
        self.service.append(ended.finished - ended.started)
        self.busy[ended.processor] += ended.finished - ended.started
        self.outcomes[ended.outcome] += 1
        for line in order.lines:
            self.asked[line.sku] += line.quantity
            if ended.outcome == "fulfilled":
                self.sold[line.sku] += line.quantity

    def figures(self, now: float) -> dict[str, object]:
        """The result of the run."""
        times = {"latency": self.latency, "wait": self.wait, "service": self.service}
        return {
            "outcomes": dict(self.outcomes),
            "throughput": len(self.latency) / now,
            "waited": float(np.mean(np.asarray(self.wait) > 0)),
            "utilisation": [busy / now for busy in self.busy],
            "queue": (self.queue.area / now, self.queue.largest),
            "products": {sku: (asked, self.sold[sku]) for sku, asked in self.asked.items()},
        } | {name: summary(values) for name, values in times.items()}


def summary(values: list[float]) -> dict[str, float]:
    """Count, mean, extremes and percentiles."""
    column = np.asarray(values)
    points = np.percentile(column, PERCENTILES, method="inverted_cdf")
    return {
        "count": len(values),
        "mean": float(column.mean()),
        "min": float(column.min()),
        "max": float(column.max()),
    } | {f"p{rank}": float(point) for rank, point in zip(PERCENTILES, points, strict=True)}


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
            (sku,) = rng.choices(self.skus, cum_weights=self.shares)
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
