"""Replications: how much sooner a set of runs is done on two processes than on one."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.errors import BadMeasurement
from benchmarks.fresh import ROOT
from benchmarks.sizes import Sizes
from benchmarks.speed import Contest, Speed, take_turns
from benchmarks.stocksim_shop import shop_text
from benchmarks.table import markdown, spread
from benchmarks.targets import Verdict, at_least

__all__ = ["Found", "judge", "measure", "show"]

Found = Contest

REPLICATIONS: Final = 4
ONE: Final = "1 process"
TWO: Final = "2 processes"
JOBS: Final = {ONE: 1, TWO: 2}
FLAG: Final = "--replications"


def measure(sizes: Sizes) -> Found:
    """Rounds in which the set is run with one process and with two, each timed by the wall."""
    if FLAG not in _stocksim("run", "--help"):
        return Contest({}, dict.fromkeys(JOBS, f"stocksim has no flag {FLAG}"))
    with TemporaryDirectory() as folder:
        scenario = Path(folder, "shop.yaml")
        scenario.write_text(shop_text(sizes.replication_orders), encoding="utf-8")

        def run(engine: str, seed: int) -> Speed:
            flags = [FLAG, REPLICATIONS, "--jobs", JOBS[engine], "--seed", seed]
            began = time.perf_counter()
            _stocksim(scenario, *flags, "-q")
            return Speed(REPLICATIONS, time.perf_counter() - began)

        return take_turns(list(JOBS), sizes.replication_rounds, run)


def _stocksim(*arguments: object) -> str:
    """What `python stocksim.py` prints.

    Raises:
        BadMeasurement: it did not pass.
    """
    command = [sys.executable, "stocksim.py", *map(str, arguments)]
    run = subprocess.run(  # noqa: S603 — our own program
        command, cwd=ROOT, check=False, capture_output=True, text=True
    )
    if run.returncode != 0:
        words = run.stderr.strip().splitlines()[-1:] or ["no word"]
        raise BadMeasurement(f"{' '.join(command[1:])} ended {run.returncode}: {words[0]}")
    return run.stdout


def show(found: Found) -> str:
    """Seconds for the set, and the speed-up."""
    if not found.runs:
        return f"Skipped, {next(iter(found.skipped.values()))}."
    rows = [["", "seconds for 4 replications", "min", "max"]]
    for engine, runs in found.runs.items():
        rows.append([engine, *spread([run.seconds for run in runs], ".1f")])
    rows.append(["2 processes ÷ 1, by round", *spread(found.ratios(TWO, ONE) or [], ".2f")])
    return markdown(rows)


def judge(found: Found) -> list[Verdict]:
    """Two processes are nearly twice as fast as one."""
    return [at_least("replications, 2 processes ÷ 1", 1.7, found.ratios(TWO, ONE))]
