"""How long something takes when chance decides: service times, think times.

Every time is a function of one uniform number: an order carries the number, and whoever serves
it turns it into a time. These functions are closures, because they are the innermost loop of a
run; `draws` has them all.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from actors.scenario import draws

if TYPE_CHECKING:
    from actors.common.random_streams import Chance

__all__ = [
    "Constant",
    "Distribution",
    "Exponential",
    "Gamma",
    "Lognormal",
    "Sampler",
    "Times",
    "Uniform",
]

Sampler = Callable[[], float]
Times = Callable[[float], float]


@dataclass(frozen=True)
class Distribution(ABC):
    """A distribution of times.

    Attributes:
        text: how the scenario writes it.
        mean: the expected value in seconds.
        scv: the squared coefficient of variation, variance / mean² (0 where the mean is 0).
    """

    text: str
    mean: float
    scv: float

    @property
    def constant(self) -> bool:
        """Whether nothing is left to chance."""
        return False

    @abstractmethod
    def times(self) -> Times:
        """A function that turns a uniform number in [0, 1) into seconds, never negative."""

    def sampler(self, rng: Chance) -> Sampler:
        """A function that draws a time in seconds from a stream, one number each."""
        return draws.sampled(self.times(), rng.random)


class Constant(Distribution):
    """Always the mean; its sampler makes no draw."""

    @property
    def constant(self) -> bool:
        """Nothing is left to chance."""
        return True

    def times(self) -> Times:
        """A function that returns the constant."""
        seconds = self.mean
        return lambda _number: seconds

    def sampler(self, rng: Chance) -> Sampler:  # noqa: ARG002 - chance has no part in it
        """The same without a number."""
        seconds = self.mean
        return lambda: seconds


class Exponential(Distribution):
    """Memoryless times, by inversion."""

    def times(self) -> Times:
        """A function that makes a time of a number."""
        return draws.exponential(self.mean)


@dataclass(frozen=True)
class Uniform(Distribution):
    """Any time from `low` to `high`, in seconds, as likely as any other."""

    low: float
    high: float

    def times(self) -> Times:
        """A function that makes a time between the two of a number."""
        return draws.uniform(self.low, self.high)


class Lognormal(Distribution):
    """Times whose logarithm is normal; mean and CV are those of the times themselves.

    With them, the logarithm has variance ln(1 + CV²) and mean ln(mean) minus half of that
    (Law, Simulation Modeling and Analysis, 5th edition, section 6.2.2).
    """

    def times(self) -> Times:
        """A function that makes a time of a number."""
        variance = math.log1p(self.scv)
        mu = math.log(self.mean) - variance / 2
        return draws.lognormal(mu, math.sqrt(variance))


class Gamma(Distribution):
    """Gamma times of shape 1 / CV² and scale mean · CV²."""

    def times(self) -> Times:
        """A function that makes a time of a number."""
        shape, scale = 1 / self.scv, self.mean * self.scv
        make = draws.gamma if shape >= 1 else draws.lifted_gamma
        return make(shape, scale)
