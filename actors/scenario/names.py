"""Names, and ranges of them: `ACC-001..048` stands for ACC-001, ACC-002, … ACC-048."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "MAX_PRODUCTS",
    "NameRange",
    "check_group_name",
    "check_name",
    "count_names",
    "expand",
    "parse_range",
]

MAX_LENGTH: Final = 200
MAX_PRODUCTS: Final = 100_000

_RANGE = re.compile(r"(.*?)([0-9]{1,15})\.\.([0-9]{1,15})", re.DOTALL)
_FULL_RANGE = re.compile(r"(.*?)([0-9]+)\.\.\1([0-9]+)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class NameRange(NamedTuple):
    """The names `prefix` + number for each number from `first` to `last`, padded with zeros."""

    prefix: str
    first: int
    last: int
    width: int

    def __str__(self) -> str:
        return f"{self.name(self.first)}..{self.last:0{self.width}d}"

    def name(self, number: int) -> str:
        """The name that has that number."""
        return f"{self.prefix}{number:0{self.width}d}"

    def names(self) -> Iterator[str]:
        """All of them, in order."""
        return map(self.name, range(self.first, self.last + 1))

    def number(self, name: str) -> int | None:
        """The number of a name, or None when it is not in the range."""
        digits = name.removeprefix(self.prefix)
        if not re.fullmatch(r"[0-9]{1,15}", digits):
            return None
        number = int(digits)
        return number if self.first <= number <= self.last and self.name(number) == name else None


def check_name(text: str) -> str:
    """The name itself.

    Raises:
        ValueError: it is empty, too long or has characters that no line of text can show.
    """
    if not text:
        raise ValueError("a name cannot be empty")
    if len(text) > MAX_LENGTH:
        raise ValueError(f"a name has at most {MAX_LENGTH} characters; this has {len(text)}")
    if _CONTROL.search(text):
        raise ValueError("a name cannot have control characters or line breaks")
    return text


def check_group_name(text: str) -> str:
    """The name itself; its clients are called by it, so it must be one word.

    Raises:
        ValueError: it is no name, or has spaces or slashes.
    """
    check_name(text)
    if "/" in text or any(character.isspace() for character in text):
        raise ValueError("a group's name cannot have spaces or slashes")
    return text


def parse_range(text: str) -> NameRange | None:
    """The range that the text writes, or None when it is a single name.

    Raises:
        ValueError: it runs backwards, is too long, or repeats its prefix.
    """
    if ".." not in text:
        return None
    found = _RANGE.fullmatch(text)
    if found is None:
        if repeated := _FULL_RANGE.fullmatch(text):
            meant = f"{repeated[1]}{repeated[2]}..{repeated[3]}"
            raise ValueError(f"a range names its prefix once: write {meant}")
        return None
    written = NameRange(found[1], int(found[2]), int(found[3]), len(found[2]))
    if written.first > written.last:
        raise ValueError("the range runs backwards: write the smaller number first")
    if written.last - written.first >= MAX_PRODUCTS:
        raise ValueError(f"the range has more than {MAX_PRODUCTS:,} names")
    return written


def expand(text: str) -> tuple[str, ...]:
    """The names of a range, or the one name that it is.

    Raises:
        ValueError: as `parse_range`, or a name that is none.
    """
    check_name(text)
    found = parse_range(text)
    return (text,) if found is None else tuple(found.names())


def count_names(text: str) -> int:
    """How many names `expand` would make, without making them.

    Raises:
        ValueError: as `expand`.
    """
    check_name(text)
    found = parse_range(text)
    return 1 if found is None else found.last - found.first + 1
