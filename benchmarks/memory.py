"""How much memory a long run of stocksim takes on after its beginning.

The resident set is read twice in one run: when a number of orders has ended, by which everything
bounded has reached its bound (the router's memory of outcomes, the exact samples), and after the
end. The reader is a collector that looks once, between two of its batches, in the actors' own
thread: no sampling thread disturbs the run, and the two readings differ by what the orders in
between left behind.

It reads /proc/self/statm, the memory held *now*. The peak that getrusage knows would not do: on
Linux a fresh process inherits its parent's, and below that nothing can be seen to grow.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final

import msgspec

from actors import Cast
from actors.collector import Collector
from benchmarks.stocksim_shop import StocksimShop

__all__ = ["STATM", "Growth", "measure_growth", "resident_bytes"]

STATM: Final = Path("/proc/self/statm")


class Growth(msgspec.Struct, frozen=True):
    """The resident set in bytes after the first orders and after all, and the run's CPU time."""

    early_orders: int
    early_bytes: int
    orders: int
    bytes: int
    cpu_ns: int

    @property
    def grown_mb(self) -> float:
        """What came on after the first orders, in millions of bytes."""
        return (self.bytes - self.early_bytes) / 1e6

    @property
    def order_us(self) -> float:
        """CPU time an order, in microseconds."""
        return self.cpu_ns / self.orders / 1e3


def resident_bytes() -> int:
    """The memory that this process holds now.

    Raises:
        OSError: the system has no /proc.
    """
    pages = int(STATM.read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def measure_growth(early: int, orders: int) -> Growth:
    """Play a run of about `orders` orders and look when `early` of them have ended.

    Raises:
        OSError: the system has no /proc.
        ValueError: the run was over before `early` orders had ended.
    """
    seen: list[tuple[int, int]] = []

    class WatchfulCollector(Collector):
        """Looks at the memory once, after a batch."""

        def hand_on(self) -> None:
            super().hand_on()
            if not seen and self.recorded >= early:
                seen.append((self.recorded, resident_bytes()))

    shop = StocksimShop(orders, seed=1, roles=Cast(collector=WatchfulCollector))
    began = time.process_time_ns()
    shop.play()
    cpu_ns = time.process_time_ns() - began
    if not seen:
        raise ValueError(f"{early} orders never ended: play more than that")
    return Growth(*seen[0], shop.played().orders, resident_bytes(), cpu_ns)
