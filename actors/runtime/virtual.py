"""Virtual time: one thread, a clock that jumps, the same seed the same run to the byte.

What is due now waits in one FIFO queue and runs in the order it was sent; only true delays go
through a heap. When the queue is empty, nothing can happen before the earliest timer, so the
clock jumps there. That is the whole engine: `_drain` and `_advance`.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections import deque
from collections.abc import Iterator
from functools import partial
from threading import Event as Signal
from typing import Any, Never

from pykka import Timeout
from pykka._envelope import Envelope
from typing_extensions import override

from actors.errors import BlockingInHandler
from actors.measure.journal import Detail, Journal
from actors.measure.result import MessageCounts
from actors.runtime.actor import Actor, HandlerTable
from actors.runtime.base import Ending, Runtime
from actors.runtime.future import Reply
from actors.runtime.mailbox import CRASHES, Mailbox

__all__ = ["VirtualRuntime"]


class _Interrupt(BaseException):
    """Ends the loop from inside a delivery; no handler can catch it, for none is running."""


class _VirtualMailbox(Mailbox):
    __slots__ = ("epoch", "received")

    runtime: VirtualRuntime

    def __init__(self, name: str, runtime: VirtualRuntime) -> None:
        super().__init__(name, runtime)
        self.received = 0
        self.epoch = 0

    @override
    def equip(self, actor: Actor) -> None:
        actor.tell = self.runtime.tell
        actor.after = partial(self.runtime.after, self)
        actor.at = partial(self.runtime.at, self)

    @override
    def forget_timers(self) -> None:
        self.epoch += 1

    @override
    def start(self) -> None:
        # Pykka runs `on_start` at the beginning of the actor's life, before any message.
        self.actor._actor_loop_setup()  # noqa: SLF001 — Pykka's hook

    def run(self) -> None:
        """Nothing: the runtime's one loop serves every mailbox."""

    @override
    def put(self, envelope: Envelope[Any], /) -> None:
        self.bind(envelope)
        self.runtime.post(self, envelope)

    @override
    def get(self) -> Never:
        raise IndexError("a virtual mailbox keeps no messages of its own")

    @override
    def empty(self) -> bool:
        return True


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
        self._ready: deque[tuple[_VirtualMailbox, object]] = deque()
        # The serial number keeps timers of one moment in the order they were set.
        self._timers: list[tuple[float, int, _VirtualMailbox, int, object]] = []
        self._serial = itertools.count()
        self._mailboxes: dict[str, _VirtualMailbox] = {}
        self._astray = 0  # messages to names that nobody has
        self._working = False
        self._wake = Signal()
        self._began = time.monotonic()
        self._breaker = _VirtualMailbox("interrupt", self)
        self._breaker.table = HandlerTable(_break)
        self._breaker.actor = Actor.__new__(Actor)

    @override
    def open_mailbox(self, name: str) -> Mailbox:
        mailbox = self._mailboxes[name] = _VirtualMailbox(name, self)
        return mailbox

    @override
    def drop_mailbox(self, name: str) -> None:
        del self._mailboxes[name]

    @override
    def find(self, name: str) -> Mailbox | None:
        return self._mailboxes.get(name)

    @override
    def mailboxes(self) -> Iterator[Mailbox]:
        return iter(self._mailboxes.values())

    @override
    def start(self) -> None:
        self._began = time.monotonic()

    def tell(self, name: str, message: object) -> None:
        """Send: the message is due now, after everything that is due already."""
        mailbox = self._mailboxes.get(name)
        if mailbox is None:
            self._astray += 1
            self.bury(name, message)
            return
        self.post(mailbox, message)

    def post(self, mailbox: _VirtualMailbox, message: object) -> None:
        """Queue a message for a known mailbox."""
        mailbox.received += 1
        depth = mailbox.received - mailbox.handled
        if depth > mailbox.queue_max:
            mailbox.queue_max = depth
        self._ready.append((mailbox, message))

    def after(self, mailbox: _VirtualMailbox, delay: float, message: object) -> None:
        """Send to `mailbox` in `delay` seconds."""
        if delay > 0.0:
            self.at(mailbox, self.now + delay, message)
        else:
            self.post(mailbox, message)

    def at(self, mailbox: _VirtualMailbox, when: float, message: object) -> None:
        """Send to `mailbox` at the moment `when`, or now if that has passed."""
        if when > self.now:
            entry = (when, next(self._serial), mailbox, mailbox.epoch, message)
            heapq.heappush(self._timers, entry)
        else:
            self.post(mailbox, message)

    @override
    def run(self) -> Ending:
        if self._working:
            raise BlockingInHandler("run() was called inside a handler: return instead")
        self._working = True
        try:
            self._drain()
            while self._advance():
                self._drain()
        except _Interrupt:
            return "interrupted"
        finally:
            self._working = False
            self._wake.clear()
        return "quiescent"

    def _drain(self) -> None:
        """Deliver everything that is due now, and all that this sends, first come first served."""
        ready = self._ready
        take = ready.popleft
        while ready:
            mailbox, message = take()
            if mailbox.closed:
                mailbox.received -= 1
                self._astray += 1
                mailbox.bury(message)
                continue
            mailbox.handled += 1
            try:
                mailbox.table[type(message)](mailbox.actor, message)
            except CRASHES as error:
                mailbox.crashed(message, error)

    def _advance(self) -> bool:
        """Jump to the earliest timer and make everything of that moment due; False: none left."""
        timers = self._timers
        while timers:
            when, _, mailbox, epoch, message = heapq.heappop(timers)
            if epoch != mailbox.epoch:
                continue  # forgotten: the clock must not even notice
            if self._speed is not None:
                self._pace(when / self._speed)
            self.now = when
            self.post(mailbox, message)
            while timers and timers[0][0] <= when:
                _, _, mailbox, epoch, message = heapq.heappop(timers)
                if epoch == mailbox.epoch:
                    self.post(mailbox, message)
            return True
        return bool(self._ready)

    def _pace(self, elapsed: float) -> None:
        """Wait until `elapsed` real seconds have passed, or somebody interrupts."""
        wait = self._began + elapsed - time.monotonic()
        if wait > 0 and self._wake.wait(wait):
            raise _Interrupt

    @override
    def interrupt(self) -> None:
        # To the front of the queue: the loop meets it before anything else, and a run that
        # nobody interrupts pays nothing for the possibility.
        self._ready.appendleft((self._breaker, None))
        self._wake.set()

    @override
    def stop(self) -> None:
        for mailbox in self._mailboxes.values():
            if not mailbox.closed:
                mailbox.actor._stop()  # noqa: SLF001 — Pykka's hook: on_stop, then dead
                mailbox.closed = True
        while self._ready:
            mailbox, message = self._ready.popleft()
            if mailbox is not self._breaker:
                mailbox.received -= 1
                self._astray += 1
                mailbox.bury(message)
        self._timers.clear()

    @override
    def counts(self) -> MessageCounts:
        boxes = self._mailboxes.values()
        return MessageCounts(
            sent=sum(box.received for box in boxes) + self._astray,
            handled=sum(box.handled for box in boxes),
            dead_lettered=self.dead_letters,
        )

    @override
    def await_reply(self, reply: Reply) -> None:
        if self._working:
            raise BlockingInHandler(
                "a handler waited for a future: send a message and handle its answer instead"
            )
        reply.on_answer = self.interrupt  # no further than the answer
        self.run()
        if not reply.answered:
            raise Timeout("nothing is left to run that could answer")


def _break(_actor: object, _message: object) -> Never:
    raise _Interrupt
