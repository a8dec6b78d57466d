"""The shop in virtual time: orders a second of CPU, stocksim beside other simulators."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Final, NamedTuple, cast

from benchmarks.errors import BadMeasurement
from benchmarks.fresh import in_fresh_process
from benchmarks.shop import Shop
from benchmarks.sizes import Sizes
from benchmarks.speed import Contest, Speed, take_turns
from benchmarks.table import markdown, spread
from benchmarks.targets import Verdict, at_least
from benchmarks.theory import EXACT_RESPONSE_S, allowed_distance_s

__all__ = ["ENGINES", "OURS", "Found", "judge", "measure", "measure_shop", "show"]

Found = Contest

OURS: Final = "stocksim"
PLAIN: Final = "SimPy"
WHOLE: Final = "SimPy, all of it"
LIMIT: Final = "minimal kernel"


class Engine(NamedTuple):
    """Where an engine's shop is.

    Attributes:
        shop: its module and class.
        packages: what it needs beside stocksim's own.
        plain: whether it runs without stocksim's compiled modules.
    """

    shop: str
    packages: tuple[str, ...] = ()
    plain: bool = False

    @property
    def missing(self) -> list[str]:
        """The packages that are not installed."""
        return [package for package in self.packages if find_spec(package) is None]


ENGINES: Final[Mapping[str, Engine]] = {
    OURS: Engine("benchmarks.stocksim_shop:StocksimShop"),
    "stocksim, plain Python": Engine("benchmarks.stocksim_shop:StocksimShop", plain=True),
    PLAIN: Engine("benchmarks.peers.simpy_shop:SimpyShop", ("simpy",)),
    WHOLE: Engine("benchmarks.peers.simpy_full_shop:SimpyFullShop", ("simpy", "numpy")),
    LIMIT: Engine("benchmarks.peers.kernel_shop:KernelShop"),
    "salabim": Engine("benchmarks.peers.salabim_shop:SalabimShop", ("salabim",)),
    "Ciw": Engine("benchmarks.peers.ciw_shop:CiwShop", ("ciw",)),
}


def measure_shop(engine: str, orders: int, seed: int) -> Speed:
    """Play once; starting Python, imports and setting up are not in the CPU time."""
    module, _, name = ENGINES[engine].shop.partition(":")
    make = cast("Callable[[int, int], Shop]", getattr(import_module(module), name))
    shop = make(orders, seed)
    began = time.process_time()
    shop.play()
    cpu_s = time.process_time() - began
    played = shop.played()
    return Speed(played.orders, cpu_s, played.response_s)


def measure(sizes: Sizes) -> Found:
    """Rounds in which every engine plays once.

    Raises:
        BadMeasurement: an engine's mean time in the system is not this shop's.
    """
    skipped = {
        name: f"{' and '.join(engine.missing)} not installed: pip install -e '.[bench]'"
        for name, engine in ENGINES.items()
        if engine.missing
    }

    def run(engine: str, seed: int) -> Speed:
        orders = sizes.shop_orders[engine]
        plain = ENGINES[engine].plain
        return in_fresh_process(Speed, "shop", engine, orders, seed, plain=plain)

    taking_part = [engine for engine in ENGINES if engine not in skipped]
    contest = take_turns(taking_part, sizes.shop_rounds, run, skipped)
    for engine in contest.runs:
        refuse_another_shop(contest, engine)
    return contest


def response_s(contest: Contest, engine: str) -> float:
    """The mean time in the system over all orders of an engine, in seconds."""
    runs = contest.runs[engine]
    return sum((run.response_s or 0.0) * run.amount for run in runs) / _orders(contest, engine)


def _orders(contest: Contest, engine: str) -> int:
    return sum(run.amount for run in contest.runs[engine])


def refuse_another_shop(contest: Contest, engine: str) -> None:
    """See that an engine has played this shop and no easier one.

    Raises:
        BadMeasurement: its mean time in the system is too far from the exact one.
    """
    found = response_s(contest, engine)
    allowed = allowed_distance_s(_orders(contest, engine))
    if abs(found - EXACT_RESPONSE_S) > allowed:
        raise BadMeasurement(
            f"{engine} has played another shop: its mean time in the system is {found:.3f} s, "
            f"and {EXACT_RESPONSE_S:.3f} ± {allowed:.3f} s is right"
        )


def show(found: Found) -> str:
    """Rates, ratios to stocksim's, and the mean time in the system."""
    rows = [["engine", "orders/s of CPU", "min", "max", "stocksim ÷ it", "mean time in system"]]
    for engine in found.runs:
        ratios = found.ratios(OURS, engine) or []
        rows.append(
            [
                engine,
                *spread(found.rates(engine), ",.0f"),
                spread(ratios, ".2f")[0] if engine != OURS else "",
                f"{response_s(found, engine):.3f} s",
            ]
        )
    notes = [f"{engine}: skipped, {why}." for engine, why in found.skipped.items()]
    return "\n\n".join([markdown(rows), f"Exact: {EXACT_RESPONSE_S:.3f} s.", *notes])


def judge(found: Found) -> list[Verdict]:
    """Beside plain SimPy, SimPy with the same duties, and the limit."""
    return [
        at_least("virtual ÷ plain SimPy", 2.5, found.ratios(OURS, PLAIN)),
        at_least("virtual ÷ SimPy with JSON, statistics, audit", 3, found.ratios(OURS, WHOLE)),
        at_least("virtual ÷ minimal kernel", 0.45, found.ratios(OURS, LIMIT)),
    ]
