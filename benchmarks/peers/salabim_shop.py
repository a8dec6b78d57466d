"""The shop in salabim, in its own idiom: an order is a component that requests a resource.

A `Store` as every actor's mailbox was tried and is slower: this is the form that does salabim
justice. Monitors are off, for nothing is asked of them.
"""

from __future__ import annotations

import itertools
from bisect import bisect
from collections.abc import Generator
from random import Random
from typing import NamedTuple

import salabim

from benchmarks.shop import CLIENTS, PROCESSORS, PRODUCTS, RATE, SERVICE_S, STOCK, Played, shares

__all__ = ["SalabimShop"]

Process = Generator[object, None, None]


class Record(NamedTuple):
    """An ended order."""

    ref: str
    sku: int
    placed: float
    started: float
    finished: float


class Order(salabim.Component):  # type: ignore[misc]
    """Waits for a processor, is served, takes its line from the stock."""

    def setup(self, shop: SalabimShop, ref: str, sku: int) -> None:
        """Take what salabim hands on from the constructor."""
        self.shop, self.ref, self.sku = shop, ref, sku

    def process(self) -> Process:
        """An order's way."""
        shop = self.shop
        placed = shop.env.now()
        yield self.request(shop.processors)
        started = shop.env.now()
        yield self.hold(shop.rng.expovariate(1 / SERVICE_S))
        shop.stock[self.sku] -= 1
        self.release()
        shop.records.append(Record(self.ref, self.sku, placed, started, shop.env.now()))


class Client(salabim.Component):  # type: ignore[misc]
    """Places orders at random moments while there are any left."""

    def setup(self, shop: SalabimShop, place: int) -> None:
        """Take what salabim hands on from the constructor."""
        self.shop, self.place = shop, place

    def process(self) -> Process:
        """Exponential gaps at the client's share of the rate."""
        shop, rng = self.shop, self.shop.rng
        for number in itertools.count(1):
            yield self.hold(rng.expovariate(RATE / CLIENTS))
            if not shop.left:
                return
            shop.left -= 1
            sku = bisect(shop.shares, rng.random() * shop.shares[-1])
            Order(shop=shop, ref=f"web-{self.place}-{number}", sku=sku)


class SalabimShop:
    """The processors as one resource, and the clients.

    Args:
        orders: how many the clients place in all.
        seed: of all that chance decides.
    """

    def __init__(self, orders: int, seed: int) -> None:
        salabim.yieldless(False)
        self.env = salabim.Environment(trace=False)
        self.rng = Random(seed)
        self.left = orders
        self.records: list[Record] = []
        self.shares = shares()
        self.stock = [STOCK] * PRODUCTS
        self.processors = salabim.Resource("processors", capacity=PROCESSORS, monitor=False)
        for place in range(CLIENTS):
            Client(shop=self, place=place)

    def play(self) -> None:
        """Play to the end."""
        self.env.run()

    def played(self) -> Played:
        """What came of it."""
        spent = sum(record.finished - record.placed for record in self.records)
        return Played(len(self.records), spent / len(self.records))
