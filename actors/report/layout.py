"""Sections fitted into a number of lines: the longest give way and say how much is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from actors.report.style import Look

__all__ = ["Section", "fitted", "titled"]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page: `head` and `foot` always stand, `rows` may be left out.

    The first rows matter most with `keep="first"`, the first and the last with `keep="ends"`.
    `more` counts rows that were never offered; `noun` names what a row is, in the plural.
    """

    head: Sequence[str]
    rows: Sequence[str] = ()
    foot: Sequence[str] = ()
    keep: Literal["first", "ends"] = "first"
    more: int = 0
    noun: str = "lines"

    @property
    def fixed(self) -> int:
        """Lines that always stand."""
        return len(self.head) + len(self.foot)

    @property
    def wanted(self) -> int:
        """Lines for all rows, with the note on those never offered."""
        return len(self.rows) + bool(self.more)

    def lines(self, room: int, look: Look) -> list[str]:
        """The section with at most `room` lines for its rows and the note on the missing."""
        if room >= self.wanted and not self.more:
            return [*self.head, *self.rows, *self.foot]
        kept = max(0, room - 1)
        missing = len(self.rows) - kept + self.more
        note = look.paint(
            "quiet", f"  {look.sign('cut')} {missing:,} more {self.noun} (-v shows all)"
        )
        first = kept if self.keep == "first" else (kept + 1) // 2
        last = self.rows[len(self.rows) - (kept - first) :]
        return [*self.head, *self.rows[:first], note, *last, *self.foot]


def fitted(sections: Sequence[Section], most: int | None, look: Look) -> list[str]:
    """The sections' lines with an empty line between them, at most `most` if that is given."""
    rooms = [section.wanted for section in sections]
    if most is not None:
        spare = most - sum(section.fixed for section in sections) - (len(sections) - 1)
        _shrink(rooms, spare)
    lines: list[str] = []
    for section, room in zip(sections, rooms, strict=True):
        lines += ["", *section.lines(room, look)]
    return lines[1:]


def _shrink(rooms: list[int], spare: int) -> None:
    """Take lines from whichever has most, until all fit."""
    while sum(rooms) > spare and max(rooms) > 1:
        rooms[rooms.index(max(rooms))] -= 1


def titled(line: str, title: str, look: Look) -> str:
    """A table's first line with its title made to stand out."""
    return look.paint("strong", title) + look.paint("quiet", line.removeprefix(title))
