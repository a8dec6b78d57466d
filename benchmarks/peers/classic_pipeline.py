"""The pipeline in the classic design: threads, a queue of orders, a lock a product.

Client threads put JSON on a queue; processor threads take it from there, change the stock under
the product's lock, and put what they processed on a second queue, which a collector thread reads.
"""

from __future__ import annotations

import threading
from queue import Queue
from typing import NamedTuple

from actors.messages import Order
from actors.orders import decode_order
from benchmarks.pipeline import CLIENTS, PROCESSORS, SKUS, STOCK, OrderBook

__all__ = ["ClassicPipeline"]


class Record(NamedTuple):
    """An ended order."""

    order: Order
    outcome: str


class Product:
    """The stock of one product, and its lock."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.stock = STOCK

    def take(self, quantity: int) -> bool:
        """Sell a quantity if there is enough."""
        with self.lock:
            if self.stock < quantity:
                return False
            self.stock -= quantity
            return True


class ClassicPipeline:
    """Processor threads and the collector wait at their queues; the clients' are to be started.

    Args:
        orders: how many the clients place in all.
        seed: of all that chance decides.
    """

    def __init__(self, orders: int, seed: int) -> None:
        self.orders: Queue[bytes | None] = Queue()
        self.processed: Queue[Record | None] = Queue()
        self.products = {sku: Product() for sku in SKUS}
        self.records: list[Record] = []
        self.collector = threading.Thread(target=self.collect, daemon=True)
        self.processors = [
            threading.Thread(target=self.process, daemon=True) for _ in range(PROCESSORS)
        ]
        books = [OrderBook(f"web-{number}", orders // CLIENTS, seed) for number in range(CLIENTS)]
        self.clients = [
            threading.Thread(target=self.order, args=(book,), daemon=True) for book in books
        ]
        for thread in (self.collector, *self.processors):
            thread.start()

    def order(self, book: OrderBook) -> None:
        """A client: all its orders as fast as it can."""
        for number in range(1, book.orders + 1):
            self.orders.put(book.write(number))

    def process(self) -> None:
        """A processor: one order after the other, until it is told that there are no more."""
        while (body := self.orders.get()) is not None:
            order = decode_order(body)
            (line,) = order.lines
            granted = self.products[line.sku].take(line.quantity)
            self.processed.put(Record(order, "fulfilled" if granted else "rejected"))

    def collect(self) -> None:
        """The collector: every processed order, until it is told that there are no more."""
        while (record := self.processed.get()) is not None:
            self.records.append(record)

    def play(self) -> None:
        """Let the clients begin; each stage ends when the one before it has."""
        for thread in self.clients:
            thread.start()
        for thread in self.clients:
            thread.join()
        for _ in self.processors:
            self.orders.put(None)
        for thread in self.processors:
            thread.join()
        self.processed.put(None)
        self.collector.join()

    def recorded(self) -> int:
        """How many orders were fulfilled and recorded, once each."""
        return len({record.order.id for record in self.records if record.outcome == "fulfilled"})
