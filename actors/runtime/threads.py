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
from typing import Final

from typing_extensions import override

from actors.errors import UsageError
from actors.measure.journal import Detail, Journal
from actors.measure.result import MessageCounts
from actors.runtime.future import Reply
from actors.runtime.mailbox import Mailbox
from actors.runtime.thread_mailbox import ThreadMailbox
from actors.runtime.wall import WallRuntime

__all__ = ["MAX_ACTORS", "ThreadsRuntime"]

MAX_ACTORS: Final = 5_000

log = logging.getLogger("stocksim")


class ThreadsRuntime(WallRuntime[ThreadMailbox]):
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
        super().__init__(
            seed=seed, replication=replication, journal=journal, detail=detail, speed=speed
        )
        self._outside = 0
        # An event, not a `SimpleQueue`: that one's `get` may wait for ever if its time is over
        # before it has begun to wait (CPython 3.11).
        self._bell = threading.Event()
        self._clock = threading.Thread(target=self._ring, name="timers", daemon=True)
        self._clock.start()

    @override
    def open_mailbox(self, name: str) -> Mailbox:
        if len(self.addresses) >= self.most_actors:
            raise UsageError(
                f"over {self.most_actors:,} actors are too many for a thread each: "
                "use --runtime pool"
            )
        mailbox = self.addresses[name] = ThreadMailbox(name, self)
        return mailbox

    @override
    def drop_mailbox(self, mailbox: Mailbox) -> None:
        assert isinstance(mailbox, ThreadMailbox)  # noqa: S101 — `open_mailbox` made it
        mailbox.close()
        mailbox.forget_timers()
        mailbox.end()
        # What the actor has sent while it was made stays counted, first twice, then once: a
        # run in another thread must never believe that all is handled.
        self.count_outside(mailbox.sent - mailbox.forgotten)
        del self.addresses[mailbox.name]

    @override
    def tell(self, name: str, message: object) -> None:
        self.count_outside()
        mailbox = self.addresses.get(name)
        if mailbox is None:
            self.bury(name, message)
        else:
            mailbox.post(message)

    def count_outside(self, messages: int = 1) -> None:
        """Count messages that no actor sent; any thread may be their sender."""
        with self.lock:
            self._outside += messages

    # The clock's own thread.

    def _ring(self) -> None:
        while True:
            # Before looking at anything, the end included: whoever rings later is heard.
            self._bell.clear()
            if self.timers.ended:
                return
            self.timers.ring(self.now)
            self._bell.wait(self.until(self.timers.next()))

    @override
    def wake(self) -> None:
        self._bell.set()

    # The end of a run.

    @override
    def in_handler(self) -> bool:
        here = threading.current_thread()
        return any(box.thread is here for box in self.all_mailboxes())

    @override
    def quiet(self) -> bool:
        settled = self._handled() + self.dead_letters + self._forgotten()
        return settled == self._sent()

    def _handled(self) -> int:
        return sum(box.handled for box in self.all_mailboxes())

    def _forgotten(self) -> int:
        """Timers that nobody will receive."""
        forgotten = sum(box.forgotten for box in self.all_mailboxes())
        return forgotten + self._pending() if self.timers.ended else forgotten

    def _pending(self) -> int:
        return sum(box.pending for box in self.all_mailboxes())

    def _sent(self) -> int:
        return sum(box.sent for box in self.all_mailboxes()) + self._outside

    @override
    def stop(self) -> None:
        self.timers.ended = True
        self.wake()
        self._clock.join()
        self.timers.end()
        for mailbox in self.all_mailboxes():
            mailbox.close()
        deadline = time.monotonic() + self.join_s
        for mailbox in self.all_mailboxes():
            if mailbox.thread is not None and mailbox.thread is not threading.current_thread():
                mailbox.thread.join(max(deadline - time.monotonic(), 0.0))
                if mailbox.thread.is_alive():
                    log.warning("%s does not come to the end of its message", mailbox.name)

    @override
    def counts(self) -> MessageCounts:
        # In this order, what moves meanwhile can only look unsettled. A timer's message is
        # sent once it has arrived.
        handled = self._handled()
        dead_lettered = self.dead_letters
        unsent = sum(box.forgotten for box in self.all_mailboxes()) + self._pending()
        sent = self._sent() - unsent
        return MessageCounts(sent=sent, handled=handled, dead_lettered=dead_lettered)

    @override
    def await_reply(self, reply: Reply) -> None:
        """Nothing to do: the actor's own thread answers."""
