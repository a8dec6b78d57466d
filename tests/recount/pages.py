"""Reads a printed summary back: its tables, and the numbers in them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, NamedTuple

__all__ = ["Page", "Row", "Shown", "cells", "shown", "shows"]

UNITS: Final = {
    "": Decimal(1),
    "%": Decimal("0.01"),
    "ms": Decimal("0.001"),
    "s": Decimal(1),
    "min": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86400),
    "/s": Decimal(1),
    "/min": 1 / Decimal(60),
}
TENTH: Final = Decimal("0.001")  # of a percent
NUMBER: Final = re.compile(r"(-?[\d,]+(?:\.\d+)?(?:e[+-]\d+)?)(%|ms|s|min|h|d|/s|/min|)")

Row = dict[str, str]


class Shown(NamedTuple):
    """A printed number, in base units, and half of its last digit."""

    value: Decimal
    rounding: Decimal


def shown(text: str) -> Shown:
    """The number that a cell shows."""
    found = NUMBER.fullmatch(text)
    assert found is not None, f"{text!r} is no number"
    number, unit = Decimal(found[1].replace(",", "")), UNITS[found[2]]
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return Shown(number * unit, Decimal(5).scaleb(exponent - 1) * unit)


def shows(text: str, value: float | None) -> bool:
    """Whether a cell is the figure, rounded to the digits that it prints; counts exactly."""
    if value is None or text in {"-", "no sample"}:
        return value is None and text in {"-", "no sample"}
    if text == "<0.1%":
        return 0 < value < 0.001
    if text == ">99.9%":
        return 0.999 < value < 1
    printed = shown(text)
    exact = Decimal(value)
    if isinstance(value, int) and text.replace(",", "").isdecimal():
        return printed.value == exact
    # Three digits, of shares one after the point, are what a reader may count on. A decimal
    # fraction is no float: forgive what that costs.
    least = TENTH / 2 if text.endswith("%") else Decimal(0)
    coarsest = max(abs(exact) * Decimal("0.00501"), least)
    slack = abs(exact) * Decimal("1e-12")
    return abs(printed.value - exact) <= min(printed.rounding, coarsest) + slack


def cells(line: str) -> list[str]:
    """The cells of a table's line; within one there are single spaces only."""
    return re.split(r" {2,}", line.strip())


class Page:
    """A summary's lines."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()

    def section(self, title: str, number: int = 0) -> list[str]:
        """The lines from one that begins with a title to the next empty one."""
        starts = [at for at, line in enumerate(self.lines) if re.match(rf"{title}\b", line)]
        rest = self.lines[starts[number] :]
        return rest[: rest.index("")] if "" in rest else rest

    def line(self, title: str) -> str:
        """What stands beside a title."""
        return self.section(title)[0].removeprefix(title).strip()

    def table(self, title: str, number: int = 0, *, header: int = 0) -> dict[str, Row]:
        """A table's rows by their first cell, each with its cells by the names in the header."""
        lines = self.section(title, number)[header:]
        names = _different(cells(lines[0])[1:])
        rows = [cells(line) for line in lines[1:]]
        return {row[0]: dict(zip(names, row[1:], strict=False)) for row in rows}


def _different(names: list[str]) -> list[str]:
    """The names of columns; one that comes again has its number."""
    return [
        f"{name} {names[:place].count(name) + 1}" if name in names[:place] else name
        for place, name in enumerate(names)
    ]
