"""How a figure is compared with its limit: the units that a limit may have, and the operators."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Final, Literal, NamedTuple

__all__ = ["MEANT", "OPERATORS", "UNITS", "Comparison", "Operator", "Unit"]

Unit = Literal["share", "count", "rate", "time"]
Operator = Literal["<", "<=", ">", ">=", "==", "!="]

UNITS: Final[dict[Unit, str]] = {
    "share": "a share such as 20%",
    "count": "a count such as 100",
    "rate": "a rate such as 250/s",
    "time": "a time such as 1500ms",
}


class Comparison(NamedTuple):
    """What an operator does.

    Attributes:
        holds: whether it holds between a figure and its limit.
        units: of the limits that it can be held against.
    """

    holds: Callable[[float | Decimal, float | Decimal], bool]
    units: tuple[Unit, ...] = ("share", "count", "rate", "time")


OPERATORS: Final[dict[Operator, Comparison]] = {
    "<": Comparison(operator.lt),
    "<=": Comparison(operator.le),
    ">": Comparison(operator.gt),
    ">=": Comparison(operator.ge),
    "==": Comparison(operator.eq, ("share", "count")),
    "!=": Comparison(operator.ne, ("count",)),
}

MEANT: Final = {"=": "==", "=<": "<=", "=>": ">=", "<>": "!=", "≤": "<=", "≥": ">=", "≠": "!="}
"""What people write for an operator, and the operator."""
