"""What is written behind a distribution's name: `MEAN`, `A..B`, `MEAN CV`; each form read once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from actors.common.units import parse_duration

__all__ = ["BOUNDS", "DURATION", "MEAN", "MEAN_AND_CV", "Form"]

MAX_CV: Final = 100.0

DURATION: Final = r"[0-9]+(\.[0-9]+)?\s*(ms|s|min|h|d)"


class Form(NamedTuple):
    """A way to write parameters.

    Attributes:
        words: how it is told to people.
        pattern: a regular expression of it, for editors.
        read: makes two numbers of the whole text and its parameters; raises ValueError.
    """

    words: str
    pattern: str
    read: Callable[[str, str], tuple[float, float]]


def _read_mean(text: str, mean: str) -> tuple[float, float]:
    """Mean (s) and a CV of 1."""
    if not mean:
        raise ValueError(f"{text!r} lacks its mean: write it as in {_name(text)} 12ms")
    return parse_duration(mean), 1.0


def _read_bounds(text: str, bounds: str) -> tuple[float, float]:
    """The shortest and the longest time (s)."""
    first, dots, second = bounds.partition("..")
    if not dots:
        raise ValueError(f"{text!r} lacks its bounds: write them as in {_name(text)} 5ms..20ms")
    low, high = parse_duration(first), parse_duration(second)
    if low > high:
        raise ValueError(f"{text!r} runs backwards: write the shorter time first")
    return low, high


def _read_mean_and_cv(text: str, parameters: str) -> tuple[float, float]:
    """Mean (s) and CV."""
    mean, _, cv = parameters.rpartition(" ")
    if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,15})?", cv) or not mean:
        raise ValueError(
            f"{text!r} needs a mean and a CV (standard deviation / mean): "
            f"write them as in {_name(text)} 12ms 0.5"
        )
    if float(cv) > MAX_CV:
        raise ValueError(f"{text!r} has a CV of {cv}: at most {MAX_CV:g} is sensible")
    return parse_duration(mean), float(cv)


def _name(text: str) -> str:
    return text.split(maxsplit=1)[0]


MEAN: Final = Form("MEAN", DURATION, _read_mean)
BOUNDS: Final = Form("A..B", rf"{DURATION}\s*\.\.\s*{DURATION}", _read_bounds)
MEAN_AND_CV: Final = Form("MEAN CV", rf"{DURATION}\s+[0-9]+(\.[0-9]+)?", _read_mean_and_cv)
