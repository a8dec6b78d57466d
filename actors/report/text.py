r"""Text as a terminal shows it: what it occupies, and foreign text that cannot do harm.

A SKU may hold an escape sequence, a bidirectional control or half a surrogate pair; nothing
of that reaches the terminal as more than a visible escape such as `\x1b`.
"""

from __future__ import annotations

import re
from typing import Final, Literal
from unicodedata import combining, east_asian_width

__all__ = ["LONGEST_NAME", "columns", "cut", "pad", "printable"]

LONGEST_NAME: Final = 60
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def printable(text: str, *, ascii_only: bool = False) -> str:
    """The text with whatever is not printable escaped: controls, bidi, surrogates, odd spaces."""
    if text.isprintable() and (not ascii_only or text.isascii()):
        return text
    return "".join(
        char if char.isprintable() and (not ascii_only or char.isascii()) else _escape(char)
        for char in text
    )


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def columns(text: str) -> int:
    """How many columns the text occupies: wide characters two, marks and our colours none."""
    if text.isascii() and "\x1b" not in text:
        return len(text)
    return sum(map(_columns_of, _COLOURS.sub("", text)))


def _columns_of(char: str) -> int:
    if combining(char):
        return 0
    return 2 if east_asian_width(char) in {"W", "F"} else 1


def cut(text: str, width: int, ellipsis: str) -> str:
    """The uncoloured text in at most `width` columns; what is missing shows as the ellipsis."""
    if columns(text) <= width:
        return text
    kept, used, room = [], 0, width - len(ellipsis)
    for char in text:
        used += _columns_of(char)
        if used > room:
            break
        kept.append(char)
    return ("".join(kept) + ellipsis)[:width]


def pad(text: str, width: int, side: Literal["left", "right"] = "left") -> str:
    """The text, coloured or not, filled with spaces to `width` columns."""
    space = " " * (width - columns(text))
    return text + space if side == "left" else space + text
