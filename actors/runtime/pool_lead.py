"""The lead of a pool: the right to take messages from its one queue, which one worker has.

While a handler runs, its mailbox is in `in_hand`. Whoever takes it out has the lead from then
on, and the handler finishes *apart*, on the thread that it is on; its worker sees afterwards
that the lead is gone. An `ask` in a handler hands the lead on at once. A handler that just
takes long loses it to the watch, which looks every few milliseconds.

Threads other than the leader only append to the queue, and then wake the leader if it says
that it is asleep. It says so first and looks at the queue afterwards, they append first and
look at it afterwards: whichever comes second sees the other. What matters is a single step of
the interpreter each time (of a deque, a dict, a list), so nothing on a message's way takes a
lock. A copy is one step as a list, and not as a tuple: to make one while it goes through the
original may set the garbage collector off, and with it whatever code.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Sequence
from functools import partial
from itertools import repeat
from operator import itemgetter
from typing import Final

from actors.runtime.mailbox import SENT
from actors.runtime.pool_crew import Crew, PoolThread
from actors.runtime.pool_mailbox import BACK, PoolMailbox, Queued
from actors.runtime.safepoint import safepoint
from actors.runtime.signs import STOP
from actors.runtime.wall import WallRuntime

__all__ = ["Lead"]

_first: Final = itemgetter(0)


class Lead:
    """The queue, who takes from it, and what is under way.

    Args:
        runtime: whose actors these are.
        workers: threads at once.
        throughput: messages delivered before the leader looks at the clock again.
        patience: real seconds after which a handler is taken for one that blocks.
    """

    def __init__(
        self,
        runtime: WallRuntime[PoolMailbox],
        workers: int,
        throughput: int,
        patience: float,
    ) -> None:
        self.ready: deque[Queued] = deque()
        self.apart: set[PoolMailbox] = set()
        self.asleep: list[threading.Lock] = []  # the bell of a leader that waits
        self.over = threading.Event()  # every actor has stopped
        self._in_hand: dict[PoolMailbox, PoolThread] = {}  # one at most
        self._settled = False
        self._unseen = 0  # messages to deliver before it is worth looking at the queues again
        self._begun = False
        self._ending = False
        self._runtime = runtime
        self._throughput = throughput
        self._patience = patience
        self._crew = Crew(self._keep, workers)
        self._watcher = threading.Thread(target=self._watch, name="pool-watch", daemon=True)

    def begin(self) -> None:
        """Have the first worker lead, once."""
        with self._runtime.lock:
            if self._begun:
                return
            self._begun = True
        self._crew.call(lambda: True)
        self._watcher.start()

    # From any thread.

    def post(self, due: Queued) -> None:
        """Queue a message."""
        self.ready.append(due)
        if self.asleep:
            self.wake()

    def post_first(self, due: Queued) -> None:
        """Queue what must not wait behind messages."""
        self.ready.appendleft(due)
        if self.asleep:
            self.wake()

    def wake(self) -> None:
        """Have the leader look again if it is asleep; if all is over, bury what has come."""
        if self.over.is_set():
            self._bury_rest()
            return
        try:
            bell = self.asleep.pop()
        except IndexError:
            return
        bell.release()

    @property
    def quiet(self) -> bool:
        """Whether nothing is queued, in a handler, or due."""
        if self._ending:
            return self.over.is_set()
        # In this order: a leader takes `settled` back before it falls asleep again. So if both
        # are seen, they were true together at some moment since the first look.
        return bool(self.asleep) and self._settled

    def employs(self, thread: threading.Thread) -> bool:
        """Whether a thread is one of the pool's workers."""
        return isinstance(thread, PoolThread) and thread.crew is self._crew

    def held_by(self, worker: threading.Thread) -> PoolMailbox | None:
        """The mailbox in whose handler a thread leads; None: it does not."""
        in_hand = self._in_hand
        return next((box for box in list(in_hand) if in_hand.get(box) is worker), None)

    def under_way(self) -> tuple[PoolMailbox, ...]:
        """The mailboxes with a handler running."""
        return (*list(self._in_hand), *list(self.apart))

    def pass_on(self, mailbox: PoolMailbox) -> bool:
        """Have another worker lead while this mailbox's handler runs; False: none is left."""
        return self._crew.call(partial(self._take_from, mailbox)) or mailbox not in self._in_hand

    def _take_from(self, mailbox: PoolMailbox) -> bool:
        try:
            del self._in_hand[mailbox]
        except KeyError:
            return False
        mailbox.part()
        return True

    # The leader's.

    def _keep(self, worker: PoolThread) -> None:
        """Deliver what is due until the lead is lost, or all is over."""
        runtime = self._runtime
        while not self.over.is_set():
            safepoint()
            runtime.timers.ring(runtime.now)
            if not self.ready:
                self._rest(worker)
            elif not self._take_turn(worker):
                return

    def _take_turn(self, worker: PoolThread) -> bool:
        """Deliver some messages, first come first served; False: the lead was lost meanwhile."""
        ready, in_hand = self.ready, self._in_hand
        take = ready.popleft
        self._look_at_queues()
        for _ in repeat(None, self._throughput):
            if not ready:
                break
            mailbox, message, epoch = take()
            if mailbox.shut:
                due = mailbox.admit(message, epoch)
                if due is None:
                    continue
                message, epoch = due
            if epoch != SENT and not mailbox.receive(epoch):
                continue  # a timer that was forgotten
            in_hand[mailbox] = worker
            mailbox.deliver(message)
            try:
                del in_hand[mailbox]
            except KeyError:
                self.post_first((mailbox, BACK, SENT))
                return False
        return True

    def _look_at_queues(self) -> None:
        """Remember the longest queues.

        Whatever waits now will have been delivered before the next look, so a look costs each
        message its share and no more.
        """
        self._unseen -= self._throughput
        if self._unseen <= 0:
            waiting = Counter(map(_first, list(self.ready)))
            for mailbox, count in waiting.items():
                if count > mailbox.queue_max:
                    mailbox.queue_max = count
            self._unseen = len(self.ready)

    def _rest(self, worker: PoolThread) -> None:
        """Sleep until somebody posts, or a timer is due."""
        bell, timers = worker.bell, self._runtime.timers
        self._settled = False
        self.asleep.append(bell)
        due = timers.next()
        if not self.ready:
            if self._ending and self._ended(bell):
                return
            self._settled = not timers.holds and not self.apart
            if bell.acquire(timeout=self._runtime.until(due)):
                return  # whoever rings a bell has taken it off the list
        try:
            self.asleep.remove(bell)
        except ValueError:
            bell.acquire()  # somebody is just ringing it

    # The end.

    def end(self) -> None:
        """Stop every actor; returns at once."""
        self._ending = True
        if not self._begun:
            self.over.set()
            return
        self._stop([box for box in self._runtime.all_mailboxes() if not box.closed])
        if self.asleep:
            self.wake()  # there may be nobody to stop any more

    def _stop(self, mailboxes: Sequence[PoolMailbox]) -> None:
        for mailbox in reversed(mailboxes):
            self.post_first((mailbox, STOP, SENT))

    def _ended(self, bell: threading.Lock) -> bool:
        """Whether the last actor has stopped; if so, nobody leads any more."""
        boxes = self._runtime.all_mailboxes()
        late = [box for box in boxes if not box.closed and box.aside is None]
        if late:
            self._stop(late)
        if late or self.apart:
            return False
        self._runtime.timers.end()
        self.over.set()
        self.asleep.append(bell)  # for ever: whoever posts now calls `wake`, which buries it
        self._bury_rest()
        self._crew.dismiss()
        return True

    def _bury_rest(self) -> None:
        while True:
            try:
                mailbox, message, epoch = self.ready.popleft()
            except IndexError:
                return
            mailbox.bury_due(message, epoch)

    def join(self, seconds: float) -> bool:
        """Wait for all threads to end, or for so long; True: they have."""
        if not self.over.wait(seconds):
            return False
        if not self._begun:
            return True
        self._crew.join(seconds)
        self._watcher.join(seconds)
        return True

    # The watch.

    def _watch(self) -> None:
        """Take the lead from handlers that take long: in whose hand it is at two looks."""
        before: tuple[PoolMailbox, int] | None = None
        while not self.over.wait(self._patience):
            now = next(((box, box.handled) for box in list(self._in_hand)), None)
            if now is not None and now == before:
                self.pass_on(now[0])
            before = now
