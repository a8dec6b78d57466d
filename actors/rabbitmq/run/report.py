"""What a run over a broker found: as anywhere, with a store's rows in the inventories' place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import msgspec
from typing_extensions import override

from actors.decisions.stock import Stock
from actors.measure.audit import audit
from actors.measure.average import BusyTime, TimeAverage
from actors.measure.result import (
    AuditReport,
    BrokerReport,
    Check,
    ProcessorLoad,
    Processors,
    Queue,
    Result,
    WorkerReport,
)
from actors.rabbitmq.run.membership import Member
from actors.runtime.base import Runtime
from actors.scenario.loader import LoadedScenario
from actors.stores.store import StockRow
from actors.wiring.participants import Participants
from actors.wiring.result_builder import ResultBuilder

__all__ = ["RemoteResultBuilder", "StoredShelf", "Traffic"]


@dataclass
class StoredShelf:
    """One product's row as the audit wants to see it."""

    row: StockRow
    sold_out_at: float | None
    busy: BusyTime = field(default_factory=BusyTime)

    def __post_init__(self) -> None:
        row = self.row
        self.sku, self.name = row.sku, f"inventory/{row.sku}"
        self.initial, self.lowest = row.initial, row.lowest
        self.sold, self.returned, self.restocked = row.sold, row.returned, row.restocked
        self.short = None  # no store counts what it refuses

    @property
    def stock(self) -> Stock:
        """On hand and reserved."""
        return Stock(self.row.on_hand, self.row.reserved)


@dataclass(frozen=True)
class Traffic:
    """What is known of the broker's side when the run has ended.

    Attributes:
        run: its id.
        shards: how many.
        members: every worker that has ever been there, by name.
        capacity: orders in service at once, by those who were there at the end.
        queue: orders in line at the broker.
        stored: outcomes in the store.
        given_up: orders that the broker delivered in vain too often; the store has none of them.
        joined, lost, repeats, recovered, dead_letters, reconnects: as in `BrokerReport`.
    """

    run: str
    shards: int
    members: Mapping[str, Member]
    capacity: int
    queue: TimeAverage
    stored: int
    given_up: int
    joined: int
    lost: int
    repeats: int
    recovered: int
    dead_letters: int
    reconnects: int


class RemoteResultBuilder(ResultBuilder):
    """Everything that a finished run over a broker found.

    Args:
        traffic: the broker's side; the others are those of `ResultBuilder`.
    """

    def __init__(
        self,
        loaded: LoadedScenario,
        runtime: Runtime,
        participants: Participants,
        traffic: Traffic,
        *,
        now: float,
        cut: bool,
        interrupted: bool,
        wall_s: float,
    ) -> None:
        super().__init__(
            loaded, runtime, participants, now=now, cut=cut, interrupted=interrupted, wall_s=wall_s
        )
        self._traffic = traffic

    @override
    def result(self) -> Result:
        return msgspec.structs.replace(super().result(), broker=self._broker())

    @cached_property
    def processors(self) -> Processors:
        """Each worker's processors together, and the lines at the broker."""
        queue = self._traffic.queue
        each = tuple(
            ProcessorLoad(orders=member.labours.orders, utilisation=self._share(name, member))
            for name, member in self._traffic.members.items()
        )
        busy = sum(map(self._busy, self._traffic.members))
        return Processors(
            count=self._traffic.capacity,
            utilisation=self._part(busy, self._traffic.capacity),
            queue=Queue(mean=queue.mean(self._now), max=queue.largest(self._now)),
            each=each,
        )

    def _busy(self, worker: str) -> float:
        """The seconds after the warm-up for which a worker's orders say that it was busy."""
        return self._participants.examiner.busy(f"worker/{worker}")

    def _share(self, worker: str, member: Member) -> float:
        return self._part(self._busy(worker), member.processors)

    def _part(self, busy_s: float, processors: int) -> float:
        """Of the time that so many processors had, in which they were busy for `busy_s`."""
        had = (self._now - self._loaded.scenario.warm_up) * processors
        return min(1.0, busy_s / had) if had > 0 else 0.0

    @override
    def _verdict(self) -> AuditReport:
        verdict = audit(self._evidence())
        if self._cut:
            return verdict
        told = sum(server.finished for server in self._participants.processors)
        told -= self._traffic.given_up
        stored = self._traffic.stored
        check = Check(
            name="store agrees",
            ok=stored == told,
            detail=f"{stored:,} outcomes in the store, {told:,} told to the run",
        )
        return AuditReport(ok=verdict.ok and check.ok, checks=(*verdict.checks, check))

    def _broker(self) -> BrokerReport:
        traffic = self._traffic
        labours = [member.labours for member in traffic.members.values()]
        return BrokerReport(
            run=traffic.run,
            shards=traffic.shards,
            strategy=self._loaded.scenario.router.strategy,
            workers=tuple(
                WorkerReport(
                    worker=name,
                    processors=member.processors,
                    orders=member.labours.orders,
                    utilisation=self._share(name, member),
                )
                for name, member in traffic.members.items()
            ),
            joined=traffic.joined,
            lost=traffic.lost,
            batches=sum(each.batches for each in labours),
            fenced=sum(each.fenced for each in labours),
            redeliveries=sum(each.redeliveries for each in labours),
            repeats=traffic.repeats,
            recovered=traffic.recovered,
            dead_letters=traffic.dead_letters,
            reconnects=traffic.reconnects + sum(each.reconnects for each in labours),
        )
