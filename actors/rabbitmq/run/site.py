"""Where a run over a broker takes place: what a person says on the command line."""

from __future__ import annotations

from dataclasses import dataclass

from actors.rabbitmq.both.topology import DEPTH, SHARDS, Topology
from actors.rabbitmq.both.wire import Announcement
from actors.scenario.model import Scenario

__all__ = ["Site"]


@dataclass(frozen=True)
class Site:
    """A broker, a store, a run.

    Attributes:
        broker: an AMQP URL.
        store: the URL of a store that every worker can reach.
        run: the run's id; a run that is there already is continued.
        workers: worker processes to start on this machine; 0: they are started elsewhere.
        shards: how many lines orders stand in.
        depth: messages that one line takes before it refuses.
        expected: workers that must be there before the run begins; at least the local ones.
        patience_s: seconds to wait for the broker at the start.
    """

    broker: str
    store: str
    run: str
    workers: int = 0
    shards: int = SHARDS
    depth: int = DEPTH
    expected: int = 1
    patience_s: float = 30.0

    @property
    def topology(self) -> Topology:
        """The run's queues."""
        return Topology(self.run, self.shards, self.depth)

    def announcement(self, scenario: Scenario, speed: float) -> Announcement:
        """What workers must know of the run; `speed` is scenario seconds a real second."""
        processors = scenario.processors
        return Announcement(
            run=self.run,
            shards=self.shards,
            speed=speed,
            service_time=processors.service_time.text,
            line_time=processors.line_time.text,
            fulfilment=processors.fulfilment,
            processors=processors.count,
        )
