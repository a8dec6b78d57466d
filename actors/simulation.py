"""The only wiring: a scenario, a backend and actors become a result.

loaded = load_scenario(Path("scenarios/peak_load.yaml"))
result = Simulation(loaded).run()
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import BinaryIO, NamedTuple, Self

from typing_extensions import override

from actors.errors import RuntimeMisuse, UsageError
from actors.measure.audit import Examiner
from actors.measure.journal import Detail, Event, Journal
from actors.measure.ledger import Ledger
from actors.measure.listener import Listener
from actors.measure.meters import Meters
from actors.measure.order_statistics import OrderStatistics
from actors.measure.products import ProductBook
from actors.measure.records import Records
from actors.measure.result import Result
from actors.messages import Begin, Halt, Refused
from actors.router import Router
from actors.runtime.gc_tuning import rare_collections
from actors.runtime.interception import Interceptor
from actors.scenario.loader import LoadedScenario
from actors.wiring.audit_evidence import rules_of
from actors.wiring.backend import RUNTIMES, Backend, LocalBackend, Options, Playing, Setting
from actors.wiring.client_groups import Groups, SpawnedGroup
from actors.wiring.participants import Participants
from actors.wiring.result_builder import ResultBuilder
from actors.wiring.roles import Cast
from actors.wiring.timeline import Cue, Timeline

__all__ = ["RUNTIMES", "Cast", "Progress", "Simulation"]


class Progress(NamedTuple):
    """How far a run is: simulated seconds, and orders so far."""

    now: float
    placed: int
    finished: int


class Simulation(Playing):
    """One run of a scenario: made without starting anything, then `run`, once.

    As a context manager it has its actors made when the block begins, and stopped at its end.

    Args:
        loaded: the scenario.
        runtime: `virtual`, `threads` or `pool`; None: as the scenario says.
        backend: where it is played, if not in this process; in place of `runtime`.
        seed: None: as the scenario says.
        replication: which of several independent runs with one seed this is.
        speed: scenario seconds a real second; None: as fast as the runtime goes.
        journal: who watches the run, if anybody.
        detail: how much the watcher wants to see.
        interceptor: who sees every message, if anybody.
        listeners: hear of every change of what is measured.
        cues: what is to happen besides, and when.
        records: an open file that takes every ended order as a line of JSON.
        roles: who plays which role.

    Raises:
        UsageError: more actors than the runtime can carry.
    """

    participants: Participants

    def __init__(  # noqa: PLR0913 — all that may be asked of a run, by name
        self,
        loaded: LoadedScenario,
        *,
        runtime: str | None = None,
        backend: Backend | None = None,
        seed: int | None = None,
        replication: int = 0,
        speed: float | None = None,
        journal: Journal | None = None,
        detail: Detail = Detail.OUTCOMES,
        interceptor: Interceptor | None = None,
        listeners: Sequence[Listener] = (),
        cues: Sequence[Cue] = (),
        records: BinaryIO | None = None,
        roles: Cast | None = None,
    ) -> None:
        scenario = loaded.scenario
        self.loaded = loaded
        self.backend = backend or LocalBackend(runtime or scenario.runtime)
        self._cast = roles or Cast()
        self._journal = journal
        self._meters = Meters(scenario.warm_up, listeners)
        options = Options(
            seed=scenario.seed if seed is None else seed,
            replication=replication,
            speed=speed,
            journal=journal,
            detail=detail,
            interceptor=interceptor,
        )
        self.runtime = self.backend.make_runtime(loaded, self._cast, options)
        self.records = None if records is None else Records(records)
        self._cues = cues
        self._groups: Sequence[SpawnedGroup] = ()
        self.stops = 0
        self._opened = False
        self._played = False
        self._over = False
        self._refuse_crowds()

    def _refuse_crowds(self) -> None:
        """Count the actors before making any: a thread each cannot be had for many."""
        most = self.runtime.most_actors
        clients = sum(group.count for group in self.loaded.scenario.clients.values())
        actors = clients + self.backend.count_servers(self.loaded) + 2
        if most is not None and actors > most:
            raise UsageError(
                f"{actors:,} actors are too many for a thread each (at most {most:,}): "
                "use --runtime pool"
            )

    # Setting up, from the end of an order's way to its beginning.

    def __enter__(self) -> Self:
        """As `open`."""
        self.open()
        return self

    def __exit__(self, *_raised: object) -> None:
        """As `close`."""
        self.close()

    def open(self) -> None:
        """Have the actors made.

        Raises:
            RuntimeMisuse: it has been played already.
        """
        if self._opened:
            raise RuntimeMisuse("a simulation is played once: make another one")
        self._opened = True
        try:
            with rare_collections():
                self.participants = self._make_all()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop the actors, and part from what the backend has opened."""
        self._played = True
        self.runtime.stop()
        self.backend.close(over=self._over)

    def _make_all(self) -> Participants:
        scenario, runtime, backend = self.loaded.scenario, self.runtime, self.backend
        ledger = Ledger()
        backend.prepare()
        # Who is paused or restarted does not serve for as long as it meant to.
        exact = runtime.kind == "virtual" and not self._cues
        rules = backend.rules(rules_of(self.loaded, self._cast, exact=exact))
        examiner = Examiner(ledger, rules)
        metrics = OrderStatistics(scenario.warm_up, scenario.phase_windows)
        book = ProductBook()
        sinks = [examiner.take, metrics.take, book.take]
        if self.records is not None:
            sinks.append(self.records.take)
        collector = runtime.enlist(
            "collector", partial(self._cast.collector, ledger, metrics, sinks)
        )
        setting = Setting(self.loaded, self._cast, runtime, self._meters, collector.actor_ref)
        inventories = backend.make_inventories(setting)
        router = self._make_router(setting)
        processors = backend.make_processors(setting, router)
        groups = Groups(self.loaded, self._cast, runtime, router.actor_ref, ledger)
        self._groups = list(groups.spawn())
        clients = [client for group in self._groups for client in group.clients]
        return Participants(
            [*clients, *backend.make_clients(setting, router.actor_ref, ledger)],
            router,
            processors,
            inventories,
            collector,
            self._meters,
            metrics,
            book,
            ledger,
            examiner,
            groups.schedules,
        )

    def _make_router(self, setting: Setting) -> Router:
        factory = partial(
            self._cast.router,
            self.loaded.products,
            self.backend.strategy(setting),
            setting.collector,
            self._meters.level("router"),
            self.loaded.scenario.router.queue_limit,
        )
        return self.runtime.enlist("router", factory)

    # Playing.

    def run(self) -> Result:
        """Play the scenario to its end and judge it.

        Raises:
            RuntimeMisuse: it has been played already.
        """
        if self._played:
            raise RuntimeMisuse("a simulation is played once: make another one")
        self._played = True
        if self._opened:
            return self._run()
        with self:
            return self._run()

    def _run(self) -> Result:
        self.backend.open(self)
        began = time.perf_counter()
        self.runtime.start()
        self._begin()
        cut = self.backend.play(self)
        now = self.runtime.now
        self.runtime.stop()
        if cut:
            now = self.runtime.now  # actors that were stopped at work have gone on until then
        collector = self.participants.collector
        collector.hand_on()
        if cut:
            self._write_off(now)
            collector.hand_on()
        self._over = not cut
        return ResultBuilder(
            self.loaded,
            self.runtime,
            self.participants,
            self.backend,
            now=now,
            cut=cut,
            interrupted=self.stops > 0,
            wall_s=time.perf_counter() - began,
        ).result()

    def _begin(self) -> None:
        """Tell every client to begin, and the first of a group whom it deals to."""
        if self._cues:
            factory = partial(Timeline, self._cues, self.runtime)
            self.runtime.enlist("timeline", factory).actor_ref.tell(Begin())
        for group in self._groups:
            for number, client in enumerate(group.clients):
                client.actor_ref.tell(Begin(() if number else group.peers))

    @override
    def play(self) -> bool:
        while True:
            ending = self.runtime.run()
            if self.stops > 1:
                self._note("stopping at once")
                return True
            if ending == "interrupted":
                self._note("no more orders; draining")
                for client in self.participants.clients:
                    client.actor_ref.tell(Halt())
            elif not self.backend.give_up():
                return False

    def _note(self, words: str) -> None:
        if self._journal is not None:
            self._journal(Event(self.runtime.now, "simulation", "interrupt", "", words))

    def _write_off(self, now: float) -> None:
        """Give every order that is still open its outcome: interrupted."""
        for place in self.participants.ledger.open():
            refused = Refused(place, None, now, "interrupted", "the run was cut short")
            self.participants.collector.refused(refused)

    def stop(self) -> None:
        """End early: the first call stops the clients and drains, the second cuts everything.

        Safe from a signal handler and from any thread.
        """
        self.stops += 1
        self.runtime.interrupt()

    @override
    def stop_at_once(self) -> None:
        self.stop()
        self.stop()

    def progress(self) -> Progress:
        """How far the run is; may be asked from another thread, at any time."""
        participants = getattr(self, "participants", None)
        if participants is None:
            return Progress(0.0, 0, 0)
        placed = sum(client.placed for client in participants.clients)
        return Progress(self.runtime.now, placed, participants.collector.recorded)
