"""How long something takes when chance decides: service times, think times.

Every distribution is made from uniform numbers. A sampler is a closure without arguments,
because drawing is the innermost loop of a run; `draws` has them all.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from actors.scenario import draws

if TYPE_CHECKING:
    from actors.chance import Chance

__all__ = [
    "Constant",
    "Distribution",
    "Exponential",
    "Gamma",
    "Lognormal",
    "Sampler",
    "Uniform",
]

Sampler = Callable[[], float]


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

    @abstractmethod
    def sampler(self, rng: Chance) -> Sampler:
        """A function that draws a time in seconds, never negative."""


class Constant(Distribution):
    """Always the mean; its sampler makes no draw."""

    def sampler(self, rng: Chance) -> Sampler:  # noqa: ARG002 - chance has no part in it
        """A function that returns the constant."""
        seconds = self.mean
        return lambda: seconds


class Exponential(Distribution):
    """Memoryless times, drawn by inversion."""

    def sampler(self, rng: Chance) -> Sampler:
        """A function that draws a time."""
        return draws.exponential(self.mean, rng.random)


@dataclass(frozen=True)
class Uniform(Distribution):
    """Any time from `low` to `high`, in seconds, as likely as any other."""

    low: float
    high: float

    def sampler(self, rng: Chance) -> Sampler:
        """A function that draws a time between the two."""
        return draws.uniform(self.low, self.high, rng.random)


class Lognormal(Distribution):
    """Times whose logarithm is normal; mean and CV are those of the times themselves.

    With them, the logarithm has variance ln(1 + CV²) and mean ln(mean) minus half of that
    (Law, Simulation Modeling and Analysis, 5th edition, section 6.2.2).
    """

    def sampler(self, rng: Chance) -> Sampler:
        """A function that draws a time, one uniform number each."""
        variance = math.log1p(self.scv)
        mu = math.log(self.mean) - variance / 2
        return draws.lognormal(mu, math.sqrt(variance), rng.random)


class Gamma(Distribution):
    """Gamma times of shape 1 / CV² and scale mean · CV²."""

    def sampler(self, rng: Chance) -> Sampler:
        """A function that draws a time."""
        shape, scale = 1 / self.scv, self.mean * self.scv
        sampler = draws.gamma if shape >= 1 else draws.lifted_gamma
        return sampler(shape, scale, rng.random)
