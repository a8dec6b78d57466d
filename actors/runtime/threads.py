"""True concurrency: a Pykka thread for each actor, and the wall clock.

How the run's end is found without a lock for each message: every thread counts, for itself
alone, what it has sent and what it has handled. Counters only grow, so if everything handled,
read *first*, equals everything sent, read *afterwards*, then nothing was under way in between
(Mattern's argument for termination detection, 1987). A timer counts as sent when it is set.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, Final

from pykka._envelope import Envelope
from typing_extensions import override

from actors.errors import UsageError
from actors.measure.journal import Detail, Journal
from actors.measure.result import MessageCounts
from actors.runtime.actor import Actor
from actors.runtime.base import Ending, Runtime
from actors.runtime.future import Reply
from actors.runtime.mailbox import CRASHES, Mailbox
from actors.runtime.timers import TimerThread

__all__ = ["MAX_ACTORS", "ThreadMailbox", "ThreadsRuntime"]

MAX_ACTORS: Final = 5_000
POLL_S: Final = 0.005
JOIN_S: Final = 5.0

_WAKE: Final = object()  # ends a mailbox's wait so that it looks at `closed`


class ThreadMailbox(Mailbox):
    """A mailbox with a thread of its own."""

    __slots__ = ("epoch", "queue", "sent", "thread")

    runtime: ThreadsRuntime

    def __init__(self, name: str, runtime: ThreadsRuntime) -> None:
        super().__init__(name, runtime)
        self.queue: SimpleQueue[object] = SimpleQueue()
        self.sent = 0
        self.epoch = 0
        self.thread: threading.Thread | None = None

    @override
    def equip(self, actor: Actor) -> None:
        actor.tell = partial(self.runtime.send, self)
        actor.after = partial(self.runtime.after, self)
        actor.at = partial(self.runtime.at, self)

    @override
    def forget_timers(self) -> None:
        self.epoch += 1
        self.runtime.timers.drop_forgotten()

    @override
    def start(self) -> None:
        loop = self.actor._actor_loop  # noqa: SLF001 — Pykka's hook
        self.thread = threading.Thread(target=loop, name=self.name, daemon=True)
        self.thread.start()

    @override
    def run(self) -> None:
        queue = self.queue
        while not self.closed:
            message = queue.get()
            waiting = queue.qsize() + 1
            if message is _WAKE:
                continue
            if waiting > self.queue_max:
                self.queue_max = waiting
            try:
                self.table[type(message)](self.actor, message)
            except CRASHES as error:
                self.crashed(message, error)
            self.handled += 1
        self.bury_rest()

    def post(self, message: object) -> None:
        """Queue a message; if the actor has stopped meanwhile, it is a dead letter."""
        self.queue.put(message)
        # Put first, look afterwards; the stopping thread closes first and drains afterwards:
        # whichever comes second sees the message.
        if self.closed:
            self.bury_rest()

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
            if message is not _WAKE:
                with self.runtime.lock:
                    self.bury(message)

    @override
    def get(self) -> Envelope[Any]:
        raise IndexError("a stopped mailbox has buried what it held")

    @override
    def empty(self) -> bool:
        return True

    def close(self) -> None:
        """Let the thread end after the message in hand."""
        self.closed = True
        self.queue.put(_WAKE)


class ThreadsRuntime(Runtime):
    """Runs each actor on a thread of its own; see the module's text.

    Args:
        speed: scenario seconds a real second.
    """

    kind = "threads"

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
        self._speed = 1.0 if speed is None else speed
        self._began = time.monotonic()
        self._mailboxes: dict[str, ThreadMailbox] = {}
        self._outside = 0
        self._interrupted = threading.Event()
        self.lock = threading.Lock()
        self.timers = TimerThread(lambda: self.now, self._speed)
        self.timers.start()

    @property
    def now(self) -> float:  # type: ignore[override]
        """Scenario seconds since `start`."""
        return (time.monotonic() - self._began) * self._speed

    @override
    def open_mailbox(self, name: str) -> Mailbox:
        if len(self._mailboxes) >= MAX_ACTORS:
            raise UsageError(
                f"over {MAX_ACTORS:,} actors are too many for a thread each: use --runtime virtual"
            )
        mailbox = self._mailboxes[name] = ThreadMailbox(name, self)
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

    @override
    def tell(self, name: str, message: object) -> None:
        self.count_outside()
        self._route(name, message)

    def count_outside(self) -> None:
        """Count a message that no actor sent; any thread may be its sender."""
        with self.lock:
            self._outside += 1

    def send(self, sender: ThreadMailbox, name: str, message: object) -> None:
        """Send from one actor to another; only the sender's own thread counts here."""
        sender.sent += 1
        self._route(name, message)

    def _route(self, name: str, message: object) -> None:
        mailbox = self._mailboxes.get(name)
        if mailbox is None:
            with self.lock:
                self.bury(name, message)
        else:
            mailbox.post(message)

    def after(self, mailbox: ThreadMailbox, delay: float, message: object) -> None:
        """Send to `mailbox` in `delay` scenario seconds."""
        self.at(mailbox, self.now + delay, message)

    def at(self, mailbox: ThreadMailbox, when: float, message: object) -> None:
        """Send to `mailbox` at the moment `when`, or now if that has passed."""
        mailbox.sent += 1
        if when > self.now:
            self.timers.set(when, mailbox, message)
        else:
            mailbox.post(message)

    @override
    def run(self) -> Ending:
        while not self._interrupted.wait(POLL_S):
            if self._quiet():
                return "quiescent"
        self._interrupted.clear()
        return "interrupted"

    def _quiet(self) -> bool:
        handled = sum(box.handled for box in self._mailboxes.values())
        gone = self.dead_letters + self.timers.forgotten
        sent = sum(box.sent for box in self._mailboxes.values()) + self._outside
        return handled + gone == sent

    @override
    def interrupt(self) -> None:
        self._interrupted.set()

    @override
    def stop(self) -> None:
        self._unfired = self.timers.end()
        for mailbox in self._mailboxes.values():
            mailbox.close()
        for mailbox in self._mailboxes.values():
            if mailbox.thread is not None:
                mailbox.thread.join(JOIN_S)
            if not mailbox.actor.actor_stopped.is_set():
                mailbox.actor._stop()  # noqa: SLF001 — Pykka's hook: on_stop, then dead

    @override
    def counts(self) -> MessageCounts:
        handled = sum(box.handled for box in self._mailboxes.values())
        sent = sum(box.sent for box in self._mailboxes.values()) + self._outside
        return MessageCounts(
            sent=sent - self.timers.forgotten - self._unfired,
            handled=handled,
            dead_lettered=self.dead_letters,
        )

    _unfired = 0

    def await_reply(self, reply: Reply) -> None:
        """Nothing to do: the actor's own thread answers."""
