"""Figures in columns."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

__all__ = ["spread", "table"]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as text: the first column to the left, all others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = row
    cells = [first.ljust(widths[0])]
    cells += [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
    return "  ".join(cells).rstrip()


def spread(values: Sequence[float], form: str) -> list[str]:
    """Median, minimum and maximum, each in a format such as ",.0f"."""
    return [format(value, form) for value in (median(values), min(values), max(values))]
