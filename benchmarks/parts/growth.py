"""Growth: what the ten-millionth order and the hundred-thousandth actor cost."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

import msgspec

from actors.simulation import RUNTIMES
from benchmarks.crowd import Crowd, Errands
from benchmarks.fresh import in_fresh_process
from benchmarks.memory import Growth
from benchmarks.sizes import Sizes
from benchmarks.table import markdown
from benchmarks.targets import Verdict, below

__all__ = ["CrowdRuns", "Found", "judge", "measure", "order_costs_us", "show"]

POOL: Final = "pool"
FEW: Final = 1_000  # below, what an actor adds to the resident set drowns in whole pages


class CrowdRuns(msgspec.Struct, frozen=True):
    """A crowd without an order, several times, and once with orders."""

    idle: Sequence[Crowd]
    busy: Crowd

    @property
    def products(self) -> int:
        """Inventory actors."""
        return self.busy.products

    @property
    def start_s(self) -> float:
        """Median real time to make all actors."""
        return median(crowd.start_s for crowd in self.idle)

    @property
    def end_s(self) -> float:
        """Median real time to stop them, to audit and to make the result, without an order."""
        return median(crowd.end_s for crowd in self.idle)

    @property
    def actor_bytes(self) -> float:
        """Median resident bytes an actor."""
        return median(crowd.actor_bytes for crowd in self.idle)

    @property
    def order_us(self) -> float:
        """What an order adds to the CPU time, in microseconds."""
        idle_s = median(crowd.end_cpu_s for crowd in self.idle)
        return (self.busy.end_cpu_s - idle_s) / self.busy.orders * 1e6


class Found(msgspec.Struct, frozen=True):
    """Runs of growing length, growing crowds, and errands on the pool where there is one."""

    short: Sequence[Growth]
    middle: Growth
    long: Growth
    crowds: Sequence[CrowdRuns]
    errands: Sequence[Errands]


def measure(sizes: Sizes) -> Found:
    """Short runs around the long one, so that a drift of the machine's speed evens out."""
    few, more, most = sizes.orders

    def run(orders: int) -> Growth:
        return in_fresh_process(Growth, "memory", orders // 10, orders)

    short = [run(few) for _ in range(sizes.short_runs)]
    middle, long = run(more), run(most)
    short += [run(few) for _ in range(sizes.short_runs)]
    crowds = [_crowd(products, sizes) for products in sizes.products]
    rounds = sizes.crowd_rounds if POOL in RUNTIMES else 0
    errands = [in_fresh_process(Errands, "errands", POOL, sizes.errands) for _ in range(rounds)]
    return Found(short, middle, long, crowds, errands)


def _crowd(products: int, sizes: Sizes) -> CrowdRuns:
    idle = [in_fresh_process(Crowd, "crowd", products, 0) for _ in range(sizes.crowd_rounds)]
    return CrowdRuns(idle, in_fresh_process(Crowd, "crowd", products, sizes.crowd_orders))


def order_costs_us(found: Found) -> list[tuple[int, float]]:
    """Runs by their orders, with the CPU time an order in microseconds; the short ones' median."""
    few = median(run.order_us for run in found.short)
    others = [(run.orders, run.order_us) for run in (found.middle, found.long)]
    return [(found.short[0].orders, few), *others]


def show(found: Found) -> str:
    """Time and memory by orders, by actors, and the errands."""
    return "\n\n".join([_by_orders(found), _memory(found), _by_actors(found), _errands(found)])


def _by_orders(found: Found) -> str:
    costs = order_costs_us(found)
    _, first = costs[0]
    rows = [["orders", "CPU µs an order", "÷ the shortest run's"]]
    rows += [[f"{orders:,}", f"{cost:.1f}", f"{cost / first:.2f}"] for orders, cost in costs]
    return markdown(rows)


def _memory(found: Found) -> str:
    run = found.long
    return (
        f"Memory of the longest run: {run.early_bytes / 1e6:.1f} MB after {run.early_orders:,} "
        f"orders, {run.grown_mb:+.1f} MB until {run.orders:,}."
    )


def _by_actors(found: Found) -> str:
    rows = [["products", "start", "stop and result", "bytes an actor", "CPU µs an order"]]
    for crowd in found.crowds:
        size = f"{crowd.actor_bytes:,.0f}" if crowd.products >= FEW else ""
        times = [f"{seconds:.3f} s" for seconds in (crowd.start_s, crowd.end_s)]
        rows.append([f"{crowd.products:,}", *times, size, f"{crowd.order_us:.1f}"])
    return markdown(rows)


def _errands(found: Found) -> str:
    if not found.errands:
        return f"Bare actors on {POOL}: skipped, stocksim has no runtime {POOL!r}."
    run = sorted(found.errands, key=lambda errands: errands.all_s)[len(found.errands) // 2]
    return (
        f"{run.actors:,} bare actors on {POOL}, a message each: {run.start_s:.2f} s to start, "
        f"{run.run_s:.2f} s to run, {run.stop_s:.2f} s to stop."
    )


def judge(found: Found) -> list[Verdict]:
    """Flat memory, flat time, light actors."""
    (_, few), _, (_, most) = order_costs_us(found)
    crowd = found.crowds[-1]
    actors = f"{crowd.products:,} products"
    pool_s = median(run.all_s for run in found.errands) if found.errands else None
    bare = found.errands[0].actors if found.errands else 0
    return [
        below(_span("memory growth", found.long), 10, found.long.grown_mb, "MB"),
        below("CPU time an order, longest run ÷ shortest", 1.15, most / few),
        below(f"{actors}, start to stop", 10, crowd.start_s + crowd.end_s, "s"),
        below(f"{actors}, memory an actor", 3, crowd.actor_bytes / 1e3, "KB"),
        below(
            f"{bare:,} actors on pool run and stop" if bare else "actors on pool", 2, pool_s, "s"
        ),
    ]


def _span(what: str, run: Growth) -> str:
    return f"{what}, order {run.early_orders:,} to {run.orders:,}"
