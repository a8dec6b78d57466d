"""A mailbox with a thread of its own: it waits in its queue, and ends without losing a message."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pykka._envelope import Envelope
from typing_extensions import override

from actors.errors import UsageError
from actors.runtime.actor import Actor
from actors.runtime.safepoint import safepoint
from actors.runtime.timers import TimedMailbox

if TYPE_CHECKING:
    from actors.runtime.threads import ThreadsRuntime

__all__ = ["ThreadMailbox"]


class Alarm:
    """A timer's message, with the epoch it was set in: a mailbox ignores what it has forgotten."""

    __slots__ = ("epoch", "message")

    def __init__(self, epoch: int, message: object) -> None:
        self.epoch = epoch
        self.message = message


WAKE: Final = Alarm(-1, None)  # of no epoch: ends a mailbox's wait so that it looks at `closed`


class ThreadMailbox(TimedMailbox):
    """A mailbox with a thread of its own.

    What its thread sends and handles it counts here, for itself alone: no lock is taken for a
    message. Timers count as sent when they are set.
    """

    __slots__ = ("ended", "forgotten", "queue", "sent", "thread", "threads")

    # On an actor's own thread nobody else would see what it raises, not even Ctrl-C.
    crashes: ClassVar[tuple[type[BaseException], ...]] = (BaseException,)

    def __init__(self, name: str, threads: ThreadsRuntime) -> None:
        super().__init__(name, threads)
        self.threads = threads
        self.queue: SimpleQueue[object] = SimpleQueue()
        self.sent = 0
        self.forgotten = 0  # timers that were sent and will not be received
        self.ended = False  # nobody looks into the queue any more
        self.thread: threading.Thread | None = None

    @override
    def equip(self, actor: Actor) -> None:
        super().equip(actor)
        actor.tell = self._make_tell()

    def _make_tell(self) -> Callable[[str, object], None]:
        """What `tell` does, in one call: a message's way is the same for all actors."""
        mailboxes, bury = self.threads.addresses, self.threads.bury

        def tell(name: str, message: object) -> None:
            self.sent += 1
            try:
                mailbox = mailboxes[name]
            except KeyError:
                bury(name, message)
                return
            mailbox.queue.put(message)
            if mailbox.ended:
                mailbox.bury_rest()

        return tell

    @override
    def after(self, delay: float, message: object) -> None:
        self.sent += 1
        super().after(delay, message)

    @override
    def at(self, when: float, message: object) -> None:
        self.sent += 1
        super().at(when, message)

    @override
    def ring(self, message: object, epoch: int) -> None:
        self.post(Alarm(epoch, message))

    @override
    def forget_timers(self) -> None:
        self.forgotten += self.pending
        super().forget_timers()

    @override
    def start(self) -> None:
        loop = self.actor._actor_loop  # noqa: SLF001 — Pykka's hook
        thread = threading.Thread(target=loop, name=self.name, daemon=True)
        self.handled = -1  # until `on_start` has run: no run may end before
        try:
            thread.start()
        except RuntimeError as error:
            raise UsageError(
                f"the machine has no thread left for {self.name}: use --runtime pool"
            ) from error
        self.thread = thread

    @override
    def run(self) -> None:
        self.handled += 1
        self._serve()
        if not self.actor.stopped:
            self.actor._stop()  # noqa: SLF001 — Pykka's hook: on_stop, then dead
        self.end()

    def _serve(self) -> None:
        take, waiting, table, actor = self.queue.get, self.queue.qsize, self.table, self.actor
        while not self.closed:
            safepoint()  # nobody may keep the interpreter for itself, however full its queue
            message = take()
            if type(message) is Alarm:
                if message.epoch != self.epoch:
                    continue
                self.pending -= 1
                message = message.message
            if waiting() >= self.queue_max:
                self.queue_max = waiting() + 1
            try:
                table[type(message)](actor, message)
            except BaseException as error:  # noqa: BLE001 — see `crashes`
                self.crashed(message, error)
            self.handled += 1

    def post(self, message: object) -> None:
        """Queue a message; if the actor has ended meanwhile, it is a dead letter."""
        self.queue.put(message)
        # Put first, look afterwards; the thread ends first and looks afterwards: whichever
        # comes second sees the message.
        if self.ended:
            self.bury_rest()

    @override
    def put(self, envelope: Envelope[Any], /) -> None:
        self.bind(envelope)
        self.threads.count_outside()
        self.post(envelope)

    @override
    def close(self) -> None:
        self.closed = True
        self.queue.put(WAKE)

    def end(self) -> None:
        """Leave the queue to those who still put something in: they bury it."""
        self.ended = True
        self.bury_rest()

    def bury_rest(self) -> None:
        """Make everything that still waits a dead letter."""
        while True:
            try:
                message = self.queue.get_nowait()
            except Empty:
                return
            if type(message) is Alarm:
                if message.epoch != self.epoch:
                    continue
                with self.runtime.lock:
                    self.pending -= 1
                message = message.message
            self.bury(message)

    @override
    def get(self) -> Envelope[Any]:
        raise IndexError("a stopped mailbox has buried what it held")

    @override
    def empty(self) -> bool:
        return True
