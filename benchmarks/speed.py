"""One timed run, and engines measured against each other in rounds.

A single timing means little on a machine that others use, too. So the engines of a `Contest` take
turns, who begins changes from round to round, and what counts is the ratio of two engines
*within* a round: a machine that gets slower slows both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median

import msgspec

__all__ = ["Contest", "Speed", "take_turns"]


class Speed(msgspec.Struct, frozen=True):
    """So many orders or messages in so many seconds.

    Attributes:
        amount: orders or messages.
        seconds: of CPU time or of real time, as the part says.
        response_s: the orders' mean time in the simulated system, where there is one.
    """

    amount: int
    seconds: float
    response_s: float | None = None

    @property
    def rate(self) -> float:
        """Orders or messages a second."""
        return self.amount / self.seconds


class Contest(msgspec.Struct, frozen=True):
    """The runs of several engines, one a round each, and why others are missing."""

    runs: Mapping[str, Sequence[Speed]]
    skipped: Mapping[str, str] = {}

    def rates(self, engine: str) -> list[float]:
        """An engine's rates, round by round."""
        return [run.rate for run in self.runs[engine]]

    def median_rate(self, engine: str) -> float:
        """The middle one of an engine's rates."""
        return median(self.rates(engine))

    def ratios(self, engine: str, peer: str) -> list[float] | None:
        """How many times as fast an engine was as a peer, round by round.

        None if one of them did not run.
        """
        if engine not in self.runs or peer not in self.runs:
            return None
        pairs = zip(self.rates(engine), self.rates(peer), strict=True)
        return [own / other for own, other in pairs]


def take_turns(
    engines: Sequence[str],
    rounds: int,
    run: Callable[[str, int], Speed],
    skipped: Mapping[str, str] | None = None,
) -> Contest:
    """Rounds in which every engine runs once; who begins changes from round to round.

    Args:
        engines: their names.
        rounds: how many.
        run: runs an engine of that name with a seed, the round's number from 1.
        skipped: engines that do not take part, and why.
    """
    runs: dict[str, list[Speed]] = {engine: [] for engine in engines}
    for number in range(rounds):
        for engine in engines[:: 1 if number % 2 == 0 else -1]:
            runs[engine].append(run(engine, number + 1))
    return Contest(runs, skipped or {})
