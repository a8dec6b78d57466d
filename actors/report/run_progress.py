"""One line that says how far the run is: phase, share done, orders, their rate, the time.

    peak  ━━━━━━━━━━━━────────────  48%  12,480 orders  6,120/s  9.12s of 19s

It lives on a terminal only, and a daemon thread redraws it, so that a run that is busy or stuck
still shows what it last knew.
"""

from __future__ import annotations

import time
from collections import deque
from threading import Event, Thread
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from actors.common.units import show_duration

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from actors.report.style import Look
    from actors.report.terminal import Terminal

__all__ = ["RunProgress", "Snapshot", "progress_line"]

_REDRAWS_PER_S: Final = 10
_BAR: Final = 24


class Snapshot(NamedTuple):
    """Where a run stands: simulated seconds, their planned end, the phase, orders so far."""

    now: float
    horizon: float
    phase: str
    placed: int
    finished: int


def progress_line(snapshot: Snapshot, per_s: float, look: Look, width: int) -> str:
    """The line for a snapshot in at most `width` columns, without colour.

    `per_s` is how many orders finish in a wall-clock second. A run that goes on after its
    planned end, to finish what is open, stands at 100 %.
    """
    share = min(1.0, snapshot.now / snapshot.horizon) if snapshot.horizon > 0 else 1.0
    parts = [
        look.foreign(snapshot.phase),
        look.bar(share, _BAR),
        f"{int(share * 100):3}%",
        f"{snapshot.finished:,} of {snapshot.placed:,} orders",
        f"{per_s:,.0f}/s",
        f"{show_duration(snapshot.now)} of {show_duration(snapshot.horizon)}",
    ]
    return look.cut("  ".join(part for part in parts if part), width)


class RunProgress:
    """Draws the progress line as long as its `with` block runs, and clears it at the end."""

    def __init__(
        self,
        terminal: Terminal,
        snapshot: Callable[[], Snapshot],
        look: Look,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._terminal = terminal
        self._snapshot = snapshot
        self._look = look
        self._clock = clock
        self._ended = Event()
        self._seen: deque[tuple[float, int]] = deque(maxlen=_REDRAWS_PER_S)
        self._thread = Thread(target=self._keep_drawing, name="progress", daemon=True)

    def __enter__(self) -> Self:
        if self._terminal.live:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        if self._terminal.live:
            self._thread.join()

    def _keep_drawing(self) -> None:
        try:
            while not self._ended.wait(1 / _REDRAWS_PER_S):
                self._draw()
        finally:
            self._terminal.status("")

    def _draw(self) -> None:
        snapshot = self._snapshot()
        self._seen.append((self._clock(), snapshot.finished))
        # A line that fills the last column wraps on some terminals.
        width = self._terminal.width - 1
        line = progress_line(snapshot, self._per_s(), self._look, width)
        self._terminal.status(line)

    def _per_s(self) -> float:
        """Orders a second over the last second of redraws."""
        (began, before), (now, after) = self._seen[0], self._seen[-1]
        return (after - before) / (now - began) if now > began else 0.0
