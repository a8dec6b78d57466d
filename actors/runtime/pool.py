"""Many actors on a few threads, and the wall clock.

All messages wait in one queue, and one worker, the leader, delivers them in the order they were
sent: under Python's global lock, more threads would only pass that lock to and fro. A message
wakes nobody and takes no lock. When a handler blocks, another worker takes over (pool_lead.py),
so actors may wait for each other as they may on threads.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from typing_extensions import override

from actors.errors import BlockingInHandler
from actors.measure.journal import Detail, Journal
from actors.measure.result import MessageCounts
from actors.runtime.base import RunEnding
from actors.runtime.future import Reply
from actors.runtime.interception import Interceptor
from actors.runtime.mailbox import SENT, Mailbox
from actors.runtime.pool_lead import Lead
from actors.runtime.pool_mailbox import BACK, PoolMailbox
from actors.runtime.signs import Sign
from actors.runtime.wall import WallRuntime

__all__ = ["PoolRuntime"]

WORKERS: Final = 64
THROUGHPUT: Final = 64
PATIENCE_S: Final = 0.01

log = logging.getLogger("stocksim")


class PoolRuntime(WallRuntime[PoolMailbox]):
    """Runs all actors on a few threads; see the module's text.

    Args:
        speed: scenario seconds a real second.
        workers: threads at once: one leads, the others are in handlers that block.
        throughput: messages delivered before the leader looks at the clock again.
        patience: real seconds after which a handler is taken for one that blocks.
    """

    kind = "pool"

    def __init__(
        self,
        *,
        seed: int = 1,
        replication: int = 0,
        journal: Journal | None = None,
        detail: Detail = Detail.NOTHING,
        interceptor: Interceptor | None = None,
        speed: float | None = None,
        workers: int = WORKERS,
        throughput: int = THROUGHPUT,
        patience: float = PATIENCE_S,
    ) -> None:
        super().__init__(
            seed=seed,
            replication=replication,
            journal=journal,
            detail=detail,
            interceptor=interceptor,
            speed=speed,
        )
        self._workers = workers
        self.lead = Lead(self, workers, throughput, patience)

    @override
    def open_mailbox(self, name: str, factory: Callable[[], object]) -> Mailbox:
        self.lead.begin()
        mailbox = PoolMailbox(name, self, factory, self.timers, self.lead)
        self.addresses[name] = mailbox
        return mailbox

    @override
    def drop_mailbox(self, mailbox: Mailbox) -> None:
        assert isinstance(mailbox, PoolMailbox)  # noqa: S101 — `open_mailbox` made it
        mailbox.forget_timers()
        mailbox.close()
        mailbox.started = True
        self.lead.post_first((mailbox, BACK, SENT))
        del self.addresses[mailbox.name]

    @override
    def wake(self) -> None:
        if self.lead.asleep:
            self.lead.wake()

    @override
    def await_reply(self, reply: Reply) -> None:
        mailbox = self.lead.held_by(threading.current_thread())
        if mailbox is not None and not self.lead.pass_on(mailbox):
            raise BlockingInHandler(
                f"a handler waited for a future while all {self._workers} workers of the pool "
                "wait already: give it more workers, or send a message and handle its answer"
            )

    @override
    def in_handler(self) -> bool:
        return self.lead.employs(threading.current_thread())

    @override
    def quiet(self) -> bool:
        return self.lead.quiet

    @override
    def run(self) -> RunEnding:
        self.lead.begin()
        return super().run()

    @override
    def stop(self) -> None:
        self.timers.ended = True
        self.lead.end()
        if self.in_handler() or self.lead.join(self.join_s):
            return
        for mailbox in self.lead.under_way():
            log.warning("%s does not come to the end of its message", mailbox.name)

    @override
    def counts(self) -> MessageCounts:
        # A message is at one place at a time: sent is what was handled, buried, or still waits.
        boxes = self.all_mailboxes()
        handled = sum(box.handled for box in boxes)
        dead_lettered = self.dead_letters
        waiting = list(self.lead.ready)
        for box in boxes:
            waiting += [(box, message, epoch) for message, epoch in list(box.aside or ())]
        waiting_messages = sum(
            not isinstance(message, Sign) and box.remembers(epoch)
            for box, message, epoch in waiting
        )
        return MessageCounts(
            sent=handled + dead_lettered + waiting_messages,
            handled=handled,
            dead_lettered=dead_lettered,
        )
