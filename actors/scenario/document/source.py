"""A text that came from outside, and the places in it that messages point at."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

__all__ = ["Place", "Source"]

# Editors count lines by these; YAML 1.1 knows three more breaks, which nobody types.
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, eq=False)
class Source:
    """A text and what it is called in messages.

    Attributes:
        label: the file's path, or the flag that carried the text.
        text: without its byte order mark.
        numbered: False for a text of one line, whose line number would say nothing.
    """

    label: str
    text: str
    numbered: bool = True

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in _LINE_BREAK.finditer(self.text))]

    def position(self, index: int) -> tuple[int, int]:
        """Line and column of a character, both counted from 1."""
        line = bisect_right(self._starts, index)
        return line, index - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The line of that number, counted from 1, without its break."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


class Place(NamedTuple):
    """The characters of a source from `start` until before `end`."""

    source: Source
    start: int
    end: int
