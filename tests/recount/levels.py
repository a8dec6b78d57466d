"""How many are there at a time: averages and maxima over spells of being there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import fsum

__all__ = ["Spell", "most_at_once", "time_average", "time_within"]

Spell = tuple[float, float]


def time_within(spells: Sequence[Spell], since: float, until: float) -> float:
    """The seconds of all spells that lie between two moments."""
    return fsum(max(0.0, min(end, until) - max(start, since)) for start, end in spells)


def time_average(spells: Sequence[Spell], since: float, until: float) -> float | None:
    """How many spells there are on average between two moments; None for no time at all."""
    if until <= since:
        return None
    return time_within(spells, since, until) / (until - since)


def most_at_once(
    spells: Sequence[Spell], since: float, until: float, *, ends_count: bool = False
) -> int:
    """The most spells at any moment between two, both included; is one still there at its end?"""
    starts = sorted(start for start, _ in spells)
    ends = sorted(end for _, end in spells)
    gone_by = bisect_left if ends_count else bisect_right
    moments = [since, *(start for start in starts if since <= start)]
    return max(
        (bisect_right(starts, at) - gone_by(ends, at) for at in moments if at <= until), default=0
    )
