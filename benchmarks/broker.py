"""python -m benchmarks.broker --broker URL [--postgres URL] [--quick]: orders a second, end to end.

A burst of orders without service time: what is measured is the way of an order, from the
client's JSON over the broker into the store and back, and what CPU time it costs whom. One and
two workers, orders of one line and of one to five, SQLite and PostgreSQL; then the sizes of
batch and prefetch. Settings take turns within a round; look at ratios within one table.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks.broker_run import Measured, Setting, measure
from benchmarks.errors import BadMeasurement
from benchmarks.machine import look_around
from benchmarks.shares import allowed, middle
from benchmarks.table import spread, table

Found = Mapping[Setting, Sequence[Measured]]


def in_rounds(settings: Sequence[Setting], broker: str, orders: int, rounds: int) -> Found:
    """Rounds in which every setting has its turn."""
    found: dict[Setting, list[Measured]] = {setting: [] for setting in settings}
    for number in range(rounds):
        for setting in settings[:: 1 if number % 2 == 0 else -1]:
            found[setting].append(measure(setting, broker, orders))
    return found


def kind_of(setting: Setting) -> str:
    """The store's name without its place, which may hold a password."""
    return "SQLite" if setting.in_file else "PostgreSQL"


def rates(measured: Sequence[Measured]) -> list[float]:
    """Orders a second alone."""
    return [each.rate for each in measured]


def workers_table(found: Found) -> str:
    """One and two workers, and their ratio within each round."""
    rows = [["orders/s", "lines", "workers", "median", "min", "max"]]
    for setting, measured in found.items():
        cells = [kind_of(setting), setting.lines]
        rows.append([*cells, str(setting.workers), *spread(rates(measured), ",.0f")])
        if setting.workers > 1:
            ones = rates(found[setting._replace(workers=1)])
            ratios = [two / one for two, one in zip(rates(measured), ones, strict=True)]
            rows.append([*cells, "2 / 1", *spread(ratios, ".2f")])
    return table(rows)


def costs_table(found: Found) -> str:
    """What an order costs each party."""
    rows = [["CPU µs an order", "lines", "workers", "run", "workers'", "broker", "database", "all"]]
    for setting, measured in found.items():
        costs = middle([each.costs for each in measured])
        figures = [micro(part) for part in (*costs, costs.all)]
        rows.append([kind_of(setting), setting.lines, str(setting.workers), *figures])
    return table(rows)


def allowed_table(found: Found, cores: int) -> str:
    """How many orders a second these costs allow, as each number of workers has them."""
    rows = [["CPU allows, orders/s", "lines", "1 worker", "2 workers", "2 / 1"]]
    for setting, measured in found.items():
        if setting.workers > 1:
            continue
        costs = middle([each.costs for each in measured])
        one, two = (allowed(costs, workers, cores) for workers in (1, 2))
        ratio = "?" if one is None or two is None else f"{two / one:.2f}"
        rates_ = ["?" if rate is None else f"{rate:,.0f}" for rate in (one, two)]
        rows.append([kind_of(setting), setting.lines, *rates_, ratio])
    return table(rows)


def micro(seconds: float | None) -> str:
    """In microseconds; a question mark for what cannot be seen."""
    return "?" if seconds is None else f"{seconds * 1e6:.0f}"


def sizes_table(found: Found) -> str:
    """Batch by prefetch, median orders a second."""
    prefetches = sorted({setting.prefetch for setting in found})
    rows = [["batch", *(f"prefetch {size}" for size in prefetches)]]
    for batch in sorted({setting.batch for setting in found}):
        cells = [
            f"{median(rates(measured)):,.0f}"
            for size in prefetches
            for setting, measured in found.items()
            if (setting.batch, setting.prefetch) == (batch, size)
        ]
        rows.append([str(batch), *cells])
    return table(rows)


def report(broker: str, stores: Sequence[str], orders: int, rounds: int) -> None:
    """Measure and print."""
    around = look_around()
    print(f"{around.moment}\n{around.place}\n{orders:,} orders a run, {rounds} rounds\n")
    by_workers = [
        Setting(store, lines, workers)
        for store in reversed(stores)
        for lines in ("1", "1..5")
        for workers in (1, 2)
    ]
    # A broker that has just started is slow for a while: that is not the first setting's fault.
    measure(by_workers[0], broker, orders)
    found = in_rounds(by_workers, broker, orders, rounds)
    for lines in (workers_table(found), costs_table(found), allowed_table(found, around.cores)):
        print(lines, end="\n\n")
    sizes = [
        Setting(stores[-1], batch=batch, prefetch=prefetch)
        for batch in (1, 16, 64, 128, 256)
        for prefetch in (4, 32, 64, 128)
    ]
    print(f"one worker, one line, {kind_of(sizes[0])}, orders/s:")
    print(sizes_table(in_rounds(sizes, broker, orders // 6, 1)))


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.broker", description=__doc__)
    parser.add_argument("--broker", required=True, help="amqp://…")
    parser.add_argument("--postgres", help="postgresql://…")
    parser.add_argument("--quick", action="store_true", help="small: does it work at all?")
    flags = parser.parse_args()
    orders, rounds = (600, 1) if flags.quick else (60_000, 3)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stores = [f"sqlite:{folder / 'stock.db'}", *([flags.postgres] if flags.postgres else [])]
        try:
            report(flags.broker, stores, orders, rounds)
        except BadMeasurement as bad:
            sys.exit(str(bad))


if __name__ == "__main__":
    main()
