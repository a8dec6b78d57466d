"""How long something takes when chance decides, and how a scenario writes it.

12ms                     always the same
exponential MEAN         memoryless
uniform A..B             anything from A to B
lognormal MEAN CV        a few take very long; CV is standard deviation / mean
gamma MEAN CV            between constant (CV 0) and wilder than exponential (CV above 1)

`FAMILIES` has them all: the reader of scenarios, its mistakes and the schema know no other. Every
time is a function of one uniform number: an order carries the number, and whoever serves it turns
it into a time. These functions are closures, because they are the innermost loop of a run; `draws`
has them all.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from actors.scenario import draws
from actors.scenario.parameters import BOUNDS, MEAN, MEAN_AND_CV, Form

if TYPE_CHECKING:
    from actors.common.random_streams import Chance

__all__ = [
    "FAMILIES",
    "Constant",
    "Distribution",
    "Family",
    "Sampler",
    "Times",
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

    @classmethod
    def of(cls, text: str, mean: float, cv: float, /) -> Distribution:
        """The one of this mean (s) and coefficient of variation; without either, a constant."""
        return cls(text, mean, cv**2) if mean and cv else Constant(text, mean, 0.0)

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

    @classmethod
    def of(cls, text: str, low: float, high: float, /) -> Distribution:
        """The one between these times (s)."""
        mean = (low + high) / 2
        if low == high:
            return Constant(text, mean, 0.0)
        return cls(text, mean, ((high - low) / mean) ** 2 / 12, low, high)

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


class Family(NamedTuple):
    """Distributions of one name.

    Attributes:
        form: what is written behind the name.
        make: a distribution of the whole text and the two numbers that the form reads.
    """

    form: Form
    make: Callable[[str, float, float], Distribution]


FAMILIES: Final[Mapping[str, Family]] = MappingProxyType(
    {
        "exponential": Family(MEAN, Exponential.of),
        "uniform": Family(BOUNDS, Uniform.of),
        "lognormal": Family(MEAN_AND_CV, Lognormal.of),
        "gamma": Family(MEAN_AND_CV, Gamma.of),
    }
)
