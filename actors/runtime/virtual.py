"""Virtual time: one thread, a clock that jumps, the same seed the same run to the byte.

What is due now waits in one queue and is delivered in the order it was sent; only true delays
go through a heap. When the queue is empty, nothing can happen before the earliest timer, so the
clock jumps there. That is the whole engine: `_deliver` and `_advance`.

A message is at one place at a time, so nothing is counted but deliveries: sent is what was
delivered, buried, or still waits.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from typing import Final

from pykka import Timeout
from typing_extensions import override

from actors.errors import BlockingInHandler
from actors.measure.journal import Detail, Journal
from actors.measure.result import MessageCounts
from actors.runtime.base import RunEnding, Runtime
from actors.runtime.future import Reply
from actors.runtime.gc_tuning import rare_collections
from actors.runtime.mailbox import CRASHES, Mailbox
from actors.runtime.safepoint import safepoint
from actors.runtime.virtual_mailbox import SENT, Breaker, Interrupted, VirtualMailbox

__all__ = ["VirtualRuntime"]

NAP_S: Final = 0.01
SAFEPOINT_EVERY: Final = 256  # messages delivered between two breaths


class VirtualRuntime(Runtime):
    """Runs actors in virtual time; see the module's text.

    Args:
        speed: virtual seconds a real second, to watch a run; None runs as fast as it can.
    """

    kind = "virtual"

    def __init__(
        self,
        *,
        seed: int = 1,
        replication: int = 0,
        journal: Journal | None = None,
        detail: Detail = Detail.NOTHING,
        speed: float | None = None,
    ) -> None:
        super().__init__(seed=seed, replication=replication, journal=journal, detail=detail)
        self.time = 0.0
        self._speed = speed
        # What is due: (mailbox, message, epoch). The epoch of a timer's message is that of its
        # setting; once the mailbox has moved on from it, the timer is forgotten.
        self._ready: deque[tuple[VirtualMailbox, object, int]] = deque()
        # (moment, serial number, mailbox, message, epoch). The serial number keeps timers of one
        # moment in the order they were set.
        self._timers: list[tuple[float, int, VirtualMailbox, object, int]] = []
        self._serial = 0
        self._mailboxes: dict[str, VirtualMailbox] = {}
        self._addresses: dict[str, VirtualMailbox] = {}  # of actors that have not stopped
        self._working = False
        self._interrupted = False
        self._breaker = Breaker("", self)
        self._breaker.closed = True
        self._began = time.monotonic()
        self.quick_tell = self._make_tell()

    @property
    @override
    def now(self) -> float:
        return self.time

    @override
    def open_mailbox(self, name: str) -> Mailbox:
        mailbox = self._mailboxes[name] = self._addresses[name] = VirtualMailbox(name, self)
        return mailbox

    @override
    def drop_mailbox(self, mailbox: Mailbox) -> None:
        mailbox.forget_timers()
        mailbox.close()
        del self._mailboxes[mailbox.name]

    def forget_address(self, name: str) -> None:
        """Make what is sent to `name` from now on a dead letter."""
        self._addresses.pop(name, None)

    @override
    def find(self, name: str) -> Mailbox | None:
        return self._mailboxes.get(name)

    @override
    def mailboxes(self) -> Iterator[Mailbox]:
        return iter(self._mailboxes.values())

    @override
    def start(self) -> None:
        self._began = time.monotonic()
        self.quick_tell = self._make_tell()

    @override
    def tell(self, name: str, message: object) -> None:
        """Send: the message is due now, after everything that is due already."""
        self.quick_tell(name, message)

    def _make_tell(self) -> Callable[[str, object], None]:
        """What `tell` does, with all it needs at hand: actors are given this function itself."""
        addresses, append, bury = self._addresses, self._ready.append, self.bury

        def tell(name: str, message: object) -> None:
            try:
                append((addresses[name], message, SENT))
            except KeyError:
                bury(name, message)

        return tell

    def post(self, mailbox: VirtualMailbox, message: object, epoch: int = SENT) -> None:
        """Make a message due now at a known mailbox."""
        self._ready.append((mailbox, message, epoch))

    def set_timer(self, when: float, mailbox: VirtualMailbox, message: object) -> None:
        """Make a message due at the moment `when`, or now if that has passed."""
        if when > self.time:
            self._serial += 1
            heappush(self._timers, (when, self._serial, mailbox, message, mailbox.epoch))
        else:
            self._ready.append((mailbox, message, mailbox.epoch))

    @override
    def run(self) -> RunEnding:
        if self._working:
            raise BlockingInHandler("run() was called inside a handler: return instead")
        ending = self._play()
        if ending == "interrupted":
            self._interrupted = False
        return ending

    def _play(self) -> RunEnding:
        self._working = True
        try:
            with rare_collections():
                self._deliver()
        except Interrupted:
            while self._ready and self._ready[0][0] is self._breaker:
                self._ready.popleft()  # several calls, one interruption
            return "interrupted"
        finally:
            self._working = False
        return "quiescent"

    def _deliver(self) -> None:
        """Deliver what is due, first come first served, and advance, until there is no more."""
        ready = self._ready
        take = ready.popleft
        unseen = 0  # messages to deliver before it is worth looking at the queues again
        deliveries_left = SAFEPOINT_EVERY
        while ready or self._advance():
            deliveries_left -= 1
            if not deliveries_left:
                safepoint()
                deliveries_left = SAFEPOINT_EVERY
            mailbox, message, epoch = take()
            if epoch != SENT and epoch != mailbox.epoch:  # noqa: PLR1714 — no tuple to build
                continue  # a timer that was forgotten when it was due already
            if ready:
                unseen -= 1
                if unseen <= 0:
                    unseen = self._look_at_queues(mailbox)
            if mailbox.closed:
                mailbox.bury(message)
                continue
            mailbox.handled += 1
            try:
                mailbox.table[type(message)](mailbox.actor, message)
            except CRASHES as error:
                mailbox.crashed(message, error)

    def _look_at_queues(self, first: VirtualMailbox) -> int:
        """Remember the longest queues; returns how many messages wait behind the first.

        Whatever waits now will have been delivered before the next look, so a look costs each
        message its share and no more.
        """
        if len(self._ready) == 1:
            if self._ready[0][0] is first and first.queue_max < 2:
                first.queue_max = 2
            return 0
        # Of a copy, made in one step: an interruption may come in between from any thread.
        waiting = Counter([first, *(due[0] for due in list(self._ready))])
        for mailbox, count in waiting.items():
            if count > mailbox.queue_max:
                mailbox.queue_max = count
        return len(self._ready)

    def _advance(self) -> bool:
        """Jump to the earliest timer and make everything of that moment due; False: none left."""
        timers, ready = self._timers, self._ready
        while timers:
            earliest = heappop(timers)
            when, _, mailbox, message, epoch = earliest
            if epoch != mailbox.epoch:
                continue  # forgotten: the clock must not even notice
            if self._speed is not None and not self._reach(when / self._speed):
                heappush(timers, earliest)
                return True
            self.time = when
            ready.append((mailbox, message, epoch))
            while timers and timers[0][0] == when:
                _, _, mailbox, message, epoch = heappop(timers)
                ready.append((mailbox, message, epoch))
            return True
        return bool(ready)

    def _reach(self, elapsed: float) -> bool:
        """Wait until `elapsed` real seconds have passed; False if somebody interrupts before."""
        # In naps: a lock to be woken by could be held by the very code a signal has cut into.
        while (wait := self._began + elapsed - time.monotonic()) > 0:
            if self._ready:
                return False
            time.sleep(min(wait, NAP_S))
            safepoint()
        return True

    @override
    def interrupt(self) -> None:
        self._interrupted = True
        self._break_off()

    def _break_off(self) -> None:
        # Appending to a deque is safe from any thread and from a signal handler.
        self._ready.appendleft((self._breaker, None, SENT))

    @override
    def stop(self) -> None:
        for mailbox in list(self._addresses.values()):
            mailbox.actor._stop()  # noqa: SLF001 — Pykka's hook: on_stop, then dead
            mailbox.close()
        while self._ready:
            mailbox, message, epoch = self._ready.popleft()
            if mailbox is not self._breaker and epoch in (SENT, mailbox.epoch):
                mailbox.bury(message)
        self._timers.clear()

    @override
    def counts(self) -> MessageCounts:
        handled = sum(box.handled for box in self._mailboxes.values())
        queued = list(self._ready)
        waiting = sum(
            mailbox is not self._breaker and epoch in (SENT, mailbox.epoch)
            for mailbox, _, epoch in queued
        )
        return MessageCounts(
            sent=handled + self.dead_letters + waiting,
            handled=handled,
            dead_lettered=self.dead_letters,
        )

    @override
    def await_reply(self, reply: Reply) -> None:
        if self._working:
            raise BlockingInHandler(
                "a handler waited for a future: send a message and handle its answer instead"
            )
        reply.on_answer = self._break_off  # no further than the answer
        try:
            self._play()
        finally:
            reply.on_answer = None
        if self._interrupted:
            self._break_off()  # somebody else's interruption is for the next run
        if not reply.answered:
            why = "interrupted" if self._interrupted else "nothing is left to run that could answer"
            raise Timeout(why)
