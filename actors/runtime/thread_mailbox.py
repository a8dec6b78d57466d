"""A mailbox with a thread of its own: it waits in its queue, and ends without losing a message."""

from __future__ import annotations

import threading
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pykka._envelope import Envelope
from typing_extensions import override

from actors.errors import UsageError
from actors.runtime.actor import Actor
from actors.runtime.mailbox import Mailbox
from actors.runtime.timers import Alarm

if TYPE_CHECKING:
    from actors.runtime.threads import ThreadsRuntime

__all__ = ["ThreadMailbox"]

_WAKE: Final = object()  # ends a mailbox's wait so that it looks at `closed`


class ThreadMailbox(Mailbox):
    """A mailbox with a thread of its own."""

    __slots__ = ("epoch", "queue", "sent", "thread", "timers_fired", "timers_set")

    # On an actor's own thread nobody else would see what it raises, not even Ctrl-C.
    crashes: ClassVar[tuple[type[BaseException], ...]] = (BaseException,)

    runtime: ThreadsRuntime

    def __init__(self, name: str, runtime: ThreadsRuntime) -> None:
        super().__init__(name, runtime)
        self.queue: SimpleQueue[object] = SimpleQueue()
        self.sent = 0
        self.epoch = 0
        self.timers_set = 0  # changed by the actor's thread only
        self.timers_fired = 0  # changed by the timers' thread only
        self.thread: threading.Thread | None = None

    @override
    def equip(self, actor: Actor) -> None:
        actor.tell = partial(self.runtime.send, self)
        actor.after = partial(self.runtime.after, self)
        actor.at = partial(self.runtime.at, self)

    @override
    def forget_timers(self) -> None:
        self.epoch += 1
        self.timers_set -= self.runtime.timers.drop(self)

    @override
    def start(self) -> None:
        loop = self.actor._actor_loop  # noqa: SLF001 — Pykka's hook
        thread = threading.Thread(target=loop, name=self.name, daemon=True)
        self.handled = -1  # until `on_start` has run: no run may end before
        try:
            thread.start()
        except RuntimeError as error:
            raise UsageError(
                f"the machine has no thread left for {self.name}: use --runtime virtual"
            ) from error
        self.thread = thread

    @override
    def run(self) -> None:
        self.handled += 1
        self._serve()
        if not self.actor.stopped:
            self.actor._stop()  # noqa: SLF001 — Pykka's hook: on_stop, then dead
        self.bury_rest()

    def _serve(self) -> None:
        queue = self.queue
        while not self.closed:
            message = queue.get()
            waiting = queue.qsize() + 1
            if message is _WAKE:
                continue
            if waiting > self.queue_max:
                self.queue_max = waiting
            if type(message) is Alarm:
                if self.forgotten(message):
                    continue
                message = message.message
            try:
                self.table[type(message)](self.actor, message)
            except BaseException as error:  # noqa: BLE001 — see `crashes`
                self.crashed(message, error)
            self.handled += 1

    def forgotten(self, alarm: Alarm) -> bool:
        """Whether a timer's message must not arrive any more; if so, it is counted."""
        if alarm.epoch == self.epoch:
            return False
        self.runtime.timers.drop_one()
        return True

    def post(self, message: object) -> None:
        """Queue a message; if the actor has stopped meanwhile, it is a dead letter."""
        self.queue.put(message)
        # Put first, look afterwards; the stopping thread closes first and drains afterwards:
        # whichever comes second sees the message.
        if self.closed:
            self.bury_rest()
            self.queue.put(_WAKE)  # in case that took the call that the thread waits for

    @override
    def put(self, envelope: Envelope[Any], /) -> None:
        self.bind(envelope)
        self.runtime.count_outside()
        self.post(envelope)

    def bury_rest(self) -> None:
        """Make everything that still waits a dead letter."""
        while True:
            try:
                message = self.queue.get_nowait()
            except Empty:
                return
            if type(message) is Alarm:
                if self.forgotten(message):
                    continue
                message = message.message
            if message is not _WAKE:
                self.bury(message)

    @override
    def get(self) -> Envelope[Any]:
        raise IndexError("a stopped mailbox has buried what it held")

    @override
    def empty(self) -> bool:
        return True

    @override
    def close(self) -> None:
        self.closed = True
        self.queue.put(_WAKE)
