"""Figures in columns."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

__all__ = ["markdown", "spread", "table"]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as text: the first column to the left, all others to the right."""
    return "\n".join("  ".join(cells).rstrip() for cells in _aligned(rows))


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a Markdown table that can be read as it stands; the first row is the head."""
    head, *body = ["| " + " | ".join(cells) + " |" for cells in _aligned(rows)]
    first, *others = [len(cell) for cell in _aligned(rows)[0]]
    rule = "|-" + "-" * first + "-|" + "".join("-" * (width + 1) + ":|" for width in others)
    return "\n".join([head, rule, *body])


def _aligned(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [_cells(row, widths) for row in rows]


def _cells(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *others = row
    return [
        first.ljust(widths[0]),
        *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)),
    ]


def spread(values: Sequence[float], form: str) -> list[str]:
    """Median, minimum and maximum, each in a format such as ",.0f"."""
    return [format(value, form) for value in (median(values), min(values), max(values))]
