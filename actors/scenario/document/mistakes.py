"""How a mistake in a scenario is shown: where, what, the line, a caret, and a way out.

scenarios/peak_load.yaml:21:33: unknown key 'raet'; did you mean rate?
      peak: {duration: 10s, raet: 300/s}
                            ^^^^
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

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

    def show(self) -> str:
        """The mistake as text of one to three lines."""
        hint = did_you_mean(self.word, islice(self.known, MAX_COMPARED)) if self.word else ""
        message = visible(self.message + hint)
        if self.place is None:
            return message
        source, start, end = self.place
        line, column = source.position(start)
        where = f"{source.label}:{line}:{column}" if source.numbered else source.label
        text, caret = _excerpt(source.line(line), column - 1, end - start)
        if not text.strip():
            return f"{visible(where)}: {message}"
        return f"{visible(where)}: {message}\n{INDENT}{text}\n{INDENT}{caret}"


class Unreadable(ValueError):
    """A text in which nothing more can be found after this mistake."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.message)
        self.mistake: Final = mistake


def scenario_error(mistakes: Iterable[Mistake]) -> ScenarioError:
    """All mistakes as one error, in the order of the text; the same one is said once."""
    distinct = {(mistake.place, mistake.message): mistake for mistake in mistakes}
    ordered = sorted(distinct.values(), key=_order)
    shown = [mistake.show() for mistake in ordered[:MAX_SHOWN]]
    if len(ordered) > MAX_SHOWN:
        shown.append(f"{len(ordered)} mistakes at least; the first {MAX_SHOWN} are shown")
    elif len(ordered) > 1:
        shown.append(f"{len(ordered)} mistakes")
    return ScenarioError("\n".join(shown))


def quote(value: object) -> str:
    """A foreign value for a message: short, and without control characters."""
    text = str(value)
    return repr(text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 1] + "…")


def visible(text: str) -> str:
    """The text with `�` for what would move the cursor or turn the direction of writing."""
    return "".join(c if c.isprintable() else " " if c == "\t" else "\ufffd" for c in text)


def _order(mistake: Mistake) -> tuple[bool, str, int, str]:
    if mistake.place is None:
        return False, "", 0, mistake.message
    source, start, _ = mistake.place
    return not source.numbered, source.label, start, mistake.message


def _excerpt(line: str, at: int, length: int) -> tuple[str, str]:
    """The part of a line around a place, and the carets below it."""
    first = max(0, at - LINE_WIDTH // 2) if len(line) > LINE_WIDTH else 0
    text = visible(line[first : first + LINE_WIDTH]).rstrip()
    at -= first
    marked = text[at : at + max(1, length)]
    return text, " " * _width(text[:at]) + "^" * max(1, _width(marked))


def _width(text: str) -> int:
    """Columns of a terminal: East Asian wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
