"""python -m benchmarks [--quick]: how fast stocksim is beside SimPy, and whether memory grows.

The README in this folder says how to read the table.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import NamedTuple

import msgspec

from benchmarks.child import ENGINES, Speed
from benchmarks.machine import describe_machine
from benchmarks.memory import STATM, Growth
from benchmarks.table import spread, table


class Sizes(NamedTuple):
    """How much is played."""

    rounds: int
    orders: int
    early: int
    long: int


FULL = Sizes(rounds=5, orders=100_000, early=200_000, long=1_000_000)
QUICK = Sizes(rounds=2, orders=2_000, early=2_000, long=6_000)


def in_child(*arguments: object) -> bytes:
    """What a fresh process prints; its complaints go where ours go.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    command = [sys.executable, "-m", "benchmarks.child", *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603 — our own module


def compare_speeds(sizes: Sizes) -> dict[str, list[Speed]]:
    """Rounds in which every engine plays once; who begins changes from round to round."""
    speeds: dict[str, list[Speed]] = {engine: [] for engine in ENGINES}
    for number in range(sizes.rounds):
        for engine in list(ENGINES)[:: 1 if number % 2 == 0 else -1]:
            told = in_child("speed", engine, sizes.orders, number + 1)
            speeds[engine].append(msgspec.json.decode(told, type=Speed))
    return speeds


def speed_table(speeds: dict[str, list[Speed]]) -> str:
    """Orders per second of CPU of each engine, and the ratio within each round."""
    rows = [["orders per CPU second", "median", "min", "max", "mean time in system"]]
    for engine, runs in speeds.items():
        orders = sum(run.orders for run in runs)
        response = sum(run.response_s * run.orders for run in runs) / orders
        rates = spread([run.per_cpu_s for run in runs], ",.0f")
        rows.append([engine, *rates, f"{response:.3f} s"])
    ours, theirs = speeds["stocksim"], speeds["SimPy"]
    ratios = [own.per_cpu_s / peer.per_cpu_s for own, peer in zip(ours, theirs, strict=True)]
    rows.append(["stocksim / SimPy, by round", *spread(ratios, ".2f"), ""])
    return table(rows)


def memory_line(sizes: Sizes) -> str:
    """How much memory a long run took on after its first orders."""
    if not STATM.exists():
        return "memory of stocksim: not measured, this system has no /proc"
    growth = msgspec.json.decode(in_child("memory", sizes.early, sizes.long), type=Growth)
    return (
        f"memory of stocksim: {growth.early_bytes / 1e6:.1f} MB after {growth.early_orders:,} "
        f"orders, {growth.grown_mb:+.1f} MB until {growth.orders:,}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes: does it work at all?")
    sizes = QUICK if parser.parse_args().quick else FULL
    print(describe_machine())
    print(f"M/M/8 at 80 %, {sizes.orders:,} orders a run, {sizes.rounds} rounds", end="\n\n")
    print(speed_table(compare_speeds(sizes)), end="\n\n")
    print(memory_line(sizes))


if __name__ == "__main__":
    main()
