"""Where a scenario is played: all that differs from one kind of run to another.

A `Simulation` makes clients, router and collector, and judges the run. What is between router and
collector, and what must be done before, after and beside the run, is the backend's: here its
interface, and the one that has everything in this process.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from typing_extensions import override

from actors.client import Client
from actors.common.random_streams import Chance
from actors.decisions.routing import Strategy
from actors.errors import UsageError
from actors.inventory import Inventory
from actors.measure.audit import Rules
from actors.measure.journal import Detail, Journal
from actors.measure.ledger import Ledger
from actors.measure.meters import Meters
from actors.measure.result import BrokerReport, Check, Processors
from actors.messages import Duplicate, GiveUp, Halt, Place, Processed, Refused, Serve
from actors.processor import Processor
from actors.ref import Ref
from actors.router import Router
from actors.runtime.base import Runtime
from actors.runtime.interception import Interceptor
from actors.runtime.pool import PoolRuntime
from actors.runtime.threads import ThreadsRuntime
from actors.runtime.virtual import VirtualRuntime
from actors.scenario.loader import LoadedScenario
from actors.wiring.participants import Participants, Server, Shelf
from actors.wiring.roles import Cast

__all__ = ["RUNTIMES", "Backend", "LocalBackend", "Options", "Playing", "Setting"]

RUNTIMES: Final[Mapping[str, type[VirtualRuntime | ThreadsRuntime | PoolRuntime]]] = {
    "virtual": VirtualRuntime,
    "threads": ThreadsRuntime,
    "pool": PoolRuntime,
}


@dataclass(frozen=True)
class Options:
    """How a run is to be played.

    Attributes:
        seed: the root of every random stream.
        replication: which of several independent runs with one seed this is.
        speed: scenario seconds a real second; None: as fast as the runtime goes.
        journal: who watches the run, if anybody.
        detail: how much the watcher wants to see.
        interceptor: who sees every message, if anybody.
    """

    seed: int
    replication: int = 0
    speed: float | None = None
    journal: Journal | None = None
    detail: Detail = Detail.OUTCOMES
    interceptor: Interceptor | None = None


@dataclass(frozen=True)
class Setting:
    """What is there when processors and inventories are made."""

    loaded: LoadedScenario
    cast: Cast
    runtime: Runtime
    meters: Meters
    collector: Ref[Processed | Refused | Duplicate]


class Playing(ABC):
    """A run under way, as its backend may steer it.

    Attributes:
        stops: how often it was asked to end early: once, and it drains; twice, and it is cut.
    """

    runtime: Runtime
    participants: Participants
    stops: int

    @abstractmethod
    def play(self) -> bool:
        """Run until nothing is left to happen; True if it had to be cut short."""

    @abstractmethod
    def stop_at_once(self) -> None:
        """Cut the run; from any thread."""


class Backend(ABC):
    """One kind of run; an object is for one run, and its methods are called in this order.

    Attributes:
        kind: its name, as `--runtime` has it.
    """

    kind: str

    # Before anything is started.

    @abstractmethod
    def make_runtime(self, loaded: LoadedScenario, cast: Cast, options: Options) -> Runtime:
        """Where the run's own actors live; starts no thread.

        Raises:
            UsageError: the scenario, the cast or the options want what cannot be had here.
        """

    @abstractmethod
    def count_servers(self, loaded: LoadedScenario) -> int:
        """How many actors there will be between router and collector."""

    # Actors are made.

    def prepare(self) -> None:  # noqa: B027 — most have nothing to do
        """See to what must be known before actors are made.

        Raises:
            StocksimError: the run cannot begin; nothing has happened yet.
        """

    def rules(self, rules: Rules) -> Rules:
        """What the audit may hold every order to, of what the scenario promises."""
        return rules

    @abstractmethod
    def make_inventories(self, setting: Setting) -> Sequence[Shelf]:
        """Where the stock is; may be filled in until the run is played."""

    @abstractmethod
    def strategy(self, setting: Setting) -> Callable[[Chance], Strategy[Ref[Serve]]]:
        """What makes the router's strategy from its random stream."""

    @abstractmethod
    def make_processors(self, setting: Setting, router: Router) -> Sequence[Server]:
        """Who serves; called after `make_inventories`."""

    def make_clients(
        self,
        setting: Setting,  # noqa: ARG002 — most have none
        router: Ref[Place],  # noqa: ARG002
        ledger: Ledger,  # noqa: ARG002
    ) -> Sequence[Client[Halt]]:
        """Further clients, besides those of the scenario."""
        return ()

    # The run.

    def open(self, playing: Playing) -> None:  # noqa: B027 — most have nothing to do
        """Have what must be there before the clock starts."""

    def play(self, playing: Playing) -> bool:
        """Play to the end; True if the run had to be cut short."""
        return playing.play()

    def give_up(self) -> bool:
        """All is quiet: end the orders that still wait for stock; False if there are none."""
        return False

    def close(self, *, over: bool) -> None:  # noqa: B027 — most have nothing to do
        """Part from whatever was opened, by a run or in vain; `over`: all of it was played."""

    # What is known of the run besides, once it is played.

    def processors(self, now: float) -> Processors | None:  # noqa: ARG002
        """The figures of processors that are elsewhere; None: they are here."""
        return None

    def checks(self, *, cut: bool) -> Sequence[Check]:  # noqa: ARG002
        """What the audit must hold besides."""
        return ()

    def broker(self, now: float) -> BrokerReport | None:  # noqa: ARG002
        """What a broker and its workers did, where there was one."""
        return None


class LocalBackend(Backend):
    """Everything in this process.

    Args:
        kind: `virtual`, `threads` or `pool`.
    """

    def __init__(self, kind: str) -> None:
        if kind not in RUNTIMES:
            raise UsageError(f"no runtime is called {kind!r}: use {', '.join(RUNTIMES)}")
        self.kind = kind
        self._inventories: Sequence[Inventory] = ()
        self._processors: Sequence[Processor] = ()

    @override
    def make_runtime(self, loaded: LoadedScenario, cast: Cast, options: Options) -> Runtime:
        return RUNTIMES[self.kind](
            seed=options.seed,
            replication=options.replication,
            journal=options.journal,
            detail=options.detail,
            interceptor=options.interceptor,
            speed=options.speed,
        )

    @override
    def count_servers(self, loaded: LoadedScenario) -> int:
        return len(loaded.products) + loaded.scenario.processors.count

    @override
    def strategy(self, setting: Setting) -> Callable[[Chance], Strategy[Ref[Serve]]]:
        return setting.cast.strategies[setting.loaded.scenario.router.strategy]

    @override
    def make_inventories(self, setting: Setting) -> Sequence[Inventory]:
        service = setting.loaded.scenario.inventory.service_time
        self._inventories = [
            setting.runtime.enlist(
                name := f"inventory/{sku}",
                partial(
                    setting.cast.inventory, sku, product.stock, service, setting.meters.busy(name)
                ),
            )
            for sku, product in setting.loaded.products.items()
        ]
        return self._inventories

    @override
    def make_processors(self, setting: Setting, router: Router) -> Sequence[Processor]:
        settings = setting.loaded.scenario.processors
        inventories = {shelf.sku: shelf.actor_ref for shelf in self._inventories}
        self._processors = [
            setting.runtime.enlist(
                name := f"processor/{number + 1}",
                partial(
                    setting.cast.processor,
                    router.actor_ref,
                    inventories,
                    setting.collector,
                    setting.meters.busy(name),
                    service_time=settings.service_time,
                    line_time=settings.line_time,
                    fulfilment=settings.fulfilment,
                ),
            )
            for number in range(settings.count)
        ]
        return self._processors

    @override
    def give_up(self) -> bool:
        if not any(processor.backorders for processor in self._processors):
            return False
        for processor in self._processors:
            processor.actor_ref.tell(GiveUp())
        return True
