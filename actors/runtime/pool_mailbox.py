"""A mailbox on a pool: its messages wait in the pool's one queue, with the mailbox beside them.

A mailbox is *apart* while its handler runs beside the leader, because it blocked or took long.
What comes up for it meanwhile is laid aside, and is handled first when the handler is over; so no
mailbox is ever on two threads, and the order is kept.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, ClassVar, Final, Never

from pykka._envelope import Envelope
from typing_extensions import override

from actors.runtime.actor import Actor, HandlerTable
from actors.runtime.timers import TimedMailbox

if TYPE_CHECKING:
    from actors.runtime.pool import PoolRuntime

__all__ = ["BACK", "STOP", "PoolMailbox", "Queued", "Sign", "with_signs"]

# What waits in the pool's queue: the epoch is that of a timer, None for a message sent.
Queued = tuple["PoolMailbox", object, int | None]


class Sign:
    """What the pool tells a mailbox through the queue; it is no message and is not counted."""


class Start(Sign):
    """Run `on_start`: the first that a mailbox handles."""


class Stop(Sign):
    """Run `on_stop` and close: the last that a mailbox handles."""


START: Final = Start()
STOP: Final = Stop()
BACK: Final = Sign()  # the handler that ran apart is over
NEXT: Final = Sign()  # handle the next that was laid aside


class PoolMailbox(TimedMailbox):
    """An address on a pool.

    All but `close` belongs to whoever leads the pool.
    """

    __slots__ = ("aside", "called", "pool", "shut")

    # On a worker nobody else would see what an actor raises, not even Ctrl-C.
    crashes: ClassVar[tuple[type[BaseException], ...]] = (BaseException,)

    def __init__(self, name: str, pool: PoolRuntime) -> None:
        super().__init__(name, pool)
        self.pool = pool
        # Until it starts a mailbox is like one whose handler runs apart.
        self.aside: deque[Queued] | None = deque()
        self.called = False  # NEXT is under way
        self.shut = True  # it cannot just take what comes up: ask `admit`

    @override
    def equip(self, actor: Actor) -> None:
        super().equip(actor)
        actor.tell = self.pool.quick_tell

    @override
    def seat(self, actor: object) -> None:
        super().seat(actor)
        self.table = self.pool.table_of(type(self.actor))

    @override
    def start(self) -> None:
        self.pool.lead.post_first([(self, START, None)])

    def run(self) -> None:
        """Nothing: workers serve every mailbox."""

    @override
    def put(self, envelope: Envelope[Any], /) -> None:
        self.bind(envelope)
        self.pool.lead.post((self, envelope, None))

    @override
    def ring(self, message: object, epoch: int) -> None:
        self.pool.lead.post((self, message, epoch))

    def admit(self, message: object, epoch: int | None) -> Queued | None:
        """What a shut mailbox handles now that this has come up, if anything."""
        due = (self, message, epoch)
        if message is START:
            self._go_on()
            return due
        if message is BACK:
            self.pool.lead.apart.discard(self)
            return self._next()
        if message is NEXT:
            self.called = False
            return self._next()
        if self.aside is None:
            self.bury_due(due)
        elif message is STOP:
            self.aside.appendleft(due)
        else:
            self.aside.append(due)
        return None

    def _next(self) -> Queued | None:
        """What was laid aside first, unless the handler is still apart."""
        if self in self.pool.lead.apart or self.aside is None:
            return None
        if self.closed:
            for due in self.aside:
                self.bury_due(due)
            self.aside.clear()
        first = self.aside.popleft() if self.aside else None
        self._go_on()
        return first

    def _go_on(self) -> None:
        """Ask to be called for what is left aside, in turn with others; or open again.

        Never open while a call is under way: a handler that ran apart may be over before it, and
        the call would come up like a message.
        """
        if self.called:
            return
        if self.aside:
            self.called = True
            self.pool.lead.post((self, NEXT, None))
        else:
            self.aside = None
            self.shut = self.closed

    def bury_due(self, due: Queued) -> None:
        """Make a message a dead letter; what is no message, or was forgotten, just goes."""
        _, message, epoch = due
        if not isinstance(message, Sign) and epoch in (None, self.epoch):
            self.bury(message)

    def part(self) -> None:
        """From now on the handler that runs does so apart from the leader."""
        self.pool.lead.apart.add(self)
        self.shut = True
        if self.aside is None:
            self.aside = deque()

    def begin(self) -> None:
        """Run `on_start`."""
        self.handled -= 1  # START was no message
        self.actor._actor_loop_setup()  # noqa: SLF001 — Pykka's hook

    def stop(self) -> None:
        """Run `on_stop`, unless the actor has stopped, and take no more messages."""
        self.handled -= 1  # STOP was no message
        if not self.actor.stopped:
            self.actor._stop()  # noqa: SLF001 — Pykka's hook: on_stop, then dead
        self.close()

    @override
    def close(self) -> None:
        self.closed = True
        self.shut = True

    @override
    def get(self) -> Never:
        raise IndexError("a pool's mailbox keeps no messages of its own")

    @override
    def empty(self) -> bool:
        return True


def with_signs(table: HandlerTable) -> HandlerTable:
    """A copy of an actor class's table in which the pool's signs have their place too."""
    copy = HandlerTable(table.default)
    copy.update(table)
    copy[Start] = _start
    copy[Stop] = _stop
    return copy


def _start(actor: Actor, _sign: Sign) -> None:
    _mailbox_of(actor).begin()


def _stop(actor: Actor, _sign: Sign) -> None:
    _mailbox_of(actor).stop()


def _mailbox_of(actor: Actor) -> PoolMailbox:
    mailbox = actor._mailbox  # noqa: SLF001 — the two are made for each other
    assert isinstance(mailbox, PoolMailbox)  # noqa: S101 — a pool made it
    return mailbox
