"""The pipeline in real time: orders a second of wall time, stocksim beside other designs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from actors.simulation import RUNTIMES
from benchmarks.errors import BadMeasurement
from benchmarks.fresh import in_fresh_process
from benchmarks.peers.classic_pipeline import CHECKED, LIBRARY, ClassicPipeline
from benchmarks.peers.pykka_pipeline import PykkaPipeline
from benchmarks.pipeline import CLIENTS, Pipeline
from benchmarks.sizes import Sizes
from benchmarks.speed import Contest, Speed, take_turns
from benchmarks.stocksim_pipeline import StocksimPipeline
from benchmarks.table import markdown, spread
from benchmarks.targets import Verdict, at_least

__all__ = ["DESIGNS", "Found", "judge", "measure", "measure_pipeline", "show"]

Found = Contest

THREADS: Final = "threads"
POOL: Final = "pool"
PYKKA: Final = "plain Pykka"
CLASSIC: Final = "threads and queues"
CLASSIC_CHECKED: Final = "the same, stocksim's codec"

DESIGNS: Final[Mapping[str, Callable[[int, int], Pipeline]]] = {
    THREADS: partial(StocksimPipeline, THREADS),
    POOL: partial(StocksimPipeline, POOL),
    PYKKA: PykkaPipeline,
    CLASSIC: partial(ClassicPipeline, LIBRARY),
    CLASSIC_CHECKED: partial(ClassicPipeline, CHECKED),
}


def measure_pipeline(design: str, orders: int, seed: int) -> Speed:
    """Play once; setting up is not in the time, stopping is.

    Raises:
        BadMeasurement: not every order was fulfilled and recorded.
    """
    pipeline = DESIGNS[design](orders, seed)
    began = time.perf_counter()
    pipeline.play()
    wall_s = time.perf_counter() - began
    recorded = pipeline.recorded()
    if recorded != orders:
        raise BadMeasurement(f"{design} recorded {recorded:,} of {orders:,} orders")
    return Speed(recorded, wall_s)


def measure(sizes: Sizes) -> Found:
    """Rounds in which every design plays once."""
    orders = sizes.pipeline_orders - sizes.pipeline_orders % CLIENTS
    skipped = {
        kind: f"stocksim has no runtime {kind!r}"
        for kind in (THREADS, POOL)
        if kind not in RUNTIMES
    }

    def run(design: str, seed: int) -> Speed:
        return in_fresh_process(Speed, "pipeline", design, orders, seed)

    taking_part = [design for design in DESIGNS if design not in skipped]
    return take_turns(taking_part, sizes.pipeline_rounds, run, skipped)


def show(found: Found) -> str:
    """Rates, and stocksim's ratios to those of the other designs."""
    rows = [["design", "orders/s", "min", "max", "threads ÷ it", "pool ÷ it"]]
    for design in found.runs:
        row = [design, *spread(found.rates(design), ",.0f")]
        for ours in (THREADS, POOL):
            ratios = None if design == ours else found.ratios(ours, design)
            row.append("" if ratios is None else spread(ratios, ".2f")[0])
        rows.append(row)
    notes = [f"{design}: skipped, {why}." for design, why in found.skipped.items()]
    return "\n\n".join([markdown(rows), *notes])


def judge(found: Found) -> list[Verdict]:
    """Beside the classic design and plain Pykka."""
    return [
        at_least("pool ÷ threads and queues", 2, found.ratios(POOL, CLASSIC)),
        at_least("pool ÷ plain Pykka", 2, found.ratios(POOL, PYKKA)),
        at_least("threads ÷ plain Pykka", 1.3, found.ratios(THREADS, PYKKA)),
    ]
