"""Virtual time: one thread, a clock that jumps, the same seed the same run to the byte.

What is due now waits in one queue and is delivered in the order it was sent; only true delays
go through a heap. When the queue is empty, nothing can happen before the earliest timer, so the
clock jumps there. That is the whole engine: `_deliver` and `_advance`.

A message is at one place at a time, so nothing is counted but deliveries: sent is what was
delivered, buried, or still waits.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from pykka import Timeout
from typing_extensions import override

from actors.errors import BlockingInHandler
from actors.measure.journal import Detail, Journal
from actors.measure.result import MessageCounts
from actors.runtime.agenda import Agenda
from actors.runtime.base import RunEnding, Runtime
from actors.runtime.future import Reply
from actors.runtime.gc_tuning import rare_collections
from actors.runtime.interception import Interceptor
from actors.runtime.mailbox import SENT, Mailbox
from actors.runtime.safepoint import safepoint
from actors.runtime.signs import Sign
from actors.runtime.virtual_mailbox import Breaker, Interrupted, VirtualMailbox

__all__ = ["VirtualRuntime"]

NAP_S: Final = 0.01
SAFEPOINT_EVERY: Final = 256  # messages delivered between two safepoints


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
        interceptor: Interceptor | None = None,
        speed: float | None = None,
    ) -> None:
        super().__init__(
            seed=seed,
            replication=replication,
            journal=journal,
            detail=detail,
            interceptor=interceptor,
        )
        self.agenda = Agenda()
        self._speed = speed
        self._ready = self.agenda.ready
        self._mailboxes: dict[str, Mailbox] = {}
        self._working = False
        self._interrupted = False
        self._breaker = Breaker(self, self.agenda)
        self._began = time.monotonic()

    @property
    @override
    def now(self) -> float:
        return self.agenda.time

    @override
    def open_mailbox(self, name: str, factory: Callable[[], object]) -> Mailbox:
        mailbox = self._mailboxes[name] = VirtualMailbox(name, self, factory, self.agenda)
        return mailbox

    @override
    def drop_mailbox(self, mailbox: Mailbox) -> None:
        mailbox.forget_timers()
        mailbox.close()
        del self._mailboxes[mailbox.name]

    @override
    def find(self, name: str) -> Mailbox | None:
        return self._mailboxes.get(name)

    @override
    def mailboxes(self) -> Iterator[Mailbox]:
        return iter(self._mailboxes.values())

    @override
    def start(self) -> None:
        self._began = time.monotonic()

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
            if mailbox.shut:
                mailbox.turn_away(message, epoch)
            else:
                mailbox.deliver(message)

    def _look_at_queues(self, first: Mailbox) -> int:
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
        when = self.agenda.next()
        if when is None:
            return bool(self._ready)
        if self._speed is None or self._reach(when / self._speed):
            self.agenda.advance(when)
        return True

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
        for mailbox in list(self._mailboxes.values()):
            if not mailbox.closed:
                mailbox.actor._stop()  # noqa: SLF001 — Pykka's hook: on_stop, then dead
                mailbox.close()
        while self._ready:
            mailbox, message, epoch = self._ready.popleft()
            if self._is_message(mailbox, message, epoch):
                mailbox.bury(message)
        self.agenda.clear()

    def _is_message(self, mailbox: Mailbox, message: object, epoch: int) -> bool:
        """Whether this is to be handled and counted: no sign, and not forgotten."""
        return not (
            mailbox is self._breaker
            or isinstance(message, Sign)
            or epoch not in (SENT, mailbox.epoch)
        )

    @override
    def counts(self) -> MessageCounts:
        handled = sum(box.handled for box in self._mailboxes.values())
        waiting = sum(self._is_message(*queued) for queued in list(self._ready))
        waiting += sum(box.waiting_aside for box in self._mailboxes.values())
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
