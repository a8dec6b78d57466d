"""True concurrency: a Pykka thread for each actor, and the wall clock.

How the run's end is found without a lock for each message: every thread counts, for itself
alone, what it has sent and what it has handled. Counters only grow, so if everything handled,
read *first*, equals everything sent, read *afterwards*, then nothing was under way in between
(Mattern's argument for termination detection, 1987). A timer counts as sent when it is set.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from typing import Final

from typing_extensions import override

from actors.errors import BlockingInHandler, UsageError
from actors.measure.journal import Detail, Journal
from actors.measure.result import MessageCounts
from actors.runtime.base import Ending, Runtime
from actors.runtime.future import Reply
from actors.runtime.mailbox import Mailbox
from actors.runtime.thread_mailbox import ThreadMailbox
from actors.runtime.timers import Alarm, TimerThread

__all__ = ["MAX_ACTORS", "ThreadsRuntime"]

MAX_ACTORS: Final = 5_000
POLL_S: Final = 0.005
JOIN_S: Final = 5.0

log = logging.getLogger("stocksim")


class ThreadsRuntime(Runtime):
    """Runs each actor on a thread of its own; see the module's text.

    Args:
        speed: scenario seconds a real second.
    """

    kind = "threads"
    most_actors = MAX_ACTORS

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
        self._interrupted = False
        self.timers = TimerThread(lambda: self.now, self._speed)
        self.timers.start()

    @property
    @override
    def now(self) -> float:
        """Scenario seconds since `start`."""
        return (time.monotonic() - self._began) * self._speed

    @override
    def open_mailbox(self, name: str) -> Mailbox:
        if len(self._mailboxes) >= self.most_actors:
            raise UsageError(
                f"over {self.most_actors:,} actors are too many for a thread each: "
                "use --runtime virtual"
            )
        mailbox = self._mailboxes[name] = ThreadMailbox(name, self)
        return mailbox

    @override
    def drop_mailbox(self, mailbox: Mailbox) -> None:
        assert isinstance(mailbox, ThreadMailbox)  # noqa: S101 — `open_mailbox` made it
        mailbox.close()
        mailbox.forget_timers()
        mailbox.bury_rest()
        # What the actor has sent while it was made stays counted, first twice, then once: a
        # run in another thread must never believe that all is handled.
        self.count_outside(mailbox.sent)
        del self._mailboxes[mailbox.name]

    @override
    def find(self, name: str) -> Mailbox | None:
        return self._mailboxes.get(name)

    @override
    def mailboxes(self) -> Iterator[Mailbox]:
        return iter(self._all())

    @override
    def start(self) -> None:
        self._began = time.monotonic()

    @override
    def tell(self, name: str, message: object) -> None:
        self.count_outside()
        self._route(name, message)

    def count_outside(self, messages: int = 1) -> None:
        """Count messages that no actor sent; any thread may be their sender."""
        with self.lock:
            self._outside += messages

    def send(self, sender: ThreadMailbox, name: str, message: object) -> None:
        """Send from one actor to another; only the sender's own thread counts here."""
        sender.sent += 1
        self._route(name, message)

    def _route(self, name: str, message: object) -> None:
        mailbox = self._mailboxes.get(name)
        if mailbox is None:
            self.bury(name, message)
        else:
            mailbox.post(message)

    def after(self, mailbox: ThreadMailbox, delay: float, message: object) -> None:
        """Send to `mailbox` in `delay` scenario seconds."""
        if delay > 0.0:
            self.at(mailbox, self.now + delay, message)
        else:
            mailbox.sent += 1
            mailbox.post(Alarm(mailbox.epoch, message))

    def at(self, mailbox: ThreadMailbox, when: float, message: object) -> None:
        """Send to `mailbox` at the moment `when`, or now if that has passed."""
        mailbox.sent += 1
        alarm = Alarm(mailbox.epoch, message)
        # While an earlier timer may still be on its way, a late one must not overtake it.
        if when > self.now or mailbox.timers_set != mailbox.timers_fired:
            mailbox.timers_set += 1
            self.timers.set(when, mailbox, alarm)
        else:
            mailbox.post(alarm)

    @override
    def run(self) -> Ending:
        here = threading.current_thread()
        if any(box.thread is here for box in self._all()):
            raise BlockingInHandler("run() was called inside a handler: return instead")
        while True:
            time.sleep(POLL_S)
            if self._interrupted:
                self._interrupted = False
                return "interrupted"
            if self._quiet():
                return "quiescent"

    def _all(self) -> tuple[ThreadMailbox, ...]:
        return tuple(self._mailboxes.values())  # in one step: a handler may spawn meanwhile

    def _quiet(self) -> bool:
        settled = self._handled() + self.dead_letters + self.timers.dropped
        return settled == self._sent()

    def _handled(self) -> int:
        return sum(box.handled for box in self._all())

    def _sent(self) -> int:
        return sum(box.sent for box in self._all()) + self._outside

    @override
    def interrupt(self) -> None:
        # A plain flag: an Event's lock could be held by the very code a signal has cut into.
        self._interrupted = True

    @override
    def stop(self) -> None:
        self.timers.end()
        for mailbox in self._all():
            mailbox.close()
        for mailbox in self._all():
            if mailbox.thread is not None and mailbox.thread is not threading.current_thread():
                mailbox.thread.join(JOIN_S)
                if mailbox.thread.is_alive():
                    log.warning("%s does not come to the end of its message", mailbox.name)

    @override
    def counts(self) -> MessageCounts:
        # In this order, what moves meanwhile can only look unsettled.
        handled = self._handled()
        dead_lettered = self.dead_letters
        unfired = self.timers.unfired
        return MessageCounts(
            sent=self._sent() - unfired, handled=handled, dead_lettered=dead_lettered
        )

    @override
    def await_reply(self, reply: Reply) -> None:
        """Nothing to do: the actor's own thread answers."""
