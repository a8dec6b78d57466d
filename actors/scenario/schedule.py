"""When the orders of an open group leave, dealt to its clients in order, and counted.

The clients are told their moments by the group's first; the audit asks here what was dealt, and
so knows what they ought to have placed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from operator import itemgetter
from typing import Final

from actors.common.random_streams import Chance
from actors.scenario.arrivals import Pattern, Window, arrivals

__all__ = ["Schedule"]

MOMENT: Final = itemgetter(0)
PHASE: Final = itemgetter(1)


class Schedule:
    """One group's moments, and the phase of each.

    Args:
        windows: the group's phases in time's order, without overlap.
        pattern: how arrivals are spread.
        size: orders at one moment, for the pattern `batch`.
        rng: the stream to draw from.
    """

    def __init__(self, windows: Sequence[Window], pattern: Pattern, size: int, rng: Chance) -> None:
        self._arrivals = arrivals(windows, pattern, size, rng)
        self.moments = 0.0  # the sum of all moments dealt, in seconds
        self.dealt: Counter[str] = Counter()  # orders, by phase

    def take(self, most: int) -> list[tuple[float, str]]:
        """The next moments (seconds) with their phases, at most so many; empty: there are none."""
        turns = list(islice(self._arrivals, most))
        self.moments += sum(map(MOMENT, turns))
        if turns and turns[0][1] == turns[-1][1]:
            self.dealt[turns[0][1]] += len(turns)
        else:
            self.dealt.update(map(PHASE, turns))
        return turns

    def over(self) -> bool:
        """Whether every moment has been dealt; asked at the end, because it deals one more."""
        return not self.take(1)
