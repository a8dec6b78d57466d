"""The words of log lines: how each kind of event is called, and what is said of it.

An actor notes what happened and to what; how that is told to people stands here alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from actors.report.style import Sign, Tone
    from actors.vocabulary.events import EventKind

__all__ = ["WIDEST", "WORDINGS", "Wording"]

OFTEN: Final = 10
RARE: Final = 100


def _as_noted(noted: str) -> str:
    return noted


def _bytes(noted: str) -> str:
    return f"{noted} bytes"


def _entered(noted: str) -> str:
    """`GROUP PHASE`; a group's name is one word."""
    group, _, phase = noted.partition(" ")
    return f"{group} enters {phase}"


def _sold_out(noted: str) -> str:
    """The product, unless the actor's name says it already."""
    return f"{noted}: nothing is left to promise" if noted else "nothing is left to promise"


class Wording(NamedTuple):
    """How a kind of event is told.

    Attributes:
        sign: before its word.
        tone: the colour of both.
        word: what it is called.
        lines: as many are shown in a second; more are counted.
        say: words for what the actor noted.
    """

    sign: Sign
    tone: Tone
    word: str
    lines: int = OFTEN
    say: Callable[[str], str] = _as_noted


WORDINGS: Final[dict[EventKind, Wording]] = {
    "phase": Wording("start", "note", "phase", RARE, _entered),
    "placed": Wording("hop", "quiet", "placed", say=_bytes),
    "taken": Wording("hop", "quiet", "taken"),
    "reserved": Wording("hop", "quiet", "reserved"),
    "added": Wording("hop", "quiet", "added"),
    "short": Wording("hop", "quiet", "short"),
    "fulfilled": Wording("good", "good", "fulfilled"),
    "partial": Wording("part", "warn", "partial"),
    "rejected": Wording("bad", "bad", "rejected"),
    "dead_letter": Wording("bad", "odd", "dead letter"),
    "duplicate": Wording("again", "odd", "duplicate"),
    "sold_out": Wording("down", "warn", "sold out", RARE, _sold_out),
    "backorder": Wording("wait", "warn", "backorder"),
    "crash": Wording("bad", "bad", "crash", RARE),
    "interrupt": Wording("stop", "warn", "interrupt", RARE),
    "joined": Wording("start", "good", "joined", RARE),
    "left": Wording("stop", "note", "left", RARE),
    "lost": Wording("bad", "bad", "lost", RARE),
    "restored": Wording("again", "good", "restored", RARE),
    "stalled": Wording("wait", "warn", "stalled", RARE),
}

WIDEST: Final = max(len(wording.word) for wording in WORDINGS.values())
"""Columns of the longest word."""
