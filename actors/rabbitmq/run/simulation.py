"""A scenario over a broker: clients, router and collector here, processors and stock elsewhere."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import BinaryIO, ClassVar, Final

from typing_extensions import override

from actors.common.random_streams import Chance
from actors.decisions.routing import Strategy
from actors.measure.audit import Rules
from actors.measure.journal import Detail, Event, EventKind, Journal
from actors.measure.result import Result
from actors.rabbitmq.both.topology import shard_of
from actors.rabbitmq.both.wire import OrderEnded, Settled
from actors.rabbitmq.run.coordinator import Coordinator
from actors.rabbitmq.run.report import RemoteResultBuilder, StoredShelf, Traffic
from actors.rabbitmq.run.resume import PlaceAgain, ResumingClient
from actors.rabbitmq.run.runtime import RemoteRuntime
from actors.rabbitmq.run.shard import Arrived, Shard
from actors.rabbitmq.run.sharding import Sharded, shard_name
from actors.rabbitmq.run.site import Site, refuse_impossible
from actors.rabbitmq.run.stored_run import StoredRun, fingerprint
from actors.rabbitmq.run.supervisor import Supervisor
from actors.rabbitmq.run.worker_processes import LocalWorkers
from actors.scenario.loader import LoadedScenario
from actors.simulation import Simulation
from actors.wiring.participants import Participants, Server, Shelf
from actors.wiring.result_builder import ResultBuilder

__all__ = ["RemoteSimulation"]

POLL_S: Final = 0.02
EARLIER: Final = "client/earlier-start"


class RemoteSimulation(Simulation):
    """One run of a scenario over a broker.

    Args:
        loaded: the scenario.
        site: broker, store and run id.
        seed, speed, journal, detail, records: as in `Simulation`.

    Raises:
        UsageError: the scenario wants what cannot be had over a broker.
        StoreError: the store cannot be reached, or has the run with another scenario.
    """

    runtimes: ClassVar = {RemoteRuntime.kind: RemoteRuntime}
    runtime: RemoteRuntime

    def __init__(
        self,
        loaded: LoadedScenario,
        site: Site,
        *,
        seed: int | None = None,
        speed: float | None = None,
        journal: Journal | None = None,
        detail: Detail = Detail.OUTCOMES,
        records: BinaryIO | None = None,
    ) -> None:
        refuse_impossible(loaded)
        scenario = loaded.scenario
        self._site = site
        chosen = scenario.seed if seed is None else seed
        self._fingerprint = fingerprint(loaded, chosen)
        self._stored = StoredRun(site.store, site.run, self._fingerprint)
        self._shelves: list[Shelf] = []
        self._known: list[dict[str, Settled]] = [{} for _ in range(site.shards)]
        self._resumed = self._stored.enter(
            {sku: product.stock for sku, product in loaded.products.items()}
        )
        self._settled_orders = 0
        self._over = False
        self.coordinator = Coordinator(
            site.broker,
            site.topology,
            site.announcement(scenario, speed or 1.0),
            self._settled,
            self._tell_journal,
        )
        super().__init__(
            loaded,
            runtime=RemoteRuntime.kind,
            seed=chosen,
            speed=speed,
            journal=journal,
            detail=detail,
            records=records,
        )
        self.workers = LocalWorkers(
            site.workers,
            site.broker,
            site.store,
            site.run,
            processors=max(1, -(-scenario.processors.count // max(1, site.workers))),
            # Workers of an earlier start may not have noticed yet that it has ended.
            prefix=f"local-{secrets.token_hex(2)}" if self._resumed else "local",
        )
        self._supervisor = Supervisor(
            self.coordinator, self.workers, self._stalled, self._stop_at_once
        )

    # Setting up.

    @override
    def _count_servers(self) -> int:
        return self._site.shards + 1

    @override
    def _spawn_all(self) -> Participants:
        participants = super()._spawn_all()
        if not self._resumed:
            return participants
        earlier = self._spawn(EARLIER, partial(ResumingClient, "", participants.ledger))
        return replace(participants, clients=[*participants.clients, earlier])

    @override
    def _spawn_inventories(self) -> Sequence[Shelf]:
        return self._shelves  # the rows of the store, once the run is over

    @override
    def _name_processors(self) -> tuple[str, ...]:
        return tuple(map(shard_name, range(self._site.shards)))

    @override
    def _spawn_processors(self, names: Sequence[str]) -> Sequence[Server]:
        shards = [
            self._spawn(
                name,
                partial(
                    Shard,
                    self._fingerprint,
                    self.coordinator.publisher_of(number),
                    self._known[number],
                ),
            )
            for number, name in enumerate(names)
        ]
        self.runtime.shards = tuple(shards)
        return shards

    @override
    def _choose_strategy(self, processors: tuple[str, ...]) -> Callable[[Chance], Strategy]:
        scenario = self.loaded.scenario

        def make(rng: Chance) -> Strategy:
            self._sharding = Sharded(
                processors,
                rng,
                capacity=lambda: self.coordinator.membership.capacity,
                clock=lambda: self.runtime.now,
                limit=scenario.router.queue_limit,
                settled=lambda order_id: any(order_id in known for known in self._known),
                warm_up=scenario.warm_up,
            )
            return self._sharding

        return make

    @override
    def _rules(self) -> Rules:
        """A worker serves several orders at once, and what comes of an order takes its time.

        Orders of an earlier start are placed when they come to light, by one client for all.
        """
        rules = replace(super()._rules(), single=False, may_fail=True)
        if self._resumed:
            rules = replace(rules, windows=dict.fromkeys(rules.windows), closed=frozenset())
        return rules

    # Playing.

    @override
    def run(self) -> Result:
        """Play the scenario to its end and judge it.

        Raises:
            BrokerUnreachable, BrokerRefused: there is no broker, or it would not have the run.
            WorkerFailed: the workers to be started here cannot work.
            StoreUnreachable: the store cannot be reached at the end; the run can be continued.
        """
        try:
            self.coordinator.open(self._site.patience_s, lambda: self._stops > 0)
            self.workers.start()
            self._supervisor.start()
            self._await_workers()
            if self._resumed:
                self._recall()
            return super().run()
        finally:
            self._end()

    def _await_workers(self) -> None:
        """Wait for the first workers, and for all that are started here."""
        wanted = max(self._site.expected, self._site.workers)
        self._note_strategy()
        if not self._site.workers:
            self._tell_journal("simulation", "stalled", f"run {self._site.run} waits for a worker")
        self._until(lambda: len(self.coordinator.membership.present) >= wanted)

    def _note_strategy(self) -> None:
        strategy = self.loaded.scenario.router.strategy
        words = f"{self._site.shards} shards by product, in place of router.strategy {strategy}"
        self._tell_journal("router", "phase", words)

    def _recall(self) -> None:
        """Have all settled that an earlier start left under way, and learn what came of it."""
        self.coordinator.flush()
        self._until(lambda: self.coordinator.flushed)
        for settled in self._stored.outcomes():
            order = settled.job.order
            self._known[shard_of(order.lines[0].sku, self._site.shards)][order.id] = settled
        count = sum(map(len, self._known))
        words = f"run {self._site.run} goes on: {count:,} orders were settled before"
        self._tell_journal("simulation", "restored", words)

    def _until(self, condition: Callable[[], bool]) -> bool:
        """Wait for a condition; False if somebody wants the run to end at once."""
        while not condition():
            self._raise_failure()
            if self._stops > 1:
                return False
            time.sleep(POLL_S)
        return True

    @override
    def _play(self) -> bool:
        cut = super()._play() or not self._flush()
        if not cut and self._resumed:
            cut = self._play_earlier()
        self._raise_failure()
        self._read_store()
        return cut

    def _raise_failure(self) -> None:
        if self._supervisor.failure is not None:
            raise self._supervisor.failure

    def _flush(self) -> bool:
        """See that nothing is under way to a worker any more; False if that must not be awaited."""
        self.coordinator.flush()
        return self._until(lambda: self.coordinator.flushed)

    def _play_earlier(self) -> bool:
        jobs = tuple(settled.job for known in self._known for settled in known.values())
        self.runtime.tell(EARLIER, PlaceAgain(jobs))
        return super()._play()

    def _read_store(self) -> None:
        """Take the rows as they are now for the audit."""
        rows, self._settled_orders = self._stored.rows(), self._stored.count()
        sold_out = {sku: at for shard in self.runtime.shards for sku, at in shard.sold_out.items()}
        self._shelves.extend(
            StoredShelf(row, sold_out.get(row.sku, None if row.initial else 0.0)) for row in rows
        )

    @override
    def _result_builder(self, now: float, *, cut: bool, wall_s: float) -> ResultBuilder:
        membership, shards = self.coordinator.membership, self.runtime.shards
        traffic = Traffic(
            run=self._site.run,
            shards=self._site.shards,
            members=membership.members,
            capacity=membership.capacity,
            queue=self._sharding.queue,
            stored=self._settled_orders,
            given_up=sum(shard.given_up for shard in shards),
            joined=membership.joined,
            lost=membership.lost,
            repeats=sum(shard.repeats for shard in shards),
            recovered=sum(shard.recovered for shard in shards),
            dead_letters=self.coordinator.dead_letters,
            reconnects=self.coordinator.reconnects,
        )
        self._over = not cut
        return RemoteResultBuilder(
            self.loaded,
            self.runtime,
            self.participants,
            traffic,
            now=now,
            cut=cut,
            interrupted=self._stops > 0,
            wall_s=wall_s,
        )

    def _end(self) -> None:
        """Part from workers and broker; a run that is not over can be continued."""
        self.runtime.stop()
        self._supervisor.end()  # first: workers that are dismissed must not be replaced
        if self._over:
            self.coordinator.dismiss()
        self.workers.stop()
        self.coordinator.close()

    # What goes on beside.

    def _settled(self, outcomes: Sequence[OrderEnded]) -> None:
        """Outcomes have come; on the broker's thread."""
        by_shard: dict[int, list[OrderEnded]] = {}
        for outcome in outcomes:
            by_shard.setdefault(outcome.shard, []).append(outcome)
        for shard, some in by_shard.items():
            self.runtime.tell(shard_name(shard), Arrived(tuple(some)))

    def _tell_journal(self, actor: str, kind: EventKind, words: str) -> None:
        self.runtime.record(Event(self.runtime.now, actor, kind, "", words))

    def _stalled(self) -> None:
        self._tell_journal("simulation", "stalled", "no worker serves this run")

    def _stop_at_once(self) -> None:
        self.stop()
        self.stop()
