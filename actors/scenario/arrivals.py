"""When the orders of an open group leave: its phases as one stream of moments.

A group's rate over time is a line of flat and sloping pieces, one for each phase. Its
integral Λ(t) is the number of orders expected until t, and a moment is found by turning that
round: the t at which Λ reaches a level. Evenly spaced levels make arrivals that follow the
rate exactly; levels that are sums of unit exponentials make a Poisson process of that rate
(E. Çinlar, Introduction to Stochastic Processes, 1975, section 4.7; compare P. A. W. Lewis
and G. S. Shedler, Simulation of Nonhomogeneous Poisson Processes by Thinning, 1979).
"""

from __future__ import annotations

import math
from itertools import count, repeat
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from actors.common.random_streams import Chance

__all__ = ["Pattern", "Window", "arrivals", "expected_orders"]

Pattern = Literal["poisson", "even", "batch"]


class Window(NamedTuple):
    """One phase of a group: the moments from `start` until just before `start + duration`.

    Attributes:
        name: the phase's name.
        start: seconds since the run's start.
        duration: seconds, above 0.
        rate: orders a second at the start.
        ramp_to: orders a second at the end, reached in a straight line; None keeps the rate.
        burst: orders at the start, beside those of the rate.
    """

    name: str
    start: float
    duration: float
    rate: float
    ramp_to: float | None = None
    burst: int = 0

    @property
    def final_rate(self) -> float:
        """Orders a second at the end."""
        return self.rate if self.ramp_to is None else self.ramp_to

    @property
    def area(self) -> float:
        """The rate's integral: the orders expected beside the burst."""
        return self.duration * (self.rate + self.final_rate) / 2


def arrivals(
    windows: Sequence[Window], pattern: Pattern, size: int, rng: Chance
) -> Iterator[tuple[float, str]]:
    """The moments at which a group's orders leave, each with its phase's name.

    Args:
        windows: the group's phases in time's order, without overlap.
        pattern: `poisson`; `even`, where each order leaves in the middle of its unit of the
            integral; `batch`, where `size` orders at once make a Poisson process of batches
            whose rate counts orders.
        size: the orders of a batch; other patterns leave one by one.
        rng: the stream to draw from, by `random()` alone.

    Yields:
        (seconds since the run's start, phase), the seconds never decreasing.
    """
    at_once = size if pattern == "batch" else 1
    levels = _even_levels() if pattern == "even" else _poisson_levels(at_once, rng)
    level, before, at = next(levels), 0.0, 0.0
    for window in windows:
        yield from repeat((window.start, window.name), window.burst)
        area, moment = window.area, _moments(window)
        while level - before < area:
            # Two moments closer than rounding could change places.
            at = max(at, moment(level - before))
            if at_once == 1:
                yield at, window.name
            else:
                yield from repeat((at, window.name), at_once)
            level = next(levels)
        before += area


def expected_orders(windows: Sequence[Window]) -> float:
    """How many orders the windows bring on average, bursts included."""
    return sum(window.area + window.burst for window in windows)


def _moments(window: Window) -> Callable[[float], float]:
    """A function that tells when the integral since the window's start reaches a number.

    It solves rate·t + slope·t²/2 = orders in the form that subtracts no nearly equal numbers
    and stays valid for a slope of 0 (Press et al., Numerical Recipes, 3rd edition, section 5.6).
    """
    start, rate = window.start, window.rate
    last = math.nextafter(start + window.duration, start)
    if window.final_rate == rate:
        return lambda orders: min(last, start + orders / rate)
    rate_squared, sqrt = rate * rate, math.sqrt
    twice_slope = 2 * (window.final_rate - rate) / window.duration

    def moment(orders: float) -> float:
        if orders <= 0:
            return start
        root = sqrt(max(0.0, rate_squared + twice_slope * orders))
        return min(last, start + 2 * orders / (rate + root))

    return moment


def _even_levels() -> Iterator[float]:
    """1/2, 3/2, 5/2…: with the middle of each unit, a window's count is its area, rounded.

    Whole levels would put the last order of a window at its very end, outside of it, and so
    bring one order too few wherever the area is a whole number.
    """
    return count(0.5)


def _poisson_levels(mean: float, rng: Chance) -> Iterator[float]:
    """Sums of exponentials of that mean."""
    level, random, log1p = 0.0, rng.random, math.log1p
    while True:
        level -= mean * log1p(-random())
        yield level
