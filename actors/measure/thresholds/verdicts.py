"""Thresholds held against what the run measured: limit, actual figure, verdict.

A figure without a sample fails its threshold: a load that never ran must not pass. Measured
figures forgive rounding: one within a relative 1e-9 of its limit (or a nanosecond) is equal to it.
The actual figure is shown in the limit's unit, with as many digits as it takes to see on which
side it is.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from actors.common.units import SECONDS, same_time
from actors.measure.result import ThresholdResult
from actors.measure.thresholds.comparisons import OPERATORS
from actors.measure.thresholds.metrics import METRICS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from actors.measure.thresholds.metrics import Figures
    from actors.measure.thresholds.threshold import Threshold

__all__ = ["evaluate", "judge", "show_deviation"]

_SIGNIFICANT: Final = 3
_MOST_DECIMALS: Final = 30


def evaluate(thresholds: Sequence[Threshold], figures: Figures) -> tuple[ThresholdResult, ...]:
    """The verdict on each threshold, in their order."""
    return tuple(
        judge(threshold, METRICS[threshold.metric].read(threshold, figures))
        for threshold in thresholds
    )


def judge(threshold: Threshold, actual: float | None) -> ThresholdResult:
    """The verdict on one threshold, given the actual figure in base units."""
    return ThresholdResult(
        expression=threshold.expression,
        limit=threshold.limit,
        actual=None if actual is None else _show(threshold, actual),
        ok=actual is not None and _holds(threshold, actual),
        value=actual,
    )


def _holds(threshold: Threshold, actual: float) -> bool:
    if _at_the_limit(threshold, actual):
        return OPERATORS[threshold.op].holds(threshold.value, threshold.value)
    return OPERATORS[threshold.op].holds(actual, threshold.value)


def _at_the_limit(threshold: Threshold, actual: float) -> bool:
    """Whether only rounding lies between a measured figure and its limit; counts have none."""
    return METRICS[threshold.metric].measured and same_time(actual, threshold.value)


def show_deviation(threshold: Threshold, deviation: float) -> str:
    """How far a figure may be off, given in base units, in the limit's unit with three digits."""
    exact = _in_unit(deviation, threshold)
    return f"{exact:.{_fewest_decimals(exact)}f}{threshold.suffix}"


def _show(threshold: Threshold, actual: float) -> str:
    """The figure in the limit's unit, rounded only as far as it stays on its side of the limit."""
    limit = Decimal(threshold.number)
    exact = _in_unit(actual, threshold)
    if _at_the_limit(threshold, actual):
        exact = limit
    holds = OPERATORS[threshold.op].holds
    truth = _holds(threshold, actual)
    for decimals in range(_fewest_decimals(exact), _MOST_DECIMALS + 1):
        text = f"{exact:.{decimals}f}"
        shown = Decimal(text)
        if holds(shown, limit) == truth and (shown == limit) == (exact == limit):
            break
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text}{threshold.suffix}"


def _fewest_decimals(exact: Decimal) -> int:
    """How many decimals show three significant digits."""
    return min(max(0, _SIGNIFICANT - 1 - exact.adjusted()), _MOST_DECIMALS) if exact else 0


def _in_unit(figure: float, threshold: Threshold) -> Decimal:
    """A figure in base units, exactly as it is written in the limit's unit."""
    base = Fraction(repr(figure))
    match threshold.unit:
        case "share":
            base *= 100
        case "time":
            base /= SECONDS[threshold.suffix]
        case "rate":
            base *= SECONDS[threshold.suffix.removeprefix("/")]
        case "count":
            pass
    return Decimal(base.numerator) / Decimal(base.denominator)
