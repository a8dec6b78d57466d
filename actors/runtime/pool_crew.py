"""The threads of a pool: one leads, some finish handlers that block, a few are ready to follow.

A worker that is called leads until it loses the lead or the pool is done, and then waits to be
called again, for a while: a spare that nobody needs ends.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from typing_extensions import override

__all__ = ["Crew", "PoolThread"]

KEPT_S: Final = 1.0  # how long a spare waits to be needed again


class PoolThread(threading.Thread):
    """A thread that leads when it is called."""

    def __init__(self, crew: Crew, number: int) -> None:
        super().__init__(name=f"pool-{number}", daemon=True)
        self.crew = crew
        self.bell = threading.Lock()  # locked: asleep; whoever releases it wakes the worker
        self.bell.acquire()

    @override
    def run(self) -> None:
        while self._called():
            self.crew.lead(self)
            if not self.crew.park(self):
                return

    def _called(self) -> bool:
        """Wait for a call; False: the worker is to end."""
        while not self.bell.acquire(timeout=KEPT_S):
            if self.crew.retire(self):
                return False
        return not self.crew.dismissed


class Crew:
    """Keeps a pool's workers, `most` at once.

    Args:
        lead: what a worker does that is called; it returns once the worker has lost the lead.
        most: threads at once.
    """

    def __init__(self, lead: Callable[[PoolThread], None], most: int) -> None:
        self.lead = lead
        self.dismissed = False
        self._most = most
        self._lock = threading.Lock()
        self._workers: set[PoolThread] = set()
        self._parked: list[PoolThread] = []
        self._made = 0

    def call(self, claim: Callable[[], bool]) -> bool:
        """Have a worker lead if `claim` then gets it the lead; False: it did not, or all are busy.

        The worker comes first: a lead once taken must never be without one.
        """
        worker = self._fetch()
        if worker is None:
            return False
        if not claim():
            if not self.park(worker):
                worker.bell.release()
            return False
        worker.bell.release()
        return True

    def _fetch(self) -> PoolThread | None:
        with self._lock:
            if self._parked:
                return self._parked.pop()
            if self.dismissed or len(self._workers) >= self._most:
                return None
            self._made += 1
            worker = PoolThread(self, self._made)
            try:
                worker.start()
            except RuntimeError:  # the machine has no thread left
                return None
            self._workers.add(worker)
            return worker

    def park(self, worker: PoolThread) -> bool:
        """Keep a worker for the next call; False: there will be none."""
        with self._lock:
            if self.dismissed:
                return False
            self._parked.append(worker)
            return True

    def retire(self, worker: PoolThread) -> bool:
        """Let a worker go that nobody has called for a while; False: somebody just does."""
        with self._lock:
            if worker not in self._parked:
                return False
            self._parked.remove(worker)
            self._workers.discard(worker)
            return True

    def dismiss(self) -> None:
        """Let all go: the parked at once, the others when they come back."""
        with self._lock:
            self.dismissed = True
            for worker in self._parked:
                worker.bell.release()
            self._parked.clear()

    def join(self, seconds: float) -> None:
        """Wait until all have gone, or for so long."""
        deadline = time.monotonic() + seconds
        for worker in list(self._workers):
            if worker is not threading.current_thread():
                worker.join(max(deadline - time.monotonic(), 0.0))
