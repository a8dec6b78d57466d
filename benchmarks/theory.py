"""What the shop's mean time in the system is, and how far a run may be from it.

So that no engine is measured on another shop: each must come near the exact value.

The number in an M/M/8 system is a birth-death process. Its stationary distribution gives the
mean number, and Little's law the mean time; the variance of a run's mean comes from W. Whitt,
Asymptotic Formulas for Markov Processes with Applications to Simulation, Operations Research
40(2), 1992, pages 279-291, equation (6) for birth-death processes:

    s² = 2 Σ_i (Σ_{j≤i} (j - L) p_j)² / (λ_i p_i),   the mean over a time T having variance s²/T.
"""

from __future__ import annotations

from itertools import accumulate
from math import sqrt
from typing import Final

from benchmarks.shop import PROCESSORS, RATE, SERVICE_S

__all__ = ["EXACT_RESPONSE_S", "allowed_distance_s"]

STATES: Final = 120  # beyond, chances are below 1e-11, and sums of them only rounding
SIGMAS: Final = 5.0


def _probabilities() -> list[float]:
    """The chance that 0, 1, 2… orders are in the system."""
    factors = (RATE * SERVICE_S / min(number, PROCESSORS) for number in range(1, STATES))
    weights = list(accumulate(factors, lambda weight, factor: weight * factor, initial=1.0))
    whole = sum(weights)
    return [weight / whole for weight in weights]


_P: Final = _probabilities()
_MEAN: Final = sum(number * chance for number, chance in enumerate(_P))

EXACT_RESPONSE_S: Final = _MEAN / RATE


def _variance() -> float:
    """Of the mean number in the system over a second, as runs get long (orders² x s)."""
    sums = accumulate((number - _MEAN) * chance for number, chance in enumerate(_P))
    return 2 * sum(total**2 / (RATE * chance) for total, chance in zip(sums, _P, strict=True))


_VARIANCE: Final = _variance()


def allowed_distance_s(orders: int) -> float:
    """How far the mean time of so many orders may be from the exact one, in seconds.

    Five standard errors, so that an honest engine passes a million times before it fails once.
    A shop that is 5 % busier is found out at 100,000 orders.
    """
    seconds = orders / RATE
    return SIGMAS * sqrt(_VARIANCE / seconds) / RATE
