"""A scenario over a broker: clients, router and collector here, processors and stock elsewhere.

Simulation(loaded, backend=BrokerBackend(Site(broker, store, run="monday"))).run()

What stands for the processors here is a shard for each line at the broker, and for the
inventories the rows of the store. The clock, the actors, the audit and the result are those of
every run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from typing_extensions import override

from actors.client import Client
from actors.common.random_streams import Chance
from actors.decisions.routing import Strategy
from actors.errors import UsageError
from actors.measure.audit import Rules
from actors.measure.ledger import Ledger
from actors.measure.result import BrokerReport, Check, Processors
from actors.messages import Halt, Place, Serve
from actors.rabbitmq.both.topology import shard_of
from actors.rabbitmq.both.wire import OrderEnded, StoredOrder
from actors.rabbitmq.run.limits import refuse_cast, refuse_scenario
from actors.rabbitmq.run.remote_side import RemoteSide
from actors.rabbitmq.run.report import BrokerFindings, StoredShelf
from actors.rabbitmq.run.resume import PlaceAgain, ResumingClient
from actors.rabbitmq.run.shard import Arrived, Shard
from actors.rabbitmq.run.sharding import Sharded, shard_name
from actors.rabbitmq.run.site import Site
from actors.rabbitmq.run.stored_run import StoredRun, fingerprint
from actors.ref import Ref
from actors.router import Router
from actors.runtime.base import Runtime
from actors.runtime.threads import ThreadsRuntime
from actors.scenario.loaded import LoadedScenario
from actors.wiring.backend import Backend, Options, Playing, Setting
from actors.wiring.participants import Shelf
from actors.wiring.roles import Cast

__all__ = ["BrokerBackend"]

RESUMING: Final = "client/resumed"
LINE: Final = "broker"  # the meter of the orders that stand in line there


class BrokerBackend(Backend):
    """Processors and stock are workers', behind RabbitMQ.

    Args:
        site: broker, store and run id.
    """

    kind = "rabbitmq"
    side: RemoteSide

    def __init__(self, site: Site) -> None:
        self.site = site
        self._shelves: list[Shelf] = []
        self._shards: Sequence[Shard] = ()
        self._known: list[dict[str, StoredOrder]] = [{} for _ in range(site.shards)]
        self._resumed = False
        self._resuming: ResumingClient | None = None

    # Before anything is started.

    @override
    def make_runtime(self, loaded: LoadedScenario, cast: Cast, options: Options) -> Runtime:
        refuse_scenario(loaded)
        refuse_cast(cast)
        if options.replication:
            raise UsageError(
                "a run over a broker is the plain one: --replication cannot be with it"
            )
        self._loaded = loaded
        self._fingerprint = fingerprint(loaded, options.seed)
        self._stored = StoredRun(self.site.store, self.site.run, self._fingerprint)
        self._runtime = ThreadsRuntime(
            seed=options.seed,
            journal=options.journal,
            detail=options.detail,
            interceptor=options.interceptor,
            speed=options.speed,
        )
        speed = self._runtime.speed
        self.side = RemoteSide(self.site, loaded.scenario, self._runtime, speed, self._arrived)
        return self._runtime

    @override
    def count_servers(self, loaded: LoadedScenario) -> int:
        return self.site.shards + 1  # and perhaps the client that goes on

    # Actors are made.

    @override
    def prepare(self) -> None:
        """Enter the run in the store, or find it there.

        Raises:
            StoreError: the store cannot be reached, or has the run with another scenario.
        """
        stock = {sku: product.stock for sku, product in self._loaded.products.items()}
        self._resumed = self._stored.enter(stock)

    @override
    def rules(self, rules: Rules) -> Rules:
        """A worker serves several orders at once, and what comes of an order takes its time.

        Orders of a previous start are placed when they come to light, by one client for all.
        """
        rules = replace(rules, single=False, may_fail=True)
        if self._resumed:
            rules = replace(rules, windows=dict.fromkeys(rules.windows), closed=frozenset())
        return rules

    @override
    def make_inventories(self, setting: Setting) -> Sequence[Shelf]:
        return self._shelves  # the rows of the store, once the run is played

    @override
    def strategy(self, setting: Setting) -> Callable[[Chance], Strategy[Ref[Serve]]]:
        self._line = setting.meters.level(LINE)
        return partial(
            Sharded,
            shards=self.site.shards,
            capacity=lambda: self.side.coordinator.membership.capacity,
            clock=lambda: self._runtime.now,
            limit=self._loaded.scenario.router.queue_limit,
            applied=lambda order_id: any(order_id in known for known in self._known),
            line=self._line,
        )

    @override
    def make_processors(self, setting: Setting, router: Router) -> Sequence[Shard]:
        self._shards = [
            self._runtime.enlist(
                shard_name(number),
                partial(
                    Shard,
                    router.actor_ref,
                    setting.collector,
                    self._runtime.remote_work(),
                    scenario=self._fingerprint,
                    publish=self.side.coordinator.publisher_of(number),
                    known=known,
                ),
            )
            for number, known in enumerate(self._known)
        ]
        return self._shards

    @override
    def make_clients(
        self, setting: Setting, router: Ref[Place], ledger: Ledger
    ) -> Sequence[Client[Halt]]:
        if not self._resumed:
            return ()
        client = partial(ResumingClient, "", router, ledger)
        self._resuming = self._runtime.enlist(RESUMING, client)
        return (self._resuming,)

    # The run.

    @override
    def open(self, playing: Playing) -> None:
        """Connect, have workers, and learn what came of a previous start.

        Raises:
            BrokerUnreachable, BrokerRefused: there is no broker, or it would not have the run.
            WorkerFailed: the workers to be started here cannot work.
        """
        self.side.open(playing, again=self._resumed)
        if self._resumed:
            self._recall(playing)

    def _recall(self, playing: Playing) -> None:
        """Have all take effect that a previous start left under way, and learn how it ended."""
        self.side.flush(playing)
        for stored in self._stored.outcomes():
            order = stored.job.order
            self._known[shard_of(order.lines[0].sku, self.site.shards)][order.id] = stored
        count = sum(map(len, self._known))
        words = f"run {self.site.run} goes on: {count:,} orders had ended before"
        self.side.note("simulation", "restored", words)

    def _arrived(self, outcomes: Sequence[OrderEnded]) -> None:
        """Outcomes have come; on the broker's thread."""
        by_shard: dict[int, list[OrderEnded]] = {}
        for outcome in outcomes:
            by_shard.setdefault(outcome.shard, []).append(outcome)
        for shard, some in by_shard.items():
            self._shards[shard].actor_ref.tell(Arrived(tuple(some)))

    @override
    def play(self, playing: Playing) -> bool:
        """Play until nothing is under way here or there, and take the rows for the audit.

        Raises:
            StoreUnreachable: the store cannot be reached at the end; the run can be continued.
            WorkerFailed: the workers that were started here cannot work.
        """
        cut = playing.play() or not self.flush(playing)
        if not cut and self._resuming is not None:
            jobs = tuple(stored.job for known in self._known for stored in known.values())
            self._resuming.actor_ref.tell(PlaceAgain(jobs))
            cut = playing.play()
        self.side.raise_failure()
        self._look_back(playing)
        return cut

    def flush(self, playing: Playing) -> bool:
        """See that nothing is under way to a worker any more; False if that must not be awaited."""
        return self.side.flush(playing)

    def _look_back(self, playing: Playing) -> None:
        """Take what store, broker and workers have to tell."""
        rows, stored = self._stored.rows(), self._stored.count()
        sold_out = {sku: at for shard in self._shards for sku, at in shard.sold_out.items()}
        self._shelves.extend(
            StoredShelf(row, sold_out.get(row.sku, None if row.initial else 0.0)) for row in rows
        )
        scenario, coordinator = self._loaded.scenario, self.side.coordinator
        membership = coordinator.membership
        self._findings = BrokerFindings(
            run=self.site.run,
            strategy=scenario.router.strategy,
            warm_up=scenario.warm_up,
            members=membership.members,
            capacity=membership.capacity,
            line=self._line,
            busy=playing.participants.examiner.busy,
            shards=self._shards,
            stored=stored,
            joined=membership.joined,
            lost=membership.lost,
            dead_letters=coordinator.dead_letters,
            reconnects=coordinator.reconnects,
        )

    @override
    def close(self, *, over: bool) -> None:
        self.side.close(over=over)

    # What is known of the run besides.

    @override
    def processors(self, now: float) -> Processors:
        return self._findings.processors(now)

    @override
    def checks(self, *, cut: bool) -> Sequence[Check]:
        return () if cut else self._findings.checks()

    @override
    def broker(self, now: float) -> BrokerReport:
        return self._findings.broker(now)
