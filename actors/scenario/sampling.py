"""What a scenario leaves to chance, and how it is written.

12ms                     always the same
exponential MEAN         memoryless
uniform A..B             anything from A to B
lognormal MEAN CV        a few take very long; CV is standard deviation / mean
gamma MEAN CV            between constant (CV 0) and wilder than exponential (CV above 1)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from actors.common.units import parse_duration
from actors.scenario.choices import IntRange, Weighted, parse_int_range
from actors.scenario.distributions import (
    Constant,
    Distribution,
    Exponential,
    Gamma,
    Lognormal,
    Sampler,
    Uniform,
)
from actors.scenario.nearest import did_you_mean

__all__ = [
    "Distribution",
    "IntRange",
    "Sampler",
    "Weighted",
    "parse_distribution",
    "parse_int_range",
]

MAX_CV: Final = 100.0


def parse_distribution(text: str) -> Distribution:
    """The distribution that a scenario writes as `text`; the module's docstring has the forms.

    Raises:
        ValueError: it is none of them; the message says what to write.
    """
    name, *rest = text.split(maxsplit=1) or [""]
    if parse := _FAMILIES.get(name):
        return parse(text, "".join(rest).strip())
    if name[:1].isalpha():
        raise ValueError(
            f"{text!r} is not a distribution: write a duration or {', '.join(_FAMILIES)}"
            f"{did_you_mean(name, _FAMILIES)}"
        )
    return _constant(text, text)


def _constant(text: str, seconds: str) -> Distribution:
    return Constant(text, parse_duration(seconds), 0.0)


def _exponential(text: str, mean: str) -> Distribution:
    if not mean:
        raise ValueError(f"{text!r} lacks its mean: write it as in exponential 12ms")
    return Exponential(text, parse_duration(mean), 1.0)


def _uniform(text: str, bounds: str) -> Distribution:
    first, dots, second = bounds.partition("..")
    if not dots:
        raise ValueError(f"{text!r} lacks its bounds: write them as in uniform 5ms..20ms")
    low, high = parse_duration(first), parse_duration(second)
    if low > high:
        raise ValueError(f"{text!r} runs backwards: write the shorter time first")
    mean = (low + high) / 2
    if low == high:
        return Constant(text, mean, 0.0)
    return Uniform(text, mean, ((high - low) / mean) ** 2 / 12, low, high)


def _lognormal(text: str, parameters: str) -> Distribution:
    mean, cv = _mean_and_cv(text, parameters)
    return Lognormal(text, mean, cv**2) if mean and cv else Constant(text, mean, 0.0)


def _gamma_times(text: str, parameters: str) -> Distribution:
    mean, cv = _mean_and_cv(text, parameters)
    return Gamma(text, mean, cv**2) if mean and cv else Constant(text, mean, 0.0)


def _mean_and_cv(text: str, parameters: str) -> tuple[float, float]:
    mean, _, cv = parameters.rpartition(" ")
    family = text.split(maxsplit=1)[0]
    if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,15})?", cv) or not mean:
        raise ValueError(
            f"{text!r} needs a mean and a CV (standard deviation / mean): "
            f"write them as in {family} 12ms 0.5"
        )
    if float(cv) > MAX_CV:
        raise ValueError(f"{text!r} has a CV of {cv}: at most {MAX_CV:g} is sensible")
    return parse_duration(mean), float(cv)


_FAMILIES: Final[dict[str, Callable[[str, str], Distribution]]] = {
    "exponential": _exponential,
    "uniform": _uniform,
    "lognormal": _lognormal,
    "gamma": _gamma_times,
}
