"""How good a set's estimates are, and what it would take to make them better.

A half-width shrinks with the square root of the number of replications, so that for one of
5 % it takes about n (h / 5 %)² of them (A. M. Law, Simulation Modeling and Analysis, 5th edition,
section 9.4.1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from actors.study.document import SetThreshold
from actors.study.estimate import Estimate

__all__ = ["ENOUGH", "HEADLINES", "PRECISE", "warnings"]

ENOUGH: Final = 5  # replications, below which an interval says little
PRECISE: Final = 0.05
_ABSURD: Final = 10  # a half-width of so many means is not worth a number
HEADLINES: Final = (
    "latency_s.mean",
    "latency_s.p50",
    "latency_s.p95",
    "latency_s.p99",
    "wait_s.mean",
    "service_s.mean",
    "waited",
    "throughput_per_s",
    "processors.utilisation",
    "processors.queue.mean",
    "shares.fulfilled",
    "shares.partial",
    "shares.rejected",
)


def warnings(
    figures: Mapping[str, Estimate], thresholds: Sequence[SetThreshold], finished: int
) -> tuple[str, ...]:
    """What a reader should know before believing the means; headline figures only."""
    found = []
    if 0 < finished < ENOUGH:
        few = "1 replication is" if finished == 1 else f"{finished} replications are"
        found.append(f"{few} few: use {ENOUGH} or more")
    wide = {
        name: figure.relative
        for name, figure in figures.items()
        if name in HEADLINES and figure.relative is not None and figure.relative > PRECISE
    }
    if wide:
        found.append(_too_wide(wide, finished))
    partly = [n for n in HEADLINES if n in figures and 0 < figures[n].n < finished]
    found += [f"only {figures[n].n} of {finished} replications had a sample of {n}" for n in partly]
    found += [
        f"the limit of '{item.expression}' lies within the interval: another seed may decide "
        "otherwise, more replications would settle it"
        for item in thresholds
        if item.undecided
    ]
    return tuple(found)


def _too_wide(wide: Mapping[str, float], finished: int) -> str:
    shares = [f"{name} ±{share:.0%}" if share < _ABSURD else name for name, share in wide.items()]
    cure = ""
    if max(wide.values()) < _ABSURD:
        needed = finished * (max(wide.values()) / PRECISE) ** 2
        cure = f"; about {math.ceil(needed):,} replications would"
    return f"not known within ±{PRECISE:.0%}: {', '.join(shares)}{cure}"
