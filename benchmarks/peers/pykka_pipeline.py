"""The pipeline on plain Pykka: `ThreadingActor`s as they are shipped, references, `tell`.

The same actors and the same messages as stocksim's: clients, a router from which processors
pull, processors, an inventory a product, a collector.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Any, NamedTuple

import pykka
from typing_extensions import override

from actors.decisions.order_json import decode_order
from actors.messages import Order
from benchmarks.pipeline import CLIENTS, PROCESSORS, SKUS, STOCK, OrderBook

__all__ = ["PykkaPipeline"]

Ref = pykka.ActorRef[Any]


class Begin(NamedTuple):
    """A client may begin."""


class Free(NamedTuple):
    """A processor can take an order."""

    processor: Ref


class Take(NamedTuple):
    """A processor wants a quantity."""

    quantity: int
    reply_to: Ref


class Taken(NamedTuple):
    """An inventory's answer."""

    granted: bool


class Record(NamedTuple):
    """An ended order."""

    order: Order
    outcome: str


class Client(pykka.ThreadingActor):
    """Sends all its orders as fast as it can."""

    def __init__(self, router: Ref, book: OrderBook) -> None:
        super().__init__()
        self.router = router
        self.book = book

    @override
    def on_receive(self, message: Begin) -> None:
        for number in range(1, self.book.orders + 1):
            self.router.tell(self.book.write(number))


class Router(pykka.ThreadingActor):
    """Decodes orders, keeps those that wait, gives each to a free processor."""

    def __init__(self) -> None:
        super().__init__()
        self.idle: deque[Ref] = deque()
        self.waiting: deque[Order] = deque()

    @override
    def on_receive(self, message: bytes | Free) -> None:
        if isinstance(message, bytes):
            self.waiting.append(decode_order(message))
        else:
            self.idle.append(message.processor)
        while self.idle and self.waiting:
            self.idle.popleft().tell(self.waiting.popleft())


class Processor(pykka.ThreadingActor):
    """Takes one line from its inventory, reports, and is free again."""

    order: Order

    def __init__(self, router: Ref, inventories: dict[str, Ref], collector: Ref) -> None:
        super().__init__()
        self.router = router
        self.inventories = inventories
        self.collector = collector

    @override
    def on_receive(self, message: Order | Taken) -> None:
        if isinstance(message, Order):
            self.order = message
            (line,) = message.lines
            self.inventories[line.sku].tell(Take(line.quantity, self.actor_ref))
        else:
            outcome = "fulfilled" if message.granted else "rejected"
            self.router.tell(Free(self.actor_ref))
            self.collector.tell(Record(self.order, outcome))


class Inventory(pykka.ThreadingActor):
    """The stock of one product."""

    def __init__(self) -> None:
        super().__init__()
        self.stock = STOCK

    @override
    def on_receive(self, message: Take) -> None:
        granted = self.stock >= message.quantity
        if granted:
            self.stock -= message.quantity
        message.reply_to.tell(Taken(granted))


class Collector(pykka.ThreadingActor):
    """Records every order, and says when all are there."""

    def __init__(self, records: list[Record], expected: int, complete: threading.Event) -> None:
        super().__init__()
        self.records = records
        self.expected = expected
        self.complete = complete

    @override
    def on_receive(self, message: Record) -> None:
        self.records.append(message)
        if len(self.records) == self.expected:
            self.complete.set()


class PykkaPipeline:
    """All actors, each on its own thread.

    Args:
        orders: how many the clients place in all.
        seed: of all that chance decides.
    """

    def __init__(self, orders: int, seed: int) -> None:
        each = orders // CLIENTS
        self.records: list[Record] = []
        self.complete = threading.Event()
        collector = Collector.start(self.records, each * CLIENTS, self.complete)
        inventories = {sku: Inventory.start() for sku in SKUS}
        router = Router.start()
        for _ in range(PROCESSORS):
            router.tell(Free(Processor.start(router, inventories, collector)))
        books = [OrderBook(f"web-{number}", each, seed) for number in range(CLIENTS)]
        self.clients = [Client.start(router, book) for book in books]

    def play(self) -> None:
        """Let the clients begin; stop all actors when the last order is recorded."""
        for client in self.clients:
            client.tell(Begin())
        self.complete.wait()
        pykka.ActorRegistry.stop_all()

    def recorded(self) -> int:
        """How many orders were fulfilled and recorded, once each."""
        return len({record.order.id for record in self.records if record.outcome == "fulfilled"})
