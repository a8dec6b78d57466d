"""Timers on the wall clock: one heap for all actors of a runtime.

Setting one takes no lock: to other threads, `heappush` of a tuple of numbers is a single step.
Forgetting costs nothing either: a mailbox goes on to its next epoch, and what was set in an
earlier one is passed over, on the heap or where the actor would receive it.
"""

from __future__ import annotations

import itertools
from abc import abstractmethod
from collections.abc import Callable
from heapq import heappop, heappush

from typing_extensions import override

from actors.runtime.engine import Engine
from actors.runtime.mailbox import SENT, Mailbox

__all__ = ["TimedMailbox", "TimerHeap"]

# Below SENT are the epochs of timers in the background: their own inverse.

# (moment, serial number, mailbox, message, epoch)
_Timer = tuple[float, int, "TimedMailbox", object, int]


class TimedMailbox(Mailbox):
    """A mailbox whose actor sets timers on its runtime's heap.

    `epoch` and `pending` are changed only where the actor runs, never by the clock's side.
    """

    def __init__(
        self, name: str, engine: Engine, factory: Callable[[], object], timers: TimerHeap
    ) -> None:
        super().__init__(name, engine, factory)
        self.timers = timers
        self.pending = 0  # timers of this epoch that the actor has not received

    @override
    def after(self, delay: float, message: object, *, background: bool = False) -> None:
        if background:
            self._set_in_background(self.engine.now + delay, message)
            return
        self.pending += 1
        if delay > 0.0:
            self.timers.set(self.engine.now + delay, self, message, self.epoch)
        else:
            self.ring(message, self.epoch)

    @override
    def at(self, when: float, message: object, *, background: bool = False) -> None:
        if background:
            self._set_in_background(when, message)
            return
        # While an earlier timer may still be on its way, a late one must not overtake it.
        late = not self.pending and when <= self.engine.now
        self.pending += 1
        if late:
            self.ring(message, self.epoch)
        else:
            self.timers.set(when, self, message, self.epoch)

    def _set_in_background(self, when: float, message: object) -> None:
        self.timers.set(when, self, message, _background(self.epoch))

    @override
    def post_after(self, delay: float, message: object) -> None:
        self.timers.set(self.engine.now + delay, self, message, SENT)

    @override
    def forget_timers(self) -> None:
        super().forget_timers()
        self.pending = 0

    def receive(self, epoch: int) -> bool:
        """Take a timer's message from the queue; False: the timer was forgotten meanwhile."""
        if not self.remembers(epoch):
            return False
        if epoch > SENT:
            self.pending -= 1
        return True

    def remembers(self, epoch: int) -> bool:
        """Whether a message that was set in that epoch is still wanted."""
        return epoch in (self.epoch, SENT, _background(self.epoch))

    @abstractmethod
    def ring(self, message: object, epoch: int) -> None:
        """Queue the message of a timer that was set in `epoch` and is due."""


def _background(epoch: int) -> int:
    """The mark of a timer in the background that was set in that epoch, and the epoch of a mark."""
    return SENT - 1 - epoch


class TimerHeap:
    """Every timer that is not due yet, the earliest first.

    Timers in the background are on a heap of their own: they do not hold a run open.

    Args:
        wake: called when a new timer is the earliest; whoever waits may have to wait less.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        # The serial number keeps timers of one moment in the order they were set, and a
        # comparison never gets as far as the mailbox.
        self._heap: list[_Timer] = []
        self._background: list[_Timer] = []
        self._serial = itertools.count()
        self._wake = wake
        self.ended = False
        self.lost = 0  # messages on their way that were never put into their mailbox

    def set(self, when: float, mailbox: TimedMailbox, message: object, epoch: int) -> None:
        """Ring `mailbox` with `message` at the moment `when`, in scenario seconds."""
        if self.ended:
            self.lost += epoch == SENT
            return
        serial = next(self._serial)
        heap = self._background if epoch < SENT else self._heap
        heappush(heap, (when, serial, mailbox, message, epoch))
        try:
            earliest = heap[0][1]
        except IndexError:
            return  # it has rung already
        if earliest == serial:
            self._wake()

    def ring(self, now: float) -> None:
        """Ring for whatever is due; only one thread at a time may do so."""
        for heap in (self._heap, self._background):
            while heap and heap[0][0] <= now:
                _, _, mailbox, message, epoch = heappop(heap)
                if mailbox.remembers(epoch):
                    mailbox.ring(message, epoch)

    def next(self) -> float | None:
        """The moment of the earliest timer that is not forgotten; None: there is none.

        Only the thread that rings may ask.
        """
        moments = [_first(self._heap), _first(self._background)]
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def holds(self) -> bool:
        """Whether a timer is left that holds the run open. Only the thread that rings may ask."""
        return _first(self._heap) is not None

    def end(self) -> None:
        """Ring no more: what is left was never sent. Only the thread that rings may call it."""
        self.ended = True
        self.lost += sum(epoch == SENT for *_, epoch in self._heap)
        self._heap.clear()
        self._background.clear()


def _first(heap: list[_Timer]) -> float | None:
    """The moment of the earliest timer that is not forgotten; those before it go."""
    while heap:
        when, serial, mailbox, _, epoch = heap[0]
        if mailbox.remembers(epoch):
            return when
        popped = heappop(heap)
        if popped[1] != serial:  # another thread has set an earlier one meanwhile
            heappush(heap, popped)
    return None
