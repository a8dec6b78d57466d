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
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, Never

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


NAP_S: Final = 0.01


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
        if self.received > self.handled:
            self.runtime.strike_due(self)

    @override
    def close(self) -> None:
        self.closed = True
        self.runtime.forget_address(self.name)

    @override
    def start(self) -> None:
        # Pykka runs `on_start` at the beginning of the actor's life, before any message.
        self.actor._actor_loop_setup()  # noqa: SLF001 — Pykka's hook

    def run(self) -> None:
        """Nothing: the runtime's one loop serves every mailbox."""

    @override
    def put(self, envelope: Envelope[Any], /) -> None:
        self.bind(envelope)
        self.runtime.post(self, (self, envelope))

    @override
    def get(self) -> Never:
        raise IndexError("a virtual mailbox keeps no messages of its own")

    @override
    def empty(self) -> bool:
        return True


# What is due: a message sent is a tuple, a timer's message a list, so that it can be struck out.
_Due = tuple[_VirtualMailbox, object] | list[Any]


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
        # The serial number keeps timers of one moment in the order they were set.
        self._timers: list[tuple[float, int, _VirtualMailbox, int, object]] = []
        self._serial = itertools.count()
        self._mailboxes: dict[str, _VirtualMailbox] = {}
        self._addresses: dict[str, _VirtualMailbox] = {}  # of actors that have not stopped
        self._astray = 0  # messages to names that nobody has
        self._working = False
        self._interrupted = False
        self._began = time.monotonic()
        self._breaker = self._stooge(_break)
        self._nobody = self._stooge(_ignore)

    def _stooge(self, handler: Callable[[object, object], None]) -> _VirtualMailbox:
        mailbox = _VirtualMailbox("", self)
        mailbox.table = HandlerTable(handler)
        mailbox.actor = Actor.__new__(Actor)
        return mailbox

    @override
    def open_mailbox(self, name: str) -> Mailbox:
        mailbox = self._mailboxes[name] = self._addresses[name] = _VirtualMailbox(name, self)
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

    def tell(self, name: str, message: object) -> None:
        """Send: the message is due now, after everything that is due already."""
        mailbox = self._addresses.get(name)
        if mailbox is None:
            self._astray += 1
            self.bury(name, message)
            return
        self.post(mailbox, (mailbox, message))

    def post(self, mailbox: _VirtualMailbox, due: _Due) -> None:
        """Queue what is due at a known mailbox."""
        mailbox.received += 1
        depth = mailbox.received - mailbox.handled
        if depth > mailbox.queue_max:
            mailbox.queue_max = depth
        self._ready.append(due)

    def strike_due(self, mailbox: _VirtualMailbox) -> None:
        """Take back what timers of `mailbox` have made due and it has not received."""
        for due in tuple(self._ready):
            if type(due) is list and due[0] is mailbox:
                due[0] = self._nobody
                mailbox.received -= 1

    def after(self, mailbox: _VirtualMailbox, delay: float, message: object) -> None:
        """Send to `mailbox` in `delay` seconds."""
        if delay > 0.0:
            self.at(mailbox, self.now + delay, message)
        else:
            self.post(mailbox, [mailbox, message])

    def at(self, mailbox: _VirtualMailbox, when: float, message: object) -> None:
        """Send to `mailbox` at the moment `when`, or now if that has passed."""
        if when > self.now:
            entry = (when, next(self._serial), mailbox, mailbox.epoch, message)
            heapq.heappush(self._timers, entry)
        else:
            self.post(mailbox, [mailbox, message])

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
            self._drain()
            while self._advance():
                self._drain()
        except _Interrupt:
            while self._ready and self._ready[0][0] is self._breaker:
                self._ready.popleft()  # several calls, one interruption
            return "interrupted"
        finally:
            self._working = False
        return "quiescent"

    def _drain(self) -> None:
        """Deliver everything that is due now, and all that this sends, first come first served."""
        ready = self._ready
        take = ready.popleft
        while ready:
            mailbox, message = take()
            if mailbox.closed:
                self._bury_queued(mailbox, message)
                continue
            mailbox.handled += 1
            try:
                mailbox.table[type(message)](mailbox.actor, message)
            except CRASHES as error:
                mailbox.crashed(message, error)

    def _bury_queued(self, mailbox: _VirtualMailbox, message: object) -> None:
        mailbox.received -= 1
        self._astray += 1
        mailbox.bury(message)

    def _advance(self) -> bool:
        """Jump to the earliest timer and make everything of that moment due; False: none left."""
        timers = self._timers
        while timers:
            earliest = heapq.heappop(timers)
            when, _, mailbox, epoch, message = earliest
            if epoch != mailbox.epoch:
                continue  # forgotten: the clock must not even notice
            if self._speed is not None and not self._reach(when / self._speed):
                heapq.heappush(timers, earliest)
                return True
            self.now = when
            self.post(mailbox, [mailbox, message])
            while timers and timers[0][0] <= when:
                _, _, mailbox, epoch, message = heapq.heappop(timers)
                if epoch == mailbox.epoch:
                    self.post(mailbox, [mailbox, message])
            return True
        return bool(self._ready)

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
        # To the front of the queue: the loop meets it before anything else, and a run that
        # nobody interrupts pays nothing for the possibility.
        self._ready.appendleft((self._breaker, None))

    @override
    def stop(self) -> None:
        for mailbox in tuple(self._addresses.values()):
            mailbox.actor._stop()  # noqa: SLF001 — Pykka's hook: on_stop, then dead
            mailbox.close()
        while self._ready:
            mailbox, message = self._ready.popleft()
            if mailbox is not self._breaker and mailbox is not self._nobody:
                self._bury_queued(mailbox, message)
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


def _break(_actor: object, _message: object) -> Never:
    raise _Interrupt


def _ignore(_actor: object, _message: object) -> None:
    """Receive what was struck out."""
