"""A mailbox on a pool: its messages wait in the pool's one queue, with the mailbox beside them.

A mailbox is *apart* while its handler runs beside the leader, because it blocked or took long.
What comes up for it meanwhile is laid aside, and is handled first when the handler is over; so no
mailbox is ever on two threads, and the order is kept. One that is paused lays aside likewise.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import ClassVar, Final, Protocol

from typing_extensions import override

from actors.runtime.engine import Engine
from actors.runtime.mailbox import SENT
from actors.runtime.signs import LOOK, START, STOP, Sign
from actors.runtime.timers import TimedMailbox, TimerHeap

__all__ = ["BACK", "PoolMailbox", "Queued"]

# What waits in the pool's queue; the epoch is that of a timer, SENT for a message.
Queued = tuple["PoolMailbox", object, int]

BACK: Final = Sign("back")  # the handler that ran apart is over
NEXT: Final = Sign("next")  # handle the next that was laid aside


class Queue(Protocol):
    """The pool's one queue, and who is apart from its leader."""

    apart: set[PoolMailbox]

    def post(self, due: Queued) -> None:
        """Queue a message."""

    def post_first(self, due: Queued) -> None:
        """Queue what must not wait behind messages."""


class PoolMailbox(TimedMailbox):
    """An address on a pool.

    All but `post` and `close` belongs to whoever leads the pool.
    """

    # On a worker nobody else would see what an actor raises, not even Ctrl-C.
    crashes: ClassVar[tuple[type[BaseException], ...]] = (BaseException,)

    def __init__(
        self,
        name: str,
        engine: Engine,
        factory: Callable[[], object],
        timers: TimerHeap,
        queue: Queue,
    ) -> None:
        super().__init__(name, engine, factory, timers)
        self.queue = queue
        self.send = queue.post
        # Until it starts a mailbox is like one whose handler runs apart.
        self.started = False
        self.aside = deque()
        self.called = False  # NEXT is under way
        self.shut = True  # it cannot just take what comes up: ask `admit`

    @override
    def post(self, message: object) -> None:
        self.send((self, message, SENT))

    @override
    def ring(self, message: object, epoch: int) -> None:
        self.send((self, message, epoch))

    @override
    def start(self) -> None:
        self.queue.post_first((self, START, SENT))

    @override
    def summon(self) -> None:
        self.queue.post_first((self, LOOK, SENT))

    @override
    def run(self) -> None:
        """Nothing: workers serve every mailbox."""

    @property
    def busy(self) -> bool:
        """Whether its actor cannot be touched: it has not begun, or its handler runs apart."""
        return not self.started or self in self.queue.apart

    def admit(self, message: object, epoch: int) -> tuple[object, int] | None:
        """What a shut mailbox handles now that this has come up, if anything."""
        if not isinstance(message, Sign):
            self._lay_aside(message, epoch)
            return None
        if message is START:
            self.started = True
            self._go_on()
            return message, epoch
        if message is BACK:
            self.queue.apart.discard(self)
        elif message is NEXT:
            self.called = False
        elif not self.busy:
            return message, epoch
        elif message is STOP and self.aside is not None:
            self.aside.appendleft((message, epoch))
        return self._next()

    def _lay_aside(self, message: object, epoch: int) -> None:
        if self.aside is None:
            self.bury_due(message, epoch)
        else:
            self.aside.append((message, epoch))

    def _next(self) -> tuple[object, int] | None:
        """What comes first of what was laid aside, unless the handler is still apart."""
        if self.busy or self.aside is None:
            return None
        if self.signs:
            self._go_on()
            return LOOK, SENT
        if self.closed:
            self.bury_aside()
            self.aside = deque()
        if self.paused:
            return None
        first = self.aside.popleft() if self.aside else None
        self._go_on()
        return first

    def _go_on(self) -> None:
        """Ask to be called for what is left aside, in turn with others; or open again.

        Never open while a call is under way: a handler that ran apart may be over before it, and
        the call would come up like a message.
        """
        if self.called or self.paused:
            return
        if self.aside:
            self.called = True
            self.send((self, NEXT, SENT))
        else:
            self.aside = None
            self.shut = self.closed

    @override
    def go_on(self) -> None:
        if self.paused and not self.closed:
            self.paused = False
            # The leader opens it: this may run apart, and become so at any moment.
            self.send((self, NEXT, SENT))

    @override
    def take_back(self, aside: deque[tuple[object, int]]) -> None:
        """Nothing: what was laid aside stays so, and is called for."""

    @override
    def bury_aside(self) -> None:
        aside, self.aside = self.aside, None
        for message, epoch in aside or ():
            self.bury_due(message, epoch)

    def bury_due(self, message: object, epoch: int) -> None:
        """Make a message a dead letter; what is no message, or was forgotten, just goes."""
        if not isinstance(message, Sign) and self.remembers(epoch):
            self.bury(message)

    def part(self) -> None:
        """From now on the handler that runs does so apart from the leader."""
        self.queue.apart.add(self)
        self.shut = True
        if self.aside is None:
            self.aside = deque()

    @override
    def obey(self, sign: Sign) -> None:
        if sign is START:
            self.actor._actor_loop_setup()  # noqa: SLF001 — Pykka's hook
            self.obey_signs()  # given before it had begun
        else:
            super().obey(sign)

    @override
    def close(self) -> None:
        self.closed = self.shut = True
        if self.paused:
            self.paused = False
            self.bury_aside()
