"""Characters with which foreign text could forge what a terminal shows, and how to find them."""

from __future__ import annotations

import unicodedata
from collections.abc import Set as AbstractSet
from typing import Final

__all__ = ["HOSTILE", "IGNORABLE", "MOST_MARKS", "dangers", "escaped", "piles"]

MOST_MARKS: Final = 4  # that may stand on one character

HOSTILE: Final = {
    "bidi override": "\u202e",
    "bidi embedding": "\u202a",
    "bidi isolate": "\u2067",
    "arabic letter mark": "\u061c",
    "zero width space": "\u200b",
    "zero width joiner": "\u200d",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\xad",
    "language tag": "\U000e0001",
    "tag letter": "\U000e0041",
    "escape": "\x1b",
    "bell": "\x07",
    "backspace": "\x08",
    "delete": "\x7f",
    "one-byte escape": "\x9b",
    "next line": "\x85",
    "line feed": "\n",
    "carriage return": "\r",
    "tab": "\t",
    "vertical tab": "\x0b",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "half a pair": "\ud800",
    "a byte that is not UTF-8": "\udcff",
    "no-break space": "\xa0",
    "ideographic space": "\u3000",
    "variation selector": "\ufe0f",
    "a later variation selector": "\U000e0100",
    "mongolian vowel separator": "\u180e",
    "mongolian variation selector": "\u180b",
    "hangul filler": "\u3164",
    "hangul choseong filler": "\u115f",
    "hangul jungseong filler": "\u1160",
    "halfwidth hangul filler": "\uffa0",
    "grapheme joiner": "\u034f",
    "khmer inherent vowel": "\u17b4",
    "braille blank": "\u2800",
    "null notehead": "\U0001d159",
    "shorthand format": "\U0001bca0",
    "musical format": "\U0001d173",
    "private use": "\ue000",
    "no character": "\uffff",
}

# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt): all that shows as nothing.
_IGNORABLE: Final = (
    (0xAD, 0xAD),
    (0x34F, 0x34F),
    (0x61C, 0x61C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
IGNORABLE: Final = frozenset(
    chr(code) for first, last in _IGNORABLE for code in range(first, last + 1)
)
_CATEGORIES: Final = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
_BLANK: Final = frozenset("\u2800\U0001d159\xa0\u3000")


def dangers(text: str) -> AbstractSet[str]:
    """The characters, line breaks apart, with which a name could forge what is shown."""
    return {
        sign
        for sign in text
        if (unicodedata.category(sign) in _CATEGORIES and sign != "\n")
        or sign in IGNORABLE
        or sign in _BLANK
    }


def piles(text: str) -> int:
    """The most combining marks that stand on one character."""
    most = here = 0
    for sign in text:
        here = here + 1 if unicodedata.category(sign) in {"Mn", "Me"} else 0
        most = max(most, here)
    return most


def escaped(text: str) -> str:
    """What is to be seen in place of hostile characters."""
    return text.encode("unicode_escape").decode("ascii")
