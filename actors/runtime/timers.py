"""Timers on the real clock: one thread, one heap, for all actors of a runtime."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from actors.runtime.thread_mailbox import ThreadMailbox

__all__ = ["Alarm", "TimerThread"]

# The platform refuses to wait for centuries; waking up once an hour in vain does no harm.
LONGEST_WAIT_S: Final = 3600.0


class Alarm(NamedTuple):
    """A timer's message, with the epoch it was set in: a mailbox ignores what it has forgotten."""

    epoch: int
    message: object


class TimerThread(threading.Thread):
    """Puts each message into its mailbox when its moment has come, never earlier.

    Args:
        clock: the runtime's clock, in scenario seconds.
        speed: scenario seconds a real second.
    """

    def __init__(self, clock: Callable[[], float], speed: float) -> None:
        super().__init__(name="timers", daemon=True)
        self._clock = clock
        self._speed = speed
        # The serial number keeps timers of one moment in the order they were set.
        self._heap: list[tuple[float, int, ThreadMailbox, Alarm]] = []
        self._serial = itertools.count()
        self._changed = threading.Condition()
        self._ended = False
        self.dropped = 0  # set, and never to arrive: counts as settled

    @property
    def unfired(self) -> int:
        """Timers that were set and have not become messages, or never will."""
        with self._changed:
            return self.dropped + len(self._heap)

    def set(self, when: float, mailbox: ThreadMailbox, alarm: Alarm) -> None:
        """Send `alarm` to `mailbox` at the moment `when`, in scenario seconds."""
        with self._changed:
            if self._ended:
                self.dropped += 1
                return
            entry = (when, next(self._serial), mailbox, alarm)
            heapq.heappush(self._heap, entry)
            if self._heap[0] is entry:
                self._changed.notify()

    def drop(self, mailbox: ThreadMailbox) -> int:
        """Take every timer of a mailbox off the heap; returns how many."""
        with self._changed:
            kept = [entry for entry in self._heap if entry[2] is not mailbox]
            gone = len(self._heap) - len(kept)
            heapq.heapify(kept)
            self._heap = kept
            self.dropped += gone
        return gone

    def drop_one(self) -> None:
        """Count a timer that was forgotten on its way from the heap to the actor."""
        with self._changed:
            self.dropped += 1

    def end(self) -> None:
        """Stop the thread and drop what has not fired."""
        with self._changed:
            self._ended = True
            self.dropped += len(self._heap)
            self._heap.clear()
            self._changed.notify()
        self.join()

    def run(self) -> None:
        """The thread's loop."""
        while True:
            with self._changed:
                due = self._wait_for_due()
            if due is None:
                return
            for mailbox, alarm in due:
                mailbox.post(alarm)
                mailbox.timers_fired += 1

    def _wait_for_due(self) -> list[tuple[ThreadMailbox, Alarm]] | None:
        """What is due, waiting for it if need be; None once the thread is to end."""
        while not self._ended:
            now = self._clock()
            due: list[tuple[ThreadMailbox, Alarm]] = []
            while self._heap and self._heap[0][0] <= now:
                _, _, mailbox, alarm = heapq.heappop(self._heap)
                due.append((mailbox, alarm))
            if due:
                return due
            wait = None
            if self._heap:
                wait = min((self._heap[0][0] - now) / self._speed, LONGEST_WAIT_S)
            self._changed.wait(wait)
        return None
