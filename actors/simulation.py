"""The only wiring: a scenario, a runtime and actors become a result.

loaded = load_scenario(Path("scenarios/peak_load.yaml"))
result = Simulation(loaded).run()
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import BinaryIO, ClassVar, NamedTuple, TypeVar, cast

from actors.common.random_streams import Chance
from actors.decisions.routing import Strategy
from actors.errors import UsageError
from actors.inventory import Inventory
from actors.measure.audit import Examiner, Rules
from actors.measure.journal import Detail, Event, Journal
from actors.measure.ledger import Ledger
from actors.measure.order_statistics import OrderStatistics
from actors.measure.products import ProductBook
from actors.measure.records import Records
from actors.measure.result import Result
from actors.messages import Begin, GiveUp, Halt, Refused
from actors.processor import Processor
from actors.router import Router
from actors.runtime.actor import Actor
from actors.runtime.base import Runtime
from actors.runtime.gc_tuning import rare_collections
from actors.runtime.pool import PoolRuntime
from actors.runtime.threads import ThreadsRuntime
from actors.runtime.virtual import VirtualRuntime
from actors.scenario.loader import LoadedScenario
from actors.wiring.audit_evidence import rules_of
from actors.wiring.client_groups import Groups
from actors.wiring.participants import Participants, Server, Shelf
from actors.wiring.result_builder import ResultBuilder
from actors.wiring.roles import Cast

Role = TypeVar("Role", bound=Actor)

__all__ = ["RUNTIMES", "Cast", "Progress", "Simulation"]

RUNTIMES: Mapping[str, type[VirtualRuntime | ThreadsRuntime | PoolRuntime]] = {
    "virtual": VirtualRuntime,
    "threads": ThreadsRuntime,
    "pool": PoolRuntime,
}


class Progress(NamedTuple):
    """How far a run is: simulated seconds, and orders so far."""

    now: float
    placed: int
    finished: int


class Simulation:
    """One run of a scenario.

    Args:
        loaded: the scenario.
        runtime: `virtual`, `threads` or `pool`; None: as the scenario says.
        seed: None: as the scenario says.
        replication: which of several independent runs with one seed this is.
        speed: scenario seconds a real second; None: as fast as the runtime goes.
        journal: who watches the run, if anybody.
        detail: how much the watcher wants to see.
        records: an open file that takes every ended order as a line of JSON.
        roles: who plays which role.

    Raises:
        UsageError: more actors than the runtime can carry.
    """

    runtimes: ClassVar[Mapping[str, Callable[..., Runtime]]] = RUNTIMES

    def __init__(
        self,
        loaded: LoadedScenario,
        *,
        runtime: str | None = None,
        seed: int | None = None,
        replication: int = 0,
        speed: float | None = None,
        journal: Journal | None = None,
        detail: Detail = Detail.OUTCOMES,
        records: BinaryIO | None = None,
        roles: Cast | None = None,
    ) -> None:
        scenario = loaded.scenario
        self.loaded = loaded
        self._cast = roles or Cast()
        self._journal = journal
        self.runtime: Runtime = self.runtimes[runtime or scenario.runtime](
            seed=scenario.seed if seed is None else seed,
            replication=replication,
            journal=journal,
            detail=detail,
            speed=speed,
        )
        self.records = None if records is None else Records(records)
        self._stops = 0
        self._refuse_crowds()
        try:
            with rare_collections():
                self.participants = self._spawn_all()
        except BaseException:
            self.runtime.stop()
            raise

    def _refuse_crowds(self) -> None:
        """Count the actors before making any: a thread each cannot be had for many."""
        most = self.runtime.most_actors
        clients = sum(group.count for group in self.loaded.scenario.clients.values())
        actors = clients + self._count_servers() + 2
        if most is not None and actors > most:
            self.runtime.stop()
            raise UsageError(
                f"{actors:,} actors are too many for a thread each (at most {most:,}): "
                "use --runtime pool"
            )

    def _count_servers(self) -> int:
        """How many actors there are between router and collector."""
        return len(self.loaded.products) + self.loaded.scenario.processors.count

    # Setting up, from the end of an order's way to its beginning.

    def _spawn_all(self) -> Participants:
        scenario = self.loaded.scenario
        ledger = Ledger()
        examiner = Examiner(ledger, self._rules())
        metrics = OrderStatistics(scenario.warm_up, scenario.phase_windows)
        book = ProductBook()
        sinks = [examiner.take, metrics.take, book.take]
        if self.records is not None:
            sinks.append(self.records.take)
        collector = self._spawn("collector", partial(self._cast.collector, ledger, metrics, sinks))
        inventories = self._spawn_inventories()
        names = self._name_processors()
        router = self._spawn_router(names)
        processors = self._spawn_processors(names)
        groups = Groups(self.loaded, self._cast, self.runtime, ledger)
        clients = [self._spawn(name, factory) for name, factory in groups.clients()]
        return Participants(
            clients,
            router,
            processors,
            inventories,
            collector,
            metrics,
            book,
            ledger,
            examiner,
            groups.schedules,
        )

    def _rules(self) -> Rules:
        """What the audit holds every order to."""
        return rules_of(self.loaded, self._cast, exact=self.runtime.kind == "virtual")

    def _spawn(self, name: str, factory: Callable[[], Role]) -> Role:
        return cast("Role", self.runtime.enlist(name, factory))

    def _spawn_inventories(self) -> Sequence[Shelf]:
        return [self._spawn_inventory(sku) for sku in self.loaded.products]

    def _name_processors(self) -> tuple[str, ...]:
        count = self.loaded.scenario.processors.count
        return tuple(f"processor/{number + 1}" for number in range(count))

    def _spawn_processors(self, names: Sequence[str]) -> Sequence[Server]:
        return [self._spawn_processor(name) for name in names]

    def _spawn_inventory(self, sku: str) -> Inventory:
        scenario = self.loaded.scenario
        stock = self.loaded.products[sku].stock
        service = scenario.inventory.service_time
        factory = partial(self._cast.inventory, sku, stock, service, scenario.warm_up)
        return self._spawn("inventory/" + sku, factory)

    def _spawn_router(self, processors: tuple[str, ...]) -> Router:
        scenario = self.loaded.scenario
        factory = partial(
            self._cast.router,
            self.loaded.products,
            self._choose_strategy(processors),
            scenario.router.queue_limit,
            scenario.warm_up,
        )
        return self._spawn("router", factory)

    def _choose_strategy(self, processors: tuple[str, ...]) -> Callable[[Chance], Strategy]:
        return partial(self._cast.strategies[self.loaded.scenario.router.strategy], processors)

    def _spawn_processor(self, name: str) -> Processor:
        scenario = self.loaded.scenario
        settings = scenario.processors
        factory = partial(
            self._cast.processor,
            settings.service_time,
            settings.line_time,
            settings.fulfilment,
            scenario.warm_up,
        )
        return self._spawn(name, factory)

    # Playing.

    def run(self) -> Result:
        """Play the scenario to its end and judge it."""
        began = time.perf_counter()
        self.runtime.start()
        for client in self.participants.clients:
            self.runtime.tell(client.name, Begin())
        cut = self._play()
        now = self.runtime.now
        self.runtime.stop()
        if cut:
            now = self.runtime.now  # actors that were stopped at work have gone on until then
        self.participants.collector.settle()
        if cut:
            self._write_off(now)
            self.participants.collector.settle()
        return self._result_builder(now, cut=cut, wall_s=time.perf_counter() - began).result()

    def _result_builder(self, now: float, *, cut: bool, wall_s: float) -> ResultBuilder:
        return ResultBuilder(
            self.loaded,
            self.runtime,
            self.participants,
            now=now,
            cut=cut,
            interrupted=self._stops > 0,
            wall_s=wall_s,
        )

    def _play(self) -> bool:
        """Run until nothing is left to happen; True if it had to be cut short."""
        while True:
            ending = self.runtime.run()
            if self._stops > 1:
                self._note("stopping at once")
                return True
            if ending == "interrupted":
                self._note("no more orders; draining")
                self._tell_all(self.participants.clients, Halt())
            elif any(processor.backorders for processor in self.participants.processors):
                # Quiet, and orders still wait for stock: none will come.
                self._tell_all(self.participants.processors, GiveUp())
            else:
                return False

    def _note(self, words: str) -> None:
        if self._journal is not None:
            self._journal(Event(self.runtime.now, "simulation", "interrupt", "", words))

    def _tell_all(self, actors: Sequence[Actor | Server], message: object) -> None:
        for actor in actors:
            self.runtime.tell(actor.name, message)

    def _write_off(self, now: float) -> None:
        """Give every order that is still open its outcome: interrupted."""
        for place in self.participants.ledger.open():
            refused = Refused(place, None, now, "interrupted", "the run was cut short")
            self.participants.collector.refused(refused)

    def stop(self) -> None:
        """End early: the first call stops the clients and drains, the second cuts everything.

        Safe from a signal handler and from any thread.
        """
        self._stops += 1
        self.runtime.interrupt()

    def progress(self) -> Progress:
        """How far the run is; may be asked from another thread."""
        participants = self.participants
        placed = sum(client.placed for client in participants.clients)
        return Progress(self.runtime.now, placed, participants.collector.recorded)
