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
from typing import TYPE_CHECKING, Any

from mypy_extensions import mypyc_attr
from typing_extensions import override

from actors.runtime.actor import Actor
from actors.runtime.mailbox import Mailbox

if TYPE_CHECKING:
    from actors.runtime.wall import WallRuntime

__all__ = ["TimedMailbox", "TimerHeap"]

# (moment, serial number, mailbox, message, epoch)
_Timer = tuple[float, int, "TimedMailbox", object, int]


@mypyc_attr(allow_interpreted_subclasses=True)
class TimedMailbox(Mailbox):
    """A mailbox whose actor sets timers on its runtime's heap.

    `epoch` and `pending` are changed only where the actor runs, never by the clock's side.
    """

    __slots__ = ("engine", "epoch", "pending", "timers")

    def __init__(self, name: str, runtime: WallRuntime[Any]) -> None:
        super().__init__(name, runtime)
        self.engine = runtime
        self.timers = runtime.timers
        self.epoch = 0
        self.pending = 0  # timers of this epoch that the actor has not received

    @override
    def equip(self, actor: Actor) -> None:
        actor.after = self.after
        actor.at = self.at

    def after(self, delay: float, message: object) -> None:
        """Send to this mailbox's actor in `delay` scenario seconds."""
        self.pending += 1
        if delay > 0.0:
            self.timers.set(self.engine.now + delay, self, message)
        else:
            self.ring(message, self.epoch)

    def at(self, when: float, message: object) -> None:
        """Send to this mailbox's actor at the moment `when`, or now if that has passed."""
        # While an earlier timer may still be on its way, a late one must not overtake it.
        late = not self.pending and when <= self.engine.now
        self.pending += 1
        if late:
            self.ring(message, self.epoch)
        else:
            self.timers.set(when, self, message)

    @override
    def forget_timers(self) -> None:
        self.epoch += 1
        self.pending = 0

    @abstractmethod
    def ring(self, message: object, epoch: int) -> None:
        """Queue the message of a timer that was set in `epoch` and is due."""


class TimerHeap:
    """Every timer that is not due yet, the earliest first.

    Args:
        wake: called when a new timer is the earliest; whoever waits may have to wait less.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        # The serial number keeps timers of one moment in the order they were set, and a
        # comparison never gets as far as the mailbox.
        self._heap: list[_Timer] = []
        self._serial = itertools.count()
        self._wake = wake
        self.ended = False

    def set(self, when: float, mailbox: TimedMailbox, message: object) -> None:
        """Ring `mailbox` with `message` at the moment `when`, in scenario seconds."""
        if self.ended:
            return
        serial = next(self._serial)
        heap = self._heap
        heappush(heap, (when, serial, mailbox, message, mailbox.epoch))
        try:
            earliest = heap[0][1]
        except IndexError:
            return  # it has rung already
        if earliest == serial:
            self._wake()

    def ring(self, now: float) -> None:
        """Ring for whatever is due; only one thread at a time may do so."""
        heap = self._heap
        while heap and heap[0][0] <= now:
            _, _, mailbox, message, epoch = heappop(heap)
            if epoch == mailbox.epoch:
                mailbox.ring(message, epoch)

    def next(self) -> float | None:
        """The moment of the earliest timer that is not forgotten; None: there is none.

        Only the thread that rings may ask.
        """
        heap = self._heap
        while heap:
            when, serial, mailbox, _, epoch = heap[0]
            if epoch == mailbox.epoch:
                return when
            popped = heappop(heap)
            if popped[1] != serial:  # another thread has set an earlier one meanwhile
                heappush(heap, popped)
        return None

    def end(self) -> None:
        """Ring no more: what is left was never sent. Only the thread that rings may call it."""
        self.ended = True
        self._heap.clear()
