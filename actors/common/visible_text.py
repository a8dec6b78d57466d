r"""Foreign text made visible: the one way of any of it to a terminal.

A SKU, a path or a line of a scenario may hold an escape sequence, a bidirectional control, half a
surrogate pair, a letter that shows as nothing, a pile of marks. Nothing of that reaches the
terminal as more than an escape such as `\x1b`; ordinary text of any language stays as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from unicodedata import category, east_asian_width

if TYPE_CHECKING:
    from typing import TextIO

__all__ = ["SIGNS", "columns", "pieces", "speaks_unicode", "visible", "write_lines"]

SIGNS: Final = "━─✔◐✘▶▼■·↻◷…±"  # of our own; what has them all is taken to have everything

# That `str.isprintable` lets pass: what Unicode calls default-ignorable (fillers, variation
# selectors, invisible vowels), and letters and symbols that are blank.
_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U00013441\U00013442\U00016fe4\U0001d159\U000e0000-\U000e0fff]"
)
_MARKS: Final = {"Mn", "Me"}  # that stand on the character before them
_MOST_MARKS: Final = 4  # on one; Vietnamese has two, pointed Hebrew seldom more than three
_STAND_INS: Final = {"…": "...", "±": "+/-"}  # in ASCII; our own words have them
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
_CONJOINED: Final = re.compile("[\u1161-\u11ff\ud7b0-\ud7ff]")  # drawn into the jamo before them


def visible(text: str, *, ascii_only: bool = False) -> str:
    """The text in one line, with an escape for everything that could hide or act.

    Controls and line breaks, formats such as bidirectional ones, surrogates, odd spaces,
    characters that show as nothing, marks that stand on nothing or are piled up; with
    `ascii_only`, whatever is not ASCII and has no stand-in. Made visible once more it stays the
    same.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(pieces(text, ascii_only=ascii_only))


def pieces(text: str, *, ascii_only: bool = False) -> list[str]:
    """The same, as what stands for each character."""
    shown = []
    room = 0  # for marks on the character before
    for char in text:
        mark = category(char) in _MARKS
        good = char.isascii() or not (ascii_only or _INVISIBLE.match(char))
        good = good and char.isprintable() and (room > 0 or not mark)
        room = 0 if not good else room - 1 if mark else _MOST_MARKS
        shown.append(char if good else _in_place_of(char))
    return shown


def _in_place_of(char: str) -> str:
    return _STAND_INS.get(char) or char.encode("unicode_escape").decode("ascii")


def columns(text: str) -> int:
    """How many columns the text occupies: wide characters two, marks and our colours none."""
    if text.isascii() and "\x1b" not in text:
        return len(text)
    return sum(map(_columns_of, _COLOURS.sub("", text)))


def _columns_of(char: str) -> int:
    if category(char) in _MARKS or _CONJOINED.match(char):
        return 0
    return 2 if east_asian_width(char) in {"W", "F"} else 1


def speaks_unicode(stream: TextIO) -> bool:
    """Whether the stream's encoding has every sign; text kept in memory has."""
    encoding: str | None = stream.encoding
    if encoding is None:
        return True
    try:
        SIGNS.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def write_lines(stream: TextIO, *lines: str) -> None:
    """Write each text as one line, whatever is in it."""
    ascii_only = not speaks_unicode(stream)
    text = "".join([visible(line, ascii_only=ascii_only) + "\n" for line in lines])
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
