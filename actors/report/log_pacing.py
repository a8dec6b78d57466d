"""The run as it happens: a line an event, as many as a person can read.

    12.345s  processor/3         web-17-42   ✔ fulfilled
    12.351s  inventory/PHONE-X               ▼ sold out    nothing is left to promise

Of each kind of event ten lines a second are shown, then only counted; the count follows once
a second. Holding back costs a few comparisons, since it comes before any formatting.
"""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, Final

from actors.common.visible_text import columns
from actors.report.log_wording import WIDEST, WORDINGS
from actors.report.text import pad
from actors.vocabulary.outcomes import REASONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from actors.measure.journal import Event
    from actors.report.style import Look
    from actors.report.terminal import Terminal
    from actors.vocabulary.events import EventKind

__all__ = ["ConsoleLog"]

_WINDOW_S: Final = 1.0
_LONGEST_TEXT: Final = 120
_REASONS: Final = frozenset(REASONS)


class _Tally:
    """How many lines of one kind were shown and held back within the current second."""

    __slots__ = ("held", "shown")

    def __init__(self) -> None:
        self.shown = 0
        self.held = 0


class _Column:
    """A column as wide as its widest cell so far, up to a limit, so that lines stay aligned."""

    def __init__(self, narrowest: int, widest: int) -> None:
        self._width = narrowest
        self._widest = widest

    def cell(self, text: str) -> str:
        self._width = min(self._widest, max(self._width, columns(text)))
        return pad(text, self._width)


class ConsoleLog:
    """A journal that writes log lines to a terminal; any thread may call it.

    `everything` shows all lines, however many. `clock` gives wall-clock seconds.
    """

    def __init__(
        self,
        terminal: Terminal,
        look: Look,
        *,
        everything: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._terminal = terminal
        self._look = look
        self._everything = everything
        self._clock = clock
        self._lock = Lock()
        self._tallies: dict[tuple[EventKind, str], _Tally] = {}
        self._since = clock()
        self._actor = _Column(12, 28)
        self._order = _Column(10, 24)

    def __call__(self, event: Event) -> None:
        """Show the event, or count it."""
        with self._lock:
            if self._everything or self._has_room(event):
                self._terminal.log(self._line(event))

    def close(self) -> None:
        """Tell what is still held back."""
        with self._lock:
            self._tell_held()

    def _has_room(self, event: Event) -> bool:
        now = self._clock()
        if now - self._since >= _WINDOW_S:
            self._since = now
            self._tell_held()
        word = event.text.partition(" ")[0]
        key = (event.kind, word if word in _REASONS else "")
        tally = self._tallies.get(key)
        if tally is None:
            tally = self._tallies[key] = _Tally()
        if tally.shown >= WORDINGS[event.kind].lines:
            tally.held += 1
            return False
        tally.shown += 1
        return True

    def _tell_held(self) -> None:
        for (kind, word), tally in self._tallies.items():
            if tally.held:
                what = f"{WORDINGS[kind].word} {word}".rstrip()
                note = f"{self._look.sign('cut')} {tally.held:,} more {what} (-v shows all)"
                self._terminal.log(self._look.paint("quiet", f"{'':12}{note}"))
            tally.shown = tally.held = 0

    def _line(self, event: Event) -> str:
        look, wording = self._look, WORDINGS[event.kind]
        actor = self._actor.cell(look.foreign(event.actor))
        order = self._order.cell(look.foreign(event.order_id))
        what = look.paint(wording.tone, f"{look.sign(wording.sign)} {wording.word:{WIDEST}}")
        when = look.paint("quiet", f"{event.at:9.3f}s")
        text = look.foreign(wording.say(event.text), _LONGEST_TEXT)
        return f"{when}  {actor}  {order}  {what}  {text}".rstrip()
