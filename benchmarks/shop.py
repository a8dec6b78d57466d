"""The shop that every engine plays, and what it tells about it.

M/M/8 at 80 %: 100 clients place orders of one line at random moments, 6.4 a second in all; 8
processors take a second each on average; the product is one of 50 by Zipf's law.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Final, Protocol

import msgspec

__all__ = [
    "CLIENTS",
    "PROCESSORS",
    "PRODUCTS",
    "RATE",
    "SERVICE_S",
    "STOCK",
    "Played",
    "Shop",
]

CLIENTS: Final = 100
PROCESSORS: Final = 8
PRODUCTS: Final = 50
STOCK: Final = 1_000_000_000  # never sells out
RATE: Final = 6.4
SERVICE_S: Final = 1.0


class Played(msgspec.Struct, frozen=True):
    """How many orders ended, and their mean time in the system, in simulated seconds.

    The second is there to show that the engines have played the same shop: all must come near
    1.286, the exact value.
    """

    orders: int
    response_s: float


class Shop(Protocol):
    """A shop that is set up; only `play` is timed."""

    def play(self) -> None:
        """Play to the end."""

    def played(self) -> Played:
        """What came of it."""


def shares() -> list[float]:
    """Zipf's law over the products, cumulated, for `bisect`, with which every peer draws."""
    return list(accumulate(1 / rank for rank in range(1, PRODUCTS + 1)))
