"""python -m benchmarks.broker --broker URL [--postgres URL] [--quick]: orders a second, end to end.

A burst of orders without service time: what is measured is the way of an order, from the
client's JSON over the broker into the store and back. One and two workers, orders of one line
and of one to five, SQLite and PostgreSQL; then the sizes of batch and prefetch. Settings take
turns within a round; look at ratios within one table.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

from actors.broker.address import new_run
from actors.remote.shift import BATCH, PREFETCH
from actors.remote.simulation import RemoteSimulation
from actors.remote.site import Site
from actors.scenario.loader import load_text
from benchmarks.machine import look_around
from benchmarks.table import spread, table

SCENARIO = """\
stocksim: 1
name: burst
products: {{P-001..200: {{stock: 1000000}}}}
processors: {{count: 8, service_time: 0ms}}
clients:
  web:
    count: 10
    phases: {{day: {{duration: 1ms, rate: 1/s, burst: {orders}}}}}
    orders: {{lines: {lines}}}
"""
PROGRAM = "from actors.cli import main; main()"


class Setting(NamedTuple):
    """What is varied."""

    store: str
    lines: str = "1"
    workers: int = 1
    batch: int = BATCH
    prefetch: int = PREFETCH


def start_worker(setting: Setting, broker: str, run: str, place: int) -> subprocess.Popen[bytes]:
    """A worker process."""
    environment = {**os.environ, "STOCKSIM_BROKER": broker, "STOCKSIM_STORE": setting.store}
    flags = ["--run", run, "--name", f"bench-{place}", "--quiet"]
    flags += ["--batch", str(setting.batch), "--prefetch", str(setting.prefetch)]
    command = [sys.executable, "-c", PROGRAM, "worker", *flags]
    return subprocess.Popen(command, env=environment)  # noqa: S603 — our own program


def measure(setting: Setting, broker: str, orders: int) -> float:
    """Orders a second of one run.

    Raises:
        SystemExit: the run's audit did not hold.
    """
    loaded = load_text(SCENARIO.format(orders=orders, lines=setting.lines), name="burst")
    run = new_run("benchmark")
    workers = [start_worker(setting, broker, run, place) for place in range(setting.workers)]
    site = Site(broker, setting.store, run, expected=setting.workers)
    result = RemoteSimulation(loaded, site).run()
    for worker in workers:
        worker.wait()
    if not result.audit.ok:
        sys.exit(f"the audit did not hold for {setting}")
    return result.orders.placed / result.simulated_s


def rates_of(
    settings: Sequence[Setting], broker: str, orders: int, rounds: int
) -> dict[Setting, list[float]]:
    """Rounds in which every setting has its turn."""
    rates: dict[Setting, list[float]] = {setting: [] for setting in settings}
    for number in range(rounds):
        for setting in settings[:: 1 if number % 2 == 0 else -1]:
            rates[setting].append(measure(setting, broker, orders))
    return rates


def kind_of(store: str) -> str:
    """The store's name without its place, which may hold a password."""
    return "SQLite" if store.startswith("sqlite") else "PostgreSQL"


def workers_table(rates: dict[Setting, list[float]]) -> str:
    """One and two workers, and their ratio within each round."""
    rows = [["orders/s", "lines", "workers", "median", "min", "max"]]
    for setting, values in rates.items():
        cells = [kind_of(setting.store), setting.lines, str(setting.workers)]
        rows.append([*cells, *spread(values, ",.0f")])
        if setting.workers > 1:
            one = rates[setting._replace(workers=1)]
            ratios = [two / single for two, single in zip(values, one, strict=True)]
            rows.append([*cells[:2], "2 / 1", *spread(ratios, ".2f")])
    return table(rows)


def sizes_table(rates: dict[Setting, list[float]]) -> str:
    """Batch by prefetch, median orders a second."""
    prefetches = sorted({setting.prefetch for setting in rates})
    rows = [["batch", *(f"prefetch {size}" for size in prefetches)]]
    for batch in sorted({setting.batch for setting in rates}):
        cells = [
            f"{median(values):,.0f}"
            for size in prefetches
            for setting, values in rates.items()
            if (setting.batch, setting.prefetch) == (batch, size)
        ]
        rows.append([str(batch), *cells])
    return table(rows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.broker", description=__doc__)
    parser.add_argument("--broker", required=True, help="amqp://…")
    parser.add_argument("--postgres", help="postgresql://…")
    parser.add_argument("--quick", action="store_true", help="small: does it work at all?")
    flags = parser.parse_args()
    orders, rounds = (500, 1) if flags.quick else (20_000, 3)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stores = [f"sqlite:{folder / 'stock.db'}", *([flags.postgres] if flags.postgres else [])]
        around = look_around()
        print(f"{around.moment}\n{around.place}\n{orders:,} orders a run, {rounds} rounds\n")
        by_workers = [
            Setting(store, lines, workers)
            for store in reversed(stores)
            for lines in ("1", "1..5")
            for workers in (1, 2)
        ]
        print(workers_table(rates_of(by_workers, flags.broker, orders, rounds)), end="\n\n")
        sizes = [
            Setting(stores[-1], batch=batch, prefetch=prefetch)
            for batch in (1, 16, 64, 128, 256)
            for prefetch in (4, 32, 64, 128)
        ]
        print(f"one worker, one line, {kind_of(stores[-1])}, orders/s:")
        print(sizes_table(rates_of(sizes, flags.broker, orders // 2, 1)))


if __name__ == "__main__":
    main()
