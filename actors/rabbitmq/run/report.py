"""What is known of a run's other side when it has ended: its workers, its lines, its store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from actors.decisions.stock import Stock
from actors.measure.meters import Level
from actors.measure.result import (
    BrokerReport,
    Check,
    ProcessorLoad,
    Processors,
    Queue,
    WorkerReport,
)
from actors.rabbitmq.run.membership import Member
from actors.rabbitmq.run.shard import Shard
from actors.stores.store import StockRow

__all__ = ["BrokerFindings", "StoredShelf"]


@dataclass
class StoredShelf:
    """One product's row as the audit wants to see it."""

    row: StockRow
    sold_out_at: float | None

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
class BrokerFindings:
    """What the run reports besides what it finds itself.

    Attributes:
        run: its id.
        strategy: what the scenario says of the router's, in whose place there are shards.
        warm_up: seconds; what was before is not measured.
        members: every worker that has ever been there, by name.
        capacity: orders in service at once, by those who were there at the end.
        line: orders that stood in line at the broker.
        busy: the seconds for which the orders of a worker say that it was busy with them.
        shards: those who sent the orders.
        stored: outcomes in the store.
        joined, lost, dead_letters, reconnects: as in `BrokerReport`.
    """

    run: str
    strategy: str
    warm_up: float
    members: Mapping[str, Member]
    capacity: int
    line: Level
    busy: Callable[[str], float]
    shards: Sequence[Shard]
    stored: int
    joined: int
    lost: int
    dead_letters: int
    reconnects: int

    def processors(self, now: float) -> Processors:
        """Each worker's processors together, and the lines at the broker."""
        each = tuple(
            ProcessorLoad(orders=member.labours.orders, utilisation=self._share(name, member, now))
            for name, member in self.members.items()
        )
        busy_s = sum(map(self._busy, self.members))
        return Processors(
            count=self.capacity,
            utilisation=self._part(busy_s, self.capacity, now),
            queue=Queue(mean=self.line.mean(now), max=self.line.largest(now)),
            each=each,
        )

    def _busy(self, worker: str) -> float:
        return self.busy(f"worker/{worker}")

    def _share(self, worker: str, member: Member, now: float) -> float:
        return self._part(self._busy(worker), member.processors, now)

    def _part(self, busy_s: float, processors: int, now: float) -> float:
        """Of the time that so many processors had, in which they were busy for `busy_s`."""
        had = (now - self.warm_up) * processors
        return min(1.0, busy_s / had) if had > 0 else 0.0

    def checks(self) -> Sequence[Check]:
        """The store and the run know of the same orders."""
        told = sum(shard.finished - shard.given_up for shard in self.shards)
        return (
            Check(
                name="store agrees",
                ok=self.stored == told,
                detail=f"{self.stored:,} outcomes in the store, {told:,} told to the run",
            ),
        )

    def broker(self, now: float) -> BrokerReport:
        """What broker and workers did."""
        labours = [member.labours for member in self.members.values()]
        return BrokerReport(
            run=self.run,
            shards=len(self.shards),
            strategy=self.strategy,
            workers=tuple(
                WorkerReport(
                    worker=name,
                    processors=member.processors,
                    orders=member.labours.orders,
                    utilisation=self._share(name, member, now),
                )
                for name, member in self.members.items()
            ),
            joined=self.joined,
            lost=self.lost,
            batches=sum(each.batches for each in labours),
            fenced=sum(each.fenced for each in labours),
            redeliveries=sum(each.redeliveries for each in labours),
            repeats=sum(shard.repeats for shard in self.shards),
            recovered=sum(shard.recovered for shard in self.shards),
            dead_letters=self.dead_letters,
            reconnects=self.reconnects + sum(each.reconnects for each in labours),
        )
