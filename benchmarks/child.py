"""What happens in a fresh process: one run, measured from inside, told as a line of JSON.

python -m benchmarks.child speed ENGINE ORDERS SEED
python -m benchmarks.child memory EARLY ORDERS
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from benchmarks.memory import measure_growth
from benchmarks.shop import Shop
from benchmarks.simpy_shop import SimpyShop
from benchmarks.stocksim_shop import StocksimShop

__all__ = ["ENGINES", "Speed"]

ENGINES: Final[Mapping[str, Callable[[int, int], Shop]]] = {
    "stocksim": StocksimShop,
    "SimPy": SimpyShop,
}


class Speed(msgspec.Struct, frozen=True):
    """One run of one engine: its orders, their mean time in the system (s), its CPU time (s)."""

    orders: int
    response_s: float
    cpu_s: float

    @property
    def per_cpu_s(self) -> float:
        """Orders a second of CPU."""
        return self.orders / self.cpu_s


def measure_speed(engine: str, orders: int, seed: int) -> Speed:
    """Play once; starting Python, imports and setting up are not in the time."""
    shop = ENGINES[engine](orders, seed)
    began = time.process_time()
    shop.play()
    cpu_s = time.process_time() - began
    played = shop.played()
    return Speed(played.orders, played.response_s, cpu_s)


def main(arguments: list[str]) -> None:
    """Do what the arguments say and print what was found."""
    what, *rest = arguments
    if what == "speed":
        engine, orders, seed = rest
        found: msgspec.Struct = measure_speed(engine, int(orders), int(seed))
    else:
        early, orders = rest
        found = measure_growth(int(early), int(orders))
    print(msgspec.json.encode(found).decode())


if __name__ == "__main__":
    main(sys.argv[1:])
