"""From a scenario's groups to their clients: how each is made, and when its orders leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, NamedTuple, TypeVar

from actors.client import Client, OpenClient, OrderForm, Purpose
from actors.measure.ledger import Ledger
from actors.messages import Begin, Halt, Place, Turns
from actors.ref import Ref
from actors.runtime.actor import Actor
from actors.runtime.base import Runtime
from actors.scenario.arrivals import Window
from actors.scenario.distributions import Distribution
from actors.scenario.loader import LoadedScenario
from actors.scenario.model import Group
from actors.scenario.schedule import Schedule
from actors.wiring.roles import Cast

__all__ = ["AnyClient", "Groups", "SpawnedGroup", "client_names"]

AnyClient = Client[Begin | Halt]
Role = TypeVar("Role", bound=Actor[Any])


class SpawnedGroup(NamedTuple):
    """The clients of a group, and those to whom the first of them deals its schedule."""

    clients: Sequence[AnyClient]
    peers: Sequence[Ref[Turns]] = ()


def client_names(name: str, group: Group) -> list[str]:
    """The actors of a group's clients."""
    return [f"client/{name}-{number + 1}" for number in range(group.count)]


class Groups:
    """The clients of a run, yet to be made.

    Args:
        loaded: the scenario.
        cast: who plays them.
        runtime: where; it gives the schedules their random streams.
        router: where their orders go.
        ledger: the audit's book of open orders.
    """

    def __init__(
        self,
        loaded: LoadedScenario,
        cast: Cast,
        runtime: Runtime,
        router: Ref[Place],
        ledger: Ledger,
    ) -> None:
        self._loaded = loaded
        self._scenario = loaded.scenario
        self._cast = cast
        self._runtime = runtime
        self._router = router
        self._ledger = ledger

    @cached_property
    def schedules(self) -> Mapping[str, Schedule]:
        """When the orders of the open groups leave, by the streams of their first clients."""
        return {
            name: self._schedule(name, group)
            for name, group in self._scenario.clients.items()
            if group.think is None and group.replay is None
        }

    def _schedule(self, name: str, group: Group) -> Schedule:
        windows = [
            Window(phase, start, end - start, spec.rate or 0.0, spec.ramp_to, spec.burst)
            for (phase, start, end), spec in zip(
                self._scenario.timeline(name), group.phases.values(), strict=True
            )
        ]
        stream = self._runtime.stream(client_names(name, group)[0], "arrivals")
        return Schedule(windows, group.arrivals.pattern, group.arrivals.size, stream)

    def spawn(self) -> Iterator[SpawnedGroup]:
        """Make the clients, a group after the other."""
        for name, group in self._scenario.clients.items():
            if group.think is None and group.replay is None:
                clients = self._spawn(client_names(name, group), self._open(name, group))
                yield SpawnedGroup(clients, [client.actor_ref for client in clients])
            else:
                yield SpawnedGroup(self._spawn(client_names(name, group), self._other(name, group)))

    def _spawn(self, names: Sequence[str], factory: Callable[[], Role]) -> list[Role]:
        return [self._runtime.enlist(name, factory) for name in names]

    def _open(self, name: str, group: Group) -> Callable[[], OpenClient]:
        form, schedule = self._form(name, group), self.schedules[name]
        return partial(
            self._cast.open_client, name, self._router, self._ledger, form, schedule, self.chancy
        )

    def _other(self, name: str, group: Group) -> Callable[[], AnyClient]:
        timeline, common = self._scenario.timeline(name), (name, self._router, self._ledger)
        if group.think is None:
            orders = self._loaded.recordings[name].orders
            return partial(self._cast.replay_client, *common, orders, timeline, self.chancy)
        form = self._form(name, group)
        return partial(self._cast.closed_client, *common, form, timeline, group.think, self.chancy)

    def _form(self, name: str, group: Group) -> OrderForm:
        return OrderForm(
            lines=group.orders.lines,
            quantity=group.orders.quantity,
            sku=self._loaded.sku_choice(name),
            kind=group.orders.kind,
            priority=group.orders.priority,
        )

    @cached_property
    def chancy(self) -> Sequence[Purpose]:
        """Which times of an order chance has a part in."""
        times: dict[Purpose, Distribution] = {
            "service": self._scenario.processors.service_time,
            "line": self._scenario.processors.line_time,
            "shelf": self._scenario.inventory.service_time,
        }
        return [purpose for purpose, time in times.items() if not time.constant]
