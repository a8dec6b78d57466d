"""Aligned columns, and figures as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actors.common.units import show_duration
from actors.common.visible_text import columns
from actors.report.text import pad

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["aligned", "number", "share", "span"]

_GAP = "  "


def aligned(sides: str, rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines; `sides` has a letter a column: `l` for text, `r` for figures.

    A column of empty cells disappears.
    """
    widths = [max(map(columns, cells)) for cells in zip(*rows, strict=True)]
    used = [place for place, width in enumerate(widths) if width]
    return [
        _GAP.join(
            pad(row[place], widths[place], "left" if sides[place] == "l" else "right")
            for place in used
        ).rstrip()
        for row in rows
    ]


def number(value: float) -> str:
    """A count with its thousands separated; an average keeps three digits."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def share(part: float | None) -> str:
    """A share 0..1 as a percentage that is 0% or 100% only when it is exactly that."""
    if part is None:
        return "-"
    text = f"{part * 100:.1f}"
    if text == "0.0" and part > 0:
        return "<0.1%"
    if text == "100.0" and part < 1:
        return ">99.9%"
    return f"{text.removesuffix('.0')}%" if text in {"0.0", "100.0"} else f"{text}%"


def span(seconds: float | None) -> str:
    """A time, or a dash where there is none."""
    return "-" if seconds is None else show_duration(seconds)
