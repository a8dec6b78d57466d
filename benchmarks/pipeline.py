"""The pipeline that every design plays in real time, and what it tells about it.

The shop without its time: clients send all their orders at once, as JSON, and processing takes
no longer than the machine needs for it. An order is encoded, decoded strictly, takes one line
from the stock of one product, and is recorded.
"""

from __future__ import annotations

from random import Random
from typing import Final, Protocol

from actors.decisions.order_json import encode_order
from actors.messages import Line, Order
from benchmarks.shop import PROCESSORS, PRODUCTS, STOCK, shares

__all__ = ["CLIENTS", "PROCESSORS", "PRODUCTS", "SKUS", "STOCK", "OrderBook", "Pipeline"]

CLIENTS: Final = 10
SKUS: Final = tuple(f"P-{number:02}" for number in range(1, PRODUCTS + 1))


class OrderBook:
    """What one client of a peer orders: one unit of one product by Zipf's law, as JSON.

    Args:
        client: its name.
        orders: how many it places.
        seed: of the run; each client draws its own numbers.
    """

    def __init__(self, client: str, orders: int, seed: int) -> None:
        self.client = client
        self.orders = orders
        self._rng = Random(f"{seed} {client}")
        self._shares = shares()

    def write(self, number: int) -> bytes:
        """The client's order of that number, as JSON."""
        return encode_order(self.order(number))

    def order(self, number: int) -> Order:
        """The client's order of that number."""
        (sku,) = self._rng.choices(SKUS, cum_weights=self._shares)
        return Order(
            id=f"{self.client}-{number}",
            client=self.client,
            placed_at=0.0,
            lines=(Line(sku, 1),),
        )


class Pipeline(Protocol):
    """A pipeline that is set up, its threads running; only `play` is timed."""

    def play(self) -> None:
        """Let the clients begin, and return when every order is recorded and all has stopped."""

    def recorded(self) -> int:
        """How many orders were fulfilled and recorded, once each."""
