"""How long something takes when chance decides: service times, think times.

Every distribution is made from uniform numbers, through `rng.random()` alone: it is the one
method of `random` whose values Python promises to keep from version to version. A sampler is
a closure without arguments, because drawing is the innermost loop of a run.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

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

# `random()` may be exactly 0, where the normal quantile is minus infinity; this stands for it.
_ALMOST_ZERO: Final = 2.0**-54


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
        """A function that draws -mean · ln(1 - u); `log1p` keeps the digits of a small u."""
        scale, random, log1p = -self.mean, rng.random, math.log1p
        return lambda: scale * log1p(-random())


@dataclass(frozen=True)
class Uniform(Distribution):
    """Any time from `low` to `high`, in seconds, as likely as any other."""

    low: float
    high: float

    def sampler(self, rng: Chance) -> Sampler:
        """A function that draws a time between the two."""
        low, width, random = self.low, self.high - self.low, rng.random
        return lambda: low + width * random()


class Lognormal(Distribution):
    """Times whose logarithm is normal; mean and CV are those of the times themselves.

    With them, the logarithm has variance ln(1 + CV²) and mean ln(mean) minus half of that
    (Law, Simulation Modeling and Analysis, 5th edition, section 6.2.2).
    """

    def sampler(self, rng: Chance) -> Sampler:
        """A function that draws a time, one uniform number each."""
        variance = math.log1p(self.scv)
        quantile = NormalDist(math.log(self.mean) - variance / 2, math.sqrt(variance)).inv_cdf
        random, exp = rng.random, math.exp
        return lambda: exp(quantile(random() or _ALMOST_ZERO))


class Gamma(Distribution):
    """Gamma times of shape 1 / CV² and scale mean · CV²."""

    def sampler(self, rng: Chance) -> Sampler:
        """A function that draws a time.

        A shape below 1 is lifted by 1 and the draw multiplied by u^(1 / shape) (Marsaglia and
        Tsang, section 6).
        """
        shape, scale = 1 / self.scv, self.mean * self.scv
        if shape >= 1:
            return _gamma(shape, scale, rng)
        lifted, random, power = _gamma(shape + 1, scale, rng), rng.random, 1 / shape
        return lambda: lifted() * random() ** power


def _gamma(shape: float, scale: float, rng: Chance) -> Sampler:
    """A sampler of gamma times for shapes from 1 on.

    G. Marsaglia and W. W. Tsang, A Simple Method for Generating Gamma Variables, ACM
    Transactions on Mathematical Software 26(3), 2000, pages 363-372: a cubed normal, accepted
    more than 95 times in 100.
    """
    d = shape - 1 / 3
    c = 1 / math.sqrt(9 * d)
    random, normal, log = rng.random, NormalDist().inv_cdf, math.log

    def draw() -> float:
        while True:
            x = normal(random() or _ALMOST_ZERO)
            v = (1 + c * x) ** 3
            if v > 0 and log(1 - random()) < x * x / 2 + d * (1 - v + log(v)):
                return scale * d * v

    return draw
