"""A run's other side: broker, workers and store, from the first connection to the last."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from typing import Final

from actors.measure.journal import Event, EventKind
from actors.rabbitmq.both.wire import OrderEnded
from actors.rabbitmq.run.coordinator import Coordinator
from actors.rabbitmq.run.site import Site
from actors.rabbitmq.run.supervisor import Supervisor
from actors.rabbitmq.run.worker_processes import WorkerProcesses
from actors.runtime.base import Runtime
from actors.scenario.model import Scenario
from actors.wiring.backend import Playing

__all__ = ["RemoteSide"]

POLL_S: Final = 0.02


class RemoteSide:
    """Opens, awaits and closes what is beyond this process.

    Args:
        site: broker, store and run id.
        scenario: what is played.
        runtime: whose clock and journal tell what happens.
        speed: scenario seconds a real second.
        arrived: called with outcomes as they come, repeats too, on a thread of the broker's.
    """

    def __init__(
        self,
        site: Site,
        scenario: Scenario,
        runtime: Runtime,
        speed: float,
        arrived: Callable[[Sequence[OrderEnded]], None],
    ) -> None:
        self._site = site
        self._scenario = scenario
        self._runtime = runtime
        self.coordinator = Coordinator(
            site.broker, site.topology, site.announcement(scenario, speed), arrived, self.note
        )
        self.workers = WorkerProcesses(
            site.workers,
            site.broker,
            site.store,
            site.run,
            processors=max(1, -(-scenario.processors.count // max(1, site.workers))),
        )
        self._supervisor: Supervisor | None = None

    def note(self, actor: str, kind: EventKind, words: str) -> None:
        """Tell whoever watches; from any thread."""
        self._runtime.record(Event(self._runtime.now, actor, kind, "", words))

    def open(self, playing: Playing, *, again: bool) -> None:
        """Connect, start the workers and wait for them.

        Args:
            playing: the run.
            again: it was started before: workers of then may not have noticed yet that it ended.

        Raises:
            BrokerUnreachable, BrokerRefused: there is no broker, or it would not have the run.
            WorkerFailed: the workers to be started here cannot work.
        """
        self.coordinator.open(self._site.patience_s, lambda: playing.stops > 0)
        self._supervisor = Supervisor(
            self.coordinator, self.workers, self._stalled, playing.stop_at_once
        )
        self.workers.start(f"local-{secrets.token_hex(2)}" if again else "local")
        self._supervisor.start()
        self._await_workers(playing)

    def _await_workers(self, playing: Playing) -> None:
        """Wait for the first workers, and for all that are started here."""
        site = self._site
        strategy = self._scenario.router.strategy
        words = f"{site.shards} shards by product, in place of router.strategy {strategy}"
        self.note("router", "phase", words)
        if not site.workers:
            self.note("simulation", "stalled", f"run {site.run} waits for a worker")
        wanted = max(site.expected, site.workers)
        self.until(lambda: len(self.coordinator.membership.present) >= wanted, playing)

    def _stalled(self) -> None:
        self.note("simulation", "stalled", "no worker serves this run")

    def flush(self, playing: Playing) -> bool:
        """See that nothing is under way to a worker any more; False if that must not be awaited."""
        self.coordinator.flush()
        return self.until(lambda: self.coordinator.flushed, playing)

    def until(self, condition: Callable[[], bool], playing: Playing) -> bool:
        """Wait for a condition; False if somebody wants the run to end at once."""
        while not condition():
            self.raise_failure()
            if playing.stops > 1:
                return False
            time.sleep(POLL_S)
        return True

    def raise_failure(self) -> None:
        """Raise what ended the supervisor, if it has ended."""
        if self._supervisor is not None and self._supervisor.failure is not None:
            raise self._supervisor.failure

    def close(self, *, over: bool) -> None:
        """Part from workers and broker; a run that is not over can be continued."""
        if self._supervisor is None:
            self.coordinator.close()  # it was opened in vain, or not at all
            return
        self._supervisor.end()  # first: workers that are dismissed must not be replaced
        if over:
            self.coordinator.dismiss()
        self.workers.stop()
        self.coordinator.close()
