"""How a mistake in a scenario is shown: where, what, the line, a caret, and a way out.

scenarios/peak_load.yaml:21:33: unknown key 'raet'; did you mean rate?
      peak: {duration: 10s, raet: 300/s}
                            ^^^^
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Final

from actors.common.visible_text import columns, pieces, visible
from actors.errors import ScenarioError
from actors.scenario.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from actors.scenario.document.source import Place

__all__ = ["Mistake", "Unreadable", "quote", "scenario_error"]

MAX_SHOWN: Final = 50  # mistakes; more would hide the first
MAX_COMPARED: Final = 1000  # names among which a misspelt one is looked for
MAX_QUOTED: Final = 60
LINE_WIDTH: Final = 100
INDENT: Final = "    "


@dataclass(frozen=True, eq=False)
class Mistake:
    """One thing that is wrong.

    Attributes:
        place: where; None when it is about a file as a whole.
        message: what, and what to do.
        word: a name that is perhaps misspelt.
        known: the names that it could have been; they are compared only when shown.
    """

    place: Place | None
    message: str
    word: str = ""
    known: Collection[str] = ()

    @cached_property
    def _words(self) -> str:
        if not self.word:
            return self.message
        return self.message + did_you_mean(self.word, islice(self.known, MAX_COMPARED))

    def show(self, *, ascii_only: bool = False) -> list[str]:
        """The mistake as text of one to three lines."""
        message = visible(self._words, ascii_only=ascii_only)
        if self.place is None:
            return [message]
        source, start, end = self.place
        line, column = source.position(start)
        where = f"{source.label}:{line}:{column}" if source.numbered else source.label
        first = f"{visible(where, ascii_only=ascii_only)}: {message}"
        text, caret = _excerpt(source.line(line), column - 1, end - start, ascii_only=ascii_only)
        return [first, INDENT + text, INDENT + caret] if text.strip() else [first]


class Unreadable(ValueError):
    """A text in which nothing more can be found after this mistake."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.message)
        self.mistake: Final = mistake


def scenario_error(mistakes: Iterable[Mistake]) -> ScenarioError:
    """All mistakes as one error, in the order of the text; the same one is said once."""
    distinct = {(mistake.place, mistake.message): mistake for mistake in mistakes}
    ordered = sorted(distinct.values(), key=_order)
    shown = ordered[:MAX_SHOWN]
    count = f"{len(ordered)} mistakes"
    if len(ordered) > MAX_SHOWN:
        count += f" at least; the first {MAX_SHOWN} are shown"
    total = [count] if len(ordered) > 1 else []
    unicode, plain = (
        [line for mistake in shown for line in mistake.show(ascii_only=ascii_only)] + total
        for ascii_only in (False, True)
    )
    return ScenarioError(*unicode, plain=plain)


def quote(value: object) -> str:
    """A foreign value for a message: short, and without control characters."""
    text = str(value)
    return repr(text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 1] + "…")


def _order(mistake: Mistake) -> tuple[bool, str, int, str]:
    if mistake.place is None:
        return False, "", 0, mistake.message
    source, start, _ = mistake.place
    return not source.numbered, source.label, start, mistake.message


def _excerpt(line: str, at: int, length: int, *, ascii_only: bool) -> tuple[str, str]:
    """The part of a line around a place as it is shown, and the carets below it."""
    near = max(0, at - LINE_WIDTH)  # a line may be as long as the file
    shown = pieces(line[near : at + LINE_WIDTH], ascii_only=ascii_only)
    at = min(at - near, len(shown))
    widths = list(map(columns, shown))
    first = _first_shown(widths, at)
    last = first + sum(end <= LINE_WIDTH for end in accumulate(widths[first:]))
    marked = sum(widths[at : min(last, at + max(1, length))])
    text = "".join(shown[first:last]).rstrip()
    return text, " " * sum(widths[first:at]) + "^" * max(1, marked)


def _first_shown(widths: list[int], at: int) -> int:
    """Where to begin, so that the place is in view: at the line's start if all of it fits."""
    if sum(widths) <= LINE_WIDTH:
        return 0
    before = accumulate(reversed(widths[:at]))
    return at - sum(width <= LINE_WIDTH // 2 for width in before)
