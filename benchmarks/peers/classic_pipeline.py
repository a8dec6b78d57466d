"""The pipeline in the classic design: threads, a queue of orders, a lock a product.

Client threads put JSON on a queue; processor threads take it from there, change the stock under
the product's lock, and put what they processed on a second queue, which a collector thread reads.

It is played twice: with the standard library's `json`, as the design is usually written, which
checks nothing, and with stocksim's own codec and checks.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from queue import Queue
from typing import Final, NamedTuple

from actors.decisions.order_json import decode_order, encode_order
from actors.messages import Order
from benchmarks.pipeline import CLIENTS, PROCESSORS, SKUS, STOCK, OrderBook

__all__ = ["CHECKED", "LIBRARY", "ClassicPipeline", "Codec"]


class Codec(NamedTuple):
    """Writes the JSON of an order, and reads what the design needs of it."""

    write: Callable[[Order], bytes]
    read: Callable[[bytes], tuple[str, str, int]]  # id, SKU, quantity


def write_with_library(order: Order) -> bytes:
    """By the standard library."""
    fields = {
        "id": order.id,
        "client": order.client,
        "kind": order.kind,
        "placed_at": order.placed_at,
        "priority": order.priority,
        "lines": [{"sku": line.sku, "quantity": line.quantity} for line in order.lines],
    }
    return json.dumps(fields).encode()


def read_with_library(body: bytes) -> tuple[str, str, int]:
    """By the standard library, unchecked."""
    fields = json.loads(body)
    (line,) = fields["lines"]
    return fields["id"], line["sku"], line["quantity"]


def read_checked(body: bytes) -> tuple[str, str, int]:
    """By stocksim's own decoder, as strictly as its router."""
    order = decode_order(body)
    (line,) = order.lines
    return order.id, line.sku, line.quantity


LIBRARY: Final = Codec(write_with_library, read_with_library)
CHECKED: Final = Codec(encode_order, read_checked)


class Record(NamedTuple):
    """An ended order."""

    id: str
    sku: str
    quantity: int
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
        codec: for the orders' JSON.
        orders: how many the clients place in all.
        seed: of all that chance decides.
    """

    def __init__(self, codec: Codec, orders: int, seed: int) -> None:
        self.write, self.read = codec
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
            self.orders.put(self.write(book.order(number)))

    def process(self) -> None:
        """A processor: one order after the other, until it is told that there are no more."""
        while (body := self.orders.get()) is not None:
            order_id, sku, quantity = self.read(body)
            granted = self.products[sku].take(quantity)
            outcome = "fulfilled" if granted else "rejected"
            self.processed.put(Record(order_id, sku, quantity, outcome))

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
        return len({record.id for record in self.records if record.outcome == "fulfilled"})
