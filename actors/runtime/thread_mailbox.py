"""A mailbox with a thread of its own: it waits in its queue, and ends without losing a message."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import ClassVar, Final

from typing_extensions import override

from actors.errors import UsageError
from actors.runtime.engine import Engine
from actors.runtime.mailbox import SENT
from actors.runtime.safepoint import safepoint
from actors.runtime.signs import Sign
from actors.runtime.tickets import Tickets
from actors.runtime.timers import TimedMailbox, TimerHeap

__all__ = ["ThreadMailbox"]


class Alarm:
    """A timer's message, with the epoch it was set in: a mailbox ignores what it has forgotten."""

    __slots__ = ("epoch", "message")

    def __init__(self, epoch: int, message: object) -> None:
        self.epoch = epoch
        self.message = message


WAKE: Final = Alarm(SENT, None)  # ends a mailbox's wait, so that it looks around


class ThreadMailbox(TimedMailbox):
    """A mailbox with a thread of its own.

    Whatever is sent to it takes a ticket, and it counts what it has handled, for itself alone: no
    lock is taken for a message. Timers count as sent when they are set, those in the background
    when they ring.
    """

    # On an actor's own thread nobody else would see what it raises, not even Ctrl-C.
    crashes: ClassVar[tuple[type[BaseException], ...]] = (BaseException,)

    def __init__(
        self,
        name: str,
        engine: Engine,
        factory: Callable[[], object],
        timers: TimerHeap,
        sent: Tickets,
    ) -> None:
        super().__init__(name, engine, factory, timers)
        self.queue: SimpleQueue[object] = SimpleQueue()
        self.back: deque[tuple[object, int]] = deque()  # laid aside, and to be handled now
        self.sent = sent
        self.settled = 0  # messages that were handled to the end; until then one is under way
        self.obeyed = 0  # signs, which take tickets too
        self.forgotten = 0  # timers that were sent and will not be received
        self.ended = False  # nobody looks into the queue any more
        self.thread: threading.Thread | None = None

    @override
    def post(self, message: object) -> None:
        self.sent.take()
        self._put(message)

    def _put(self, message: object) -> None:
        """Queue a message; if the actor has ended meanwhile, it is a dead letter."""
        self.queue.put(message)
        # Put first, look afterwards; the thread ends first and looks afterwards: whichever
        # comes second sees the message.
        if self.ended:
            self.bury_rest()

    @override
    def post_after(self, delay: float, message: object) -> None:
        self.sent.take()
        super().post_after(delay, message)

    @override
    def tell_sign(self, sign: Sign) -> None:
        self.sent.take()
        super().tell_sign(sign)

    @override
    def summon(self) -> None:
        self._put(WAKE)

    @override
    def after(self, delay: float, message: object, *, background: bool = False) -> None:
        if not background:
            self.sent.take()
        super().after(delay, message, background=background)

    @override
    def at(self, when: float, message: object, *, background: bool = False) -> None:
        if not background:
            self.sent.take()
        super().at(when, message, background=background)

    @override
    def ring(self, message: object, epoch: int) -> None:
        if epoch < SENT:
            self.sent.take()
        self._put(Alarm(epoch, message))

    @override
    def forget_timers(self) -> None:
        self.forgotten += self.pending
        super().forget_timers()

    @override
    def start(self) -> None:
        loop = self.actor._actor_loop  # noqa: SLF001 — Pykka's hook
        thread = threading.Thread(target=loop, name=self.name, daemon=True)
        self.settled = -1  # until `on_start` has run: no run may end before
        try:
            thread.start()
        except RuntimeError as error:
            raise UsageError(
                f"the machine has no thread left for {self.name}: use --runtime pool"
            ) from error
        self.thread = thread

    @override
    def run(self) -> None:
        self.settled += 1
        self._serve()
        if not self.actor.stopped:
            self.actor._stop()  # noqa: SLF001 — Pykka's hook: on_stop, then dead
        self.end()

    def _serve(self) -> None:
        take, waiting = self.queue.get, self.queue.qsize
        while not self.closed:
            safepoint()  # nobody may keep the interpreter for itself, however full its queue
            message = take()
            if self.signs:
                self.obey_signs()
            epoch = SENT
            if type(message) is Alarm:
                if message is WAKE or not self._wants(message):
                    continue
                epoch, message = message.epoch, message.message
            if waiting() >= self.queue_max:
                self.queue_max = waiting() + 1
            if self.shut:
                self.turn_away(message, epoch)
            else:
                self.deliver(message)
                self.settled += 1

    def _wants(self, alarm: Alarm) -> bool:
        """Whether a timer that rings was not forgotten; one in the background counts only then."""
        if self.receive(alarm.epoch):
            return True
        self.forgotten += alarm.epoch < SENT
        return False

    @override
    def obey(self, sign: Sign) -> None:
        super().obey(sign)
        self.obeyed += 1

    @override
    def obey_signs(self) -> None:
        super().obey_signs()
        while self.back and not self.shut:
            message, epoch = self.back.popleft()
            if self.remembers(epoch):
                self.deliver(message)
                self.settled += 1
            else:
                self.forgotten += 1

    @override
    def take_back(self, aside: deque[tuple[object, int]]) -> None:
        self.back.extend(aside)

    @override
    def close(self) -> None:
        self.closed = self.shut = True
        self.queue.put(WAKE)

    def end(self) -> None:
        """Leave the queue to those who still put something in: they bury it."""
        self.ended = True
        self.back.extend(self.aside or ())
        self.aside = None
        while self.back:
            self.bury(self.back.popleft()[0])
        self.bury_rest()

    def bury_rest(self) -> None:
        """Make everything that still waits a dead letter."""
        while True:
            try:
                message = self.queue.get_nowait()
            except Empty:
                return
            if type(message) is not Alarm:
                self.bury(message)
            elif message is not WAKE and self._wants_locked(message):
                self.bury(message.message)

    def _wants_locked(self, alarm: Alarm) -> bool:
        """The same for whoever buries: several threads may do so at once."""
        with self.engine.lock:
            return self._wants(alarm)
