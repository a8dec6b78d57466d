"""How much is measured: in full, and for a smoke run whose figures mean nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from benchmarks.games import GameName

__all__ = ["FULL", "QUICK", "Sizes"]


class Sizes(NamedTuple):
    """Rounds, and how much is played in each.

    Attributes:
        shop_rounds: rounds of the shop.
        shop_orders: orders of a run, by engine: each a run of some seconds.
        pipeline_rounds: rounds of the pipelines.
        pipeline_orders: orders of a run, the same for every design.
        message_rounds: rounds of the message games.
        messages: messages of a run, by game, the same for every system.
        orders: the short, the middle and the long run, whose time an order is compared.
        short_runs: short runs before the long one, and as many after it.
        products: crowds of inventory actors.
        crowd_orders: orders that each crowd serves.
        errands: bare actors on the pool.
        crowd_rounds: how often crowds and errands are repeated.
        replication_rounds: rounds of the replications.
        replication_orders: orders of one of the four replications.
    """

    shop_rounds: int
    shop_orders: Mapping[str, int]
    pipeline_rounds: int
    pipeline_orders: int
    message_rounds: int
    messages: Mapping[GameName, int]
    orders: tuple[int, int, int]
    short_runs: int
    products: tuple[int, ...]
    crowd_orders: int
    errands: int
    crowd_rounds: int
    replication_rounds: int
    replication_orders: int


FULL: Final = Sizes(
    shop_rounds=7,
    shop_orders={
        "stocksim": 100_000,
        "stocksim, plain Python": 100_000,
        "SimPy": 100_000,
        "SimPy, all of it": 100_000,
        "minimal kernel": 500_000,
        "salabim": 10_000,
        "Ciw": 100_000,
    },
    pipeline_rounds=9,
    pipeline_orders=60_000,
    message_rounds=5,
    messages={"counting": 300_000, "ping-pong": 150_000, "ring": 150_000, "fan": 300_000},
    orders=(100_000, 1_000_000, 10_000_000),
    short_runs=5,
    products=(100, 1_000, 10_000, 100_000),
    crowd_orders=50_000,
    errands=10_000,
    crowd_rounds=3,
    replication_rounds=3,
    replication_orders=200_000,
)

QUICK: Final = Sizes(
    shop_rounds=1,
    shop_orders=dict.fromkeys(FULL.shop_orders, 1_000),
    pipeline_rounds=1,
    pipeline_orders=1_000,
    message_rounds=1,
    messages=dict.fromkeys(FULL.messages, 2_000),
    orders=(1_500, 3_000, 6_000),
    short_runs=1,
    products=(100, 1_000),
    crowd_orders=500,
    errands=200,
    crowd_rounds=1,
    replication_rounds=1,
    replication_orders=1_000,
)
