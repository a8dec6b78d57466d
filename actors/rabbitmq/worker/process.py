"""A worker process: hosts processors and inventories for whatever run is announced.

One thread does the work; the two connections have their own and only leave word for it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from queue import Empty, Queue
from typing import TYPE_CHECKING, Final

from actors.errors import BatchUndone, StoreUnreachable
from actors.rabbitmq.both.consumer import Consumer, Handed, Source
from actors.rabbitmq.both.link import Note
from actors.rabbitmq.both.publisher import Publisher
from actors.rabbitmq.both.topology import RUNS
from actors.rabbitmq.both.wire import Announcement, Poison, decode
from actors.rabbitmq.worker.session import Capacity, WorkerSession
from actors.stores.store import Store

if TYPE_CHECKING:
    from pika.channel import Channel

__all__ = ["PATIENCE_S", "STORE_PATIENCE_S", "Worker"]

PATIENCE_S: Final = 30.0  # with a broker that is not there at the start
STORE_PATIENCE_S: Final = 2.0  # then it says that it waits, and tries again
SHOW_UP_S: Final = 1.0
SILENT_S: Final = 10.0  # after that long without an announcement, another run may have us
CLOSING_S: Final = 5.0
AT_ONCE: Final = 256  # messages taken before it is time to apply a batch again

log = logging.getLogger("stocksim")


class Worker:
    """Serves runs until it is stopped, or, with a `run`, until that one is over.

    Args:
        broker: its URL.
        store: where stock is.
        name: what the run calls it; nobody else may have it.
        run: the one to serve; None: whatever is announced, one after the other.
        capacity: how much it takes on at once.
        note: hears of runs and connections.
    """

    def __init__(
        self,
        broker: str,
        store: Store,
        *,
        name: str,
        run: str | None,
        capacity: Capacity,
        note: Note,
    ) -> None:
        self._store = store
        self._name = name
        self._only = run
        self._capacity = capacity
        self._note = note
        # Not a `SimpleQueue`: its `get` may wait for ever if its time is over before it has begun
        # to wait (CPython 3.11).
        self._events: Queue[Handed | Channel | None] = Queue()
        announcements = Source("", prefetch=100, fanout=RUNS)
        self._consumer = Consumer(broker, self._events.put, self._events.put, note, [announcements])
        self._publisher = Publisher(broker, note)
        self._session: WorkerSession | None = None
        self._heard = 0.0
        self._shown = 0.0
        self._over = False

    def work(self, patience_s: float = PATIENCE_S) -> None:
        """Connect and serve.

        Raises:
            BrokerUnreachable: no broker answers within `patience_s` seconds.
        """
        try:
            self._publisher.link.start(patience_s, lambda: self._over)
            self._consumer.link.start(patience_s, lambda: self._over)
            while not self._over:
                self._turn()
            self._leave()
            self._await(self._publisher.idle)
        finally:
            self._consumer.link.close()
            self._publisher.link.close()

    def stop(self) -> None:
        """Finish the transaction in hand and leave; from any thread or a signal handler."""
        self._over = True
        self._events.put(None)

    def _turn(self) -> None:
        self._take_events()
        session = self._session
        if session is None:
            return
        if time.monotonic() - self._shown >= SHOW_UP_S:
            self._show_up(session)
        try:
            session.apply()
        except (StoreUnreachable, BatchUndone) as error:
            self._note("stalled", str(error))

    def _take_events(self) -> None:
        """Wait for the next event, or until there is something to do; then take what there is."""
        wait = SHOW_UP_S
        if self._session is not None and self._session.wait_s is not None:
            wait = min(wait, self._session.wait_s)
        try:
            self._take(self._events.get(timeout=wait) if wait else self._events.get_nowait())
            for _ in range(AT_ONCE):
                self._take(self._events.get_nowait())
        except Empty:
            return

    def _take(self, event: Handed | Channel | None) -> None:
        if event is None:
            return
        if not isinstance(event, Handed):
            if self._session is not None:
                self._session.withdraw(event)
        elif event.source.fanout:
            self._consumer.acknowledge(event.channel, (event.tag,))
            self._announced(event.body)
        elif self._session is not None:
            self._session.take(event)

    def _announced(self, body: bytes) -> None:
        try:
            run = decode(body)
        except Poison as poison:
            log.warning("an announcement that cannot be read: %s", poison)
            return
        if isinstance(run, Announcement) and self._only in (None, run.run):
            self._consider(run)

    def _consider(self, run: Announcement) -> None:
        now = time.monotonic()
        if self._session is not None and self._session.run != run.run:
            if now - self._heard < SILENT_S or run.over:
                return
            self._leave()
        if run.over:
            self._leave()
            self._over = self._only is not None
            return
        self._heard = now
        if self._session is None:
            self._join(run)
        else:
            self._session.follow(run)

    def _join(self, run: Announcement) -> None:
        self._session = WorkerSession(
            run,
            self._name,
            self._capacity,
            self._store,
            self._consumer,
            self._publisher,
            time.monotonic,
        )
        self._note("joined", f"run {run.run}")
        self._show_up(self._session)

    def _show_up(self, session: WorkerSession) -> None:
        self._shown = time.monotonic()
        if self._publisher.link.connected:
            session.show_up()

    def _leave(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.leave()
            done = session.labours
            self._note(
                "left", f"run {session.run}: {done.orders:,} orders in {done.batches:,} batches"
            )

    def _await(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + CLOSING_S
        while not condition() and time.monotonic() < deadline:
            time.sleep(0.01)
