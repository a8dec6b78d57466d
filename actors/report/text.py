"""Text cut and padded by what it occupies on the screen."""

from __future__ import annotations

from typing import Final, Literal

from actors.common.visible_text import columns

__all__ = ["LONGEST_NAME", "cut", "pad"]

LONGEST_NAME: Final = 60


def cut(text: str, width: int, ellipsis: str) -> str:
    """The uncoloured text in at most `width` columns; what is missing shows as the ellipsis."""
    if columns(text) <= width:
        return text
    kept, used, room = [], 0, width - len(ellipsis)
    for char in text:
        used += columns(char)
        if used > room:
            break
        kept.append(char)
    return ("".join(kept) + ellipsis)[:width]


def pad(text: str, width: int, side: Literal["left", "right"] = "left") -> str:
    """The text, coloured or not, filled with spaces to `width` columns."""
    space = " " * (width - columns(text))
    return text + space if side == "left" else space + text
