"""What happens next in virtual time: messages that are due now, and timers for later.

Timers in the background do not hold a run open: time goes on to the earliest of all, but only
while one that counts is left.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush

from actors.runtime.mailbox import SENT, Mailbox

__all__ = ["Agenda"]

# (moment, serial number, mailbox, message, epoch). The serial number keeps timers of one moment
# in the order in which they were set.
_Timer = tuple[float, int, Mailbox, object, int]


class Agenda:
    """The queue of what is due, and the timers.

    Attributes:
        time: the moment, in seconds since the run began.
        ready: what is due, first come first served: (mailbox, message, epoch). The epoch of a
            timer's message is that of its setting: once the mailbox has moved on from it, the
            timer is forgotten.
    """

    def __init__(self) -> None:
        self.time = 0.0
        self.ready: deque[tuple[Mailbox, object, int]] = deque()
        self._timers: list[_Timer] = []
        self._background: list[_Timer] = []
        self._serial = 0

    def set(
        self, when: float, mailbox: Mailbox, message: object, epoch: int, *, background: bool
    ) -> None:
        """Make a message due at the moment `when`, or now if that has passed."""
        if when <= self.time:
            self.ready.append((mailbox, message, epoch))
            return
        self._serial += 1
        heap = self._background if background else self._timers
        heappush(heap, (when, self._serial, mailbox, message, epoch))

    def next(self) -> float | None:
        """The moment of the earliest timer; None: none is left that holds the run open."""
        earliest = _first(self._timers)
        if earliest is None or not self._background:
            return earliest
        aside = _first(self._background)
        return earliest if aside is None else min(earliest, aside)

    def advance(self, when: float) -> None:
        """Go to that moment, the next, and make all of it due, in the order it was set."""
        self.time = when
        timers, ready = self._timers, self.ready
        if self._background and self._background[0][0] == when:
            while self._background and self._background[0][0] == when:
                heappush(timers, heappop(self._background))
        while timers and timers[0][0] == when:
            _, _, mailbox, message, epoch = heappop(timers)
            ready.append((mailbox, message, epoch))

    def clear(self) -> None:
        """Forget every timer."""
        self._timers.clear()
        self._background.clear()


def _first(heap: list[_Timer]) -> float | None:
    """The moment of the earliest timer that is not forgotten; those before it go."""
    while heap:
        when, _, mailbox, _, epoch = heap[0]
        if epoch in (mailbox.epoch, SENT):
            return when
        heappop(heap)
    return None
