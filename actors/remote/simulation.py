"""A scenario over a broker: clients, router and collector here, processors and stock elsewhere."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import BinaryIO, ClassVar, Final

from typing_extensions import override

from actors.broker.topology import shard_of
from actors.broker.wire import Outcome, Settled
from actors.chance import Chance
from actors.findings import Findings
from actors.measure.audit import Rules
from actors.measure.journal import Detail, Event, EventKind, Journal
from actors.measure.result import Result
from actors.remote.base import Base
from actors.remote.caretaker import Caretaker
from actors.remote.earlier import EarlierClient, PlaceAgain
from actors.remote.findings import RemoteFindings, StoredShelf, Traffic
from actors.remote.local import LocalWorkers
from actors.remote.runtime import RemoteRuntime
from actors.remote.shard import Arrived, Shard
from actors.remote.sharding import Sharded, shard_name
from actors.remote.site import Site, refuse_impossible
from actors.remote.stored import StoredRun, fingerprint
from actors.scenario.loader import LoadedScenario
from actors.simulation import Simulation
from actors.strategies import Strategy
from actors.troupe import Server, Shelf, Troupe

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
        self.base = Base(
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
        self._caretaker = Caretaker(self.base, self.workers, self._stalled, self._stop_at_once)

    # Setting up.

    @override
    def _count_servers(self) -> int:
        return self._site.shards + 1

    @override
    def _spawn_all(self) -> Troupe:
        troupe = super()._spawn_all()
        if not self._resumed:
            return troupe
        earlier = self._spawn(EARLIER, partial(EarlierClient, "", troupe.ledger))
        return replace(troupe, clients=[*troupe.clients, earlier])

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
                    Shard, self._fingerprint, self.base.publisher_of(number), self._known[number]
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
                capacity=lambda: self.base.roster.capacity,
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
            self.base.open(self._site.patience_s, lambda: self._stops > 0)
            self.workers.start()
            self._caretaker.start()
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
        self._until(lambda: len(self.base.roster.present) >= wanted)

    def _note_strategy(self) -> None:
        strategy = self.loaded.scenario.router.strategy
        words = f"{self._site.shards} shards by product, in place of router.strategy {strategy}"
        self._tell_journal("router", "phase", words)

    def _recall(self) -> None:
        """Have all settled that an earlier start left under way, and learn what came of it."""
        self.base.flush()
        self._until(lambda: self.base.flushed)
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
        if self._caretaker.failure is not None:
            raise self._caretaker.failure

    def _flush(self) -> bool:
        """See that nothing is under way to a worker any more; False if that must not be awaited."""
        self.base.flush()
        return self._until(lambda: self.base.flushed)

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
    def _findings(self, now: float, *, cut: bool, wall_s: float) -> Findings:
        roster, shards = self.base.roster, self.runtime.shards
        traffic = Traffic(
            run=self._site.run,
            shards=self._site.shards,
            members=roster.members,
            capacity=roster.capacity,
            queue=self._sharding.queue,
            stored=self._settled_orders,
            given_up=sum(shard.given_up for shard in shards),
            joined=roster.joined,
            lost=roster.lost,
            repeats=sum(shard.repeats for shard in shards),
            recovered=sum(shard.recovered for shard in shards),
            dead_letters=self.base.dead_letters,
            reconnects=self.base.reconnects,
        )
        self._over = not cut
        return RemoteFindings(
            self.loaded,
            self.runtime,
            self.troupe,
            traffic,
            now=now,
            cut=cut,
            interrupted=self._stops > 0,
            wall_s=wall_s,
        )

    def _end(self) -> None:
        """Part from workers and broker; a run that is not over can be continued."""
        self.runtime.stop()
        self._caretaker.end()  # first: workers that are dismissed must not be replaced
        if self._over:
            self.base.dismiss()
        self.workers.stop()
        self.base.close()

    # What goes on beside.

    def _settled(self, outcomes: Sequence[Outcome]) -> None:
        """Outcomes have come; on the broker's thread."""
        by_shard: dict[int, list[Outcome]] = {}
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
