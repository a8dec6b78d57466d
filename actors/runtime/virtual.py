"""Virtual time: one thread, a clock that jumps, the same seed the same run to the byte.

What is due now waits in one queue and is delivered in the order it was sent; only true delays
go through a heap. When the queue is empty, nothing can happen before the earliest timer, so the
clock jumps there. That is the whole engine: `_deliver` and `_advance`.

A message is at one place at a time, so nothing is counted but deliveries: sent is what was
delivered, buried, or still waits.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import Any, Final

from pykka import Timeout
from typing_extensions import override

from actors.errors import BlockingInHandler
from actors.measure.journal import Detail, Journal
from actors.measure.result import MessageCounts
from actors.runtime.base import Ending, Runtime
from actors.runtime.collecting import rare_collections
from actors.runtime.future import Reply
from actors.runtime.mailbox import CRASHES, Mailbox
from actors.runtime.virtual_mailbox import Breaker, Interrupted, Nobody, VirtualMailbox

__all__ = ["VirtualRuntime"]


NAP_S: Final = 0.01


# What is due: a message sent is a tuple, a timer's message a list, so that it can be struck out.
_Due = tuple[VirtualMailbox, object] | list[Any]


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
        self.now = 0.0
        self._speed = speed
        self._ready: deque[_Due] = deque()
        # (moment, serial number, what is due, epoch): mailboxes push them. The serial number
        # keeps timers of one moment in the order they were set.
        self.timers: list[tuple[float, int, list[Any], int]] = []
        self.serial = itertools.count()
        self._mailboxes: dict[str, VirtualMailbox] = {}
        self._addresses: dict[str, VirtualMailbox] = {}  # of actors that have not stopped
        self._working = False
        self._interrupted = False
        self._breaker = Breaker("", self)
        self._nobody = Nobody("", self)
        self._breaker.closed = self._nobody.closed = True
        self._began = time.monotonic()
        self.quick_tell = self._make_tell()

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

    def tell(self, name: str, message: object) -> None:
        """Send: the message is due now, after everything that is due already."""
        self.quick_tell(name, message)

    def _make_tell(self) -> Callable[[str, object], None]:
        """What `tell` does, with all it needs at hand: actors are given this function itself."""
        addresses, append, bury = self._addresses, self._ready.append, self.bury

        def tell(name: str, message: object) -> None:
            try:
                append((addresses[name], message))
            except KeyError:
                bury(name, message)

        return tell

    def post(self, due: _Due) -> None:
        """Queue what is due at a known mailbox."""
        self._ready.append(due)

    def strike_due(self, mailbox: VirtualMailbox) -> None:
        """Take back what timers of `mailbox` have made due and it has not received."""
        for due in tuple(self._ready):
            if type(due) is list and due[0] is mailbox:
                due[0] = self._nobody

    @override
    def run(self) -> Ending:
        if self._working:
            raise BlockingInHandler("run() was called inside a handler: return instead")
        ending = self._play()
        if ending == "interrupted":
            self._interrupted = False
        return ending

    def _play(self) -> Ending:
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
        while ready or self._advance():
            mailbox, message = take()
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
        waiting = Counter([first, *(due[0] for due in tuple(self._ready))])
        for mailbox, count in waiting.items():
            if count > mailbox.queue_max:
                mailbox.queue_max = count
        return len(self._ready)

    def _advance(self) -> bool:
        """Jump to the earliest timer and make everything of that moment due; False: none left."""
        timers, ready = self.timers, self._ready
        while timers:
            earliest = heapq.heappop(timers)
            when, _, due, epoch = earliest
            if epoch != due[0].epoch:
                continue  # forgotten: the clock must not even notice
            if self._speed is not None and not self._reach(when / self._speed):
                heapq.heappush(timers, earliest)
                return True
            self.now = when
            ready.append(due)
            while timers and timers[0][0] == when:
                _, _, due, epoch = heapq.heappop(timers)
                if epoch == due[0].epoch:
                    ready.append(due)
            return True
        return bool(ready)

    def _reach(self, elapsed: float) -> bool:
        """Wait until `elapsed` real seconds have passed; False if somebody interrupts before."""
        # In naps: a lock to be woken by could be held by the very code a signal has cut into.
        while (wait := self._began + elapsed - time.monotonic()) > 0:
            if self._ready:
                return False
            time.sleep(min(wait, NAP_S))
        return True

    @override
    def interrupt(self) -> None:
        self._interrupted = True
        self._break_off()

    def _break_off(self) -> None:
        # Appending to a deque is safe from any thread and from a signal handler.
        self._ready.appendleft((self._breaker, None))

    @override
    def stop(self) -> None:
        for mailbox in tuple(self._addresses.values()):
            mailbox.actor._stop()  # noqa: SLF001 — Pykka's hook: on_stop, then dead
            mailbox.close()
        while self._ready:
            mailbox, message = self._ready.popleft()
            if mailbox is not self._breaker:
                mailbox.bury(message)
        self.timers.clear()

    @override
    def counts(self) -> MessageCounts:
        handled = sum(box.handled for box in self._mailboxes.values())
        queued = tuple(self._ready)
        waiting = sum(due[0] not in (self._breaker, self._nobody) for due in queued)
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
