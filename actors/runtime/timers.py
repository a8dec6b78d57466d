"""Timers on the real clock: one thread, one heap, for all actors of a runtime."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actors.runtime.threads import ThreadMailbox

__all__ = ["TimerThread"]


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
        self._heap: list[tuple[float, int, ThreadMailbox, int, object]] = []
        self._serial = itertools.count()
        self._changed = threading.Condition()
        self._ended = False
        self.forgotten = 0

    def set(self, when: float, mailbox: ThreadMailbox, message: object) -> None:
        """Send `message` to `mailbox` at the moment `when`, in scenario seconds."""
        with self._changed:
            entry = (when, next(self._serial), mailbox, mailbox.epoch, message)
            heapq.heappush(self._heap, entry)
            if self._heap[0] is entry:
                self._changed.notify()

    def drop_forgotten(self) -> None:
        """Take the timers that their actors have forgotten off the heap, and count them."""
        with self._changed:
            kept = [entry for entry in self._heap if entry[3] == entry[2].epoch]
            self.forgotten += len(self._heap) - len(kept)
            heapq.heapify(kept)
            self._heap = kept
            self._changed.notify()

    def end(self) -> int:
        """Stop the thread; returns how many timers had not fired."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        if self.ident is not None:
            self.join()
        return len(self._heap)

    def run(self) -> None:
        """The thread's loop."""
        while True:
            with self._changed:
                due = self._wait_for_due()
            if due is None:
                return
            for mailbox, message in due:
                mailbox.post(message)

    def _wait_for_due(self) -> list[tuple[ThreadMailbox, object]] | None:
        """What is due, waiting for it if need be; None once the thread is to end."""
        while not self._ended:
            now = self._clock()
            due: list[tuple[ThreadMailbox, object]] = []
            while self._heap and self._heap[0][0] <= now:
                _, _, mailbox, epoch, message = heapq.heappop(self._heap)
                if epoch == mailbox.epoch:
                    due.append((mailbox, message))
                else:
                    self.forgotten += 1
            if due:
                return due
            wait = (self._heap[0][0] - now) / self._speed if self._heap else None
            self._changed.wait(wait)
        return None
