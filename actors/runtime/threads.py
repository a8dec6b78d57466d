"""True concurrency: a Pykka thread for each actor, and the wall clock.

How the run's end is found without a lock for each message: every message takes a ticket when it
is sent, and every thread counts, for itself alone, what it has handled. The numbers only grow, so
if everything handled, read *first*, equals everything sent, read *afterwards*, then nothing was
under way in between (Mattern's argument for termination detection, 1987). A timer counts as sent
when it is set, unless it is in the background; so does work that has left for another process.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from typing_extensions import override

from actors.errors import UsageError
from actors.measure.journal import Detail, Journal
from actors.measure.result import MessageCounts
from actors.runtime.future import Reply
from actors.runtime.interception import Interceptor
from actors.runtime.mailbox import Mailbox
from actors.runtime.remote_work import RemoteWork
from actors.runtime.thread_mailbox import ThreadMailbox
from actors.runtime.tickets import Tickets
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
        interceptor: Interceptor | None = None,
        speed: float | None = None,
    ) -> None:
        super().__init__(
            seed=seed,
            replication=replication,
            journal=journal,
            detail=detail,
            interceptor=interceptor,
            speed=speed,
        )
        self.tickets = Tickets()
        self._elsewhere: list[RemoteWork] = []
        self._dropped = 0  # timers of actors that could not be made
        # An event, not a `SimpleQueue`: that one's `get` may wait for ever if its time is over
        # before it has begun to wait (CPython 3.11).
        self._bell = threading.Event()
        self._clock: threading.Thread | None = None

    @override
    def open_mailbox(self, name: str, factory: Callable[[], object]) -> Mailbox:
        if len(self.addresses) >= self.most_actors:
            raise UsageError(
                f"over {self.most_actors:,} actors are too many for a thread each: "
                "use --runtime pool"
            )
        self._wind_up()
        mailbox = ThreadMailbox(name, self, factory, self.timers, self.tickets)
        self.addresses[name] = mailbox
        return mailbox

    def _wind_up(self) -> None:
        """Start the clock's thread with the first actor."""
        with self.lock:
            if self._clock is None:
                self._clock = threading.Thread(target=self._ring, name="timers", daemon=True)
                self._clock.start()

    @override
    def drop_mailbox(self, mailbox: Mailbox) -> None:
        assert isinstance(mailbox, ThreadMailbox)  # noqa: S101 — `open_mailbox` made it
        mailbox.close()
        mailbox.forget_timers()
        mailbox.end()
        self._dropped += mailbox.forgotten
        del self.addresses[mailbox.name]

    @override
    def lose(self, name: str, message: object) -> None:
        self.tickets.take()
        super().lose(name, message)

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

    def remote_work(self) -> RemoteWork:
        """Counts for an actor that sends work elsewhere; asked for before the run begins.

        What is sent counts as a message, and as handled once it is answered; when all is stopped,
        what is still open is a dead letter.
        """
        counts = RemoteWork()
        self._elsewhere.append(counts)
        return counts

    # The end of a run.

    @override
    def in_handler(self) -> bool:
        here = threading.current_thread()
        return any(box.thread is here for box in self.all_mailboxes())

    @override
    def quiet(self) -> bool:
        # In this order: a message goes from the ones read later to those read first, so one that
        # moves meanwhile is missed and never counted twice.
        settled = self._settled() + self.dead_letters + self._unsent()
        settled += sum(box.obeyed for box in self.all_mailboxes())
        settled += sum(box.waiting_aside for box in self.all_mailboxes() if box.paused)
        return settled == self._sent()

    def _settled(self) -> int:
        return self._answered() + sum(box.settled for box in self.all_mailboxes())

    def _answered(self) -> int:
        """Work that has come back from elsewhere."""
        return sum(work.answered for work in self._elsewhere)

    def _unsent(self) -> int:
        """Timers that nobody will receive."""
        forgotten = self._dropped + sum(box.forgotten for box in self.all_mailboxes())
        return forgotten + self._pending() + self.timers.lost if self.timers.ended else forgotten

    def _pending(self) -> int:
        return sum(box.pending for box in self.all_mailboxes())

    def _sent(self) -> int:
        return self.tickets.taken + sum(work.sent for work in self._elsewhere)

    @override
    def stop(self) -> None:
        self.timers.ended = True
        if self._clock is not None:
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
        # sent once it has arrived, and a sign is no message.
        handled = self._answered() + sum(box.handled for box in self.all_mailboxes())
        dead_lettered = self.dead_letters
        if self.timers.ended:
            dead_lettered += sum(work.open for work in self._elsewhere)
        boxes = self.all_mailboxes()
        unsent = self._dropped + sum(box.forgotten + box.obeyed for box in boxes)
        sent = self._sent() - unsent - self._pending() - self.timers.lost
        return MessageCounts(sent=sent, handled=handled, dead_lettered=dead_lettered)

    @override
    def await_reply(self, reply: Reply) -> None:
        """Nothing to do: the actor's own thread answers."""
