"""Durations and rates as people write them: `250ms`, `1.5h`, `300/s`.

Every time in stocksim is a float of seconds and every rate a float a second; this module
is the only place that knows other units. What is written is converted exactly and rounded once,
so that `9ms` and `0.009s` are the same float.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

__all__ = [
    "SECONDS",
    "SLACK",
    "parse_duration",
    "parse_rate",
    "per_second",
    "same_time",
    "seconds",
    "show_duration",
]

SECONDS: Final[Mapping[str, Fraction]] = {
    "ms": Fraction(1, 1000),
    "s": Fraction(1),
    "min": Fraction(60),
    "h": Fraction(3600),
    "d": Fraction(86400),
}
SLACK: Final = 1e-9

_DURATION = re.compile(r"(\d{1,15}(?:\.\d{1,15})?)\s*(ms|s|min|h|d)")
_RATE = re.compile(r"(\d{1,15}(?:\.\d{1,15})?)\s*/\s*(s|min|h|d)")


def parse_duration(text: str) -> float:
    """Seconds of a duration such as `12ms`, `4s`, `1.5h`; only `0` may lack its unit.

    Raises:
        ValueError: the text is not a duration; the message says how one is written.
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        if text.strip() == "0":
            return 0.0
        raise ValueError(f"{text!r} is not a duration: write a number and ms, s, min, h or d")
    return seconds(found[1], found[2])


def parse_rate(text: str) -> float:
    """Events a second of a rate such as `300/s` or `20/min`.

    Raises:
        ValueError: the text is not a rate; the message says how one is written.
    """
    found = _RATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not a rate: write a number and /s, /min, /h or /d")
    return per_second(found[1], found[2])


def seconds(number: str, unit: str) -> float:
    """The seconds of a decimal number of `ms`, `s`, `min`, `h` or `d`, rounded once."""
    return float(Fraction(number) * SECONDS[unit])


def per_second(number: str, unit: str) -> float:
    """The events a second of a decimal number of events a unit, rounded once."""
    return float(Fraction(number) / SECONDS[unit])


def same_time(one: float, other: float) -> bool:
    """Whether two times in seconds differ by no more than rounding.

    A time is a difference of moments, and those have 16 digits: late in a run, 10 ms come out as
    10.00000000001. A relative 1e-9 is forgiven, and a nanosecond.
    """
    return math.isclose(one, other, rel_tol=SLACK, abs_tol=SLACK)


def show_duration(seconds: float) -> str:
    """A duration for people, three digits at most: `12ms`, `1.38s`, `2.5min`, `3h`, `2d`."""
    if math.isnan(seconds):
        return "-"
    size = abs(seconds)
    if size == 0:
        return "0s"
    if size < 0.9995:
        return f"{seconds * 1000:.3g}ms"
    for unit, length, limit in (("s", 1.0, 120.0), ("min", 60.0, 7200.0), ("h", 3600.0, 172800.0)):
        if size < limit:
            return f"{seconds / length:.3g}{unit}"
    return f"{seconds / 86400:.3g}d"
