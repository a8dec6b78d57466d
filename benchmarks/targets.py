"""What is wanted of stocksim beside its peers, and whether a measurement shows it."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

__all__ = ["Verdict", "at_least", "below"]


class Verdict(NamedTuple):
    """One target.

    Attributes:
        target: what is compared.
        wanted: the bound, in words.
        found: the measured value, in words; why there is none, if there is none.
        met: None if it was not measured.
    """

    target: str
    wanted: str
    found: str
    met: bool | None


def at_least(target: str, bound: float, ratios: Sequence[float] | None) -> Verdict:
    """The median of the rounds' ratios is to reach the bound; shown with its spread."""
    wanted = f"≥ {bound:g}"
    if ratios is None:
        return Verdict(target, wanted, "not measured", None)
    middle = median(ratios)
    found = f"{middle:.2f} ({min(ratios):.2f}…{max(ratios):.2f})"
    return Verdict(target, wanted, found, middle >= bound)


def below(target: str, bound: float, value: float | None, unit: str = "") -> Verdict:
    """The value is to stay below the bound; both are in the unit."""
    wanted = f"< {bound:g} {unit}".rstrip()
    if value is None:
        return Verdict(target, wanted, "not measured", None)
    return Verdict(target, wanted, f"{value:.2f} {unit}".rstrip(), value < bound)
