"""What a run does about a worker that dies: it notices, says so, and starts another.

One that was started here is replaced at once; one from elsewhere is given up after five seconds
of silence (`membership.py`). Its shards go to the others with the next announcement, and the
orders that it had in hand with them: `worker/acknowledger.py` has why none is lost or done twice.
All this is on a thread of its own, as long as the run lasts.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from actors.rabbitmq.run.coordinator import Coordinator
from actors.rabbitmq.run.worker_processes import WorkerProcesses

__all__ = ["Supervisor"]

TURN_S: Final = 0.1
STALLED_S: Final = 10.0  # without any worker, until a person is told


class Supervisor(threading.Thread):
    """Replaces local workers that died, and keeps the coordinator going.

    Args:
        coordinator: the run's end of the broker.
        workers: those that the run has started.
        stalled: called when nobody has served the run for a while.
        failed: called once if it cannot go on; `failure` says why.
    """

    def __init__(
        self,
        coordinator: Coordinator,
        workers: WorkerProcesses,
        stalled: Callable[[], None],
        failed: Callable[[], None],
    ) -> None:
        super().__init__(name="supervisor", daemon=True)
        self._coordinator = coordinator
        self._workers = workers
        self._stalled = stalled
        self._failed = failed
        self._ended = threading.Event()
        self._served = time.monotonic()
        self.failure: Exception | None = None

    def run(self) -> None:
        """Look around ten times a second."""
        while not self._ended.wait(TURN_S):
            try:
                self._look_around()
            except Exception as failure:  # noqa: BLE001 — raised again where the run is played
                self.failure = failure
                self._failed()
                return

    def _look_around(self) -> None:
        for name, why in self._workers.replace_dead():
            self._coordinator.membership.dead(name, why)
        self._coordinator.keep()
        now = time.monotonic()
        if self._coordinator.membership.present:
            self._served = now
        elif now - self._served > STALLED_S:
            self._served = now
            self._stalled()

    def end(self) -> None:
        """Look no more, and wait until that is so."""
        self._ended.set()
        if self.is_alive():
            self.join()
