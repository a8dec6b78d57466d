"""From a scenario's groups to their clients: how each is made, and when its orders leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial

from actors.client import Client, OrderForm, Purpose
from actors.measure.ledger import Ledger
from actors.runtime.base import Runtime
from actors.scenario.arrivals import Window
from actors.scenario.distributions import Distribution
from actors.scenario.loader import LoadedScenario
from actors.scenario.model import Group
from actors.scenario.schedule import Schedule
from actors.wiring.roles import Cast

__all__ = ["Groups", "client_names"]


def client_names(name: str, group: Group) -> list[str]:
    """The actors of a group's clients."""
    return [f"client/{name}-{number + 1}" for number in range(group.count)]


class Groups:
    """The clients of a run, yet to be made.

    Args:
        loaded: the scenario.
        cast: who plays them.
        runtime: where; it gives the schedules their random streams.
        ledger: the audit's book of open orders.
    """

    def __init__(
        self, loaded: LoadedScenario, cast: Cast, runtime: Runtime, ledger: Ledger
    ) -> None:
        self._loaded = loaded
        self._scenario = loaded.scenario
        self._cast = cast
        self._runtime = runtime
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

    def clients(self) -> Iterator[tuple[str, Callable[[], Client]]]:
        """Every client's name, and what makes it."""
        for name, group in self._scenario.clients.items():
            if group.replay is not None:
                yield f"client/{name}-1", self._replaying(name)
            elif group.think is not None:
                making = self._closed(name, group, group.think)
                yield from ((client, making) for client in client_names(name, group))
            else:
                yield from self._open(name, group)

    def _replaying(self, name: str) -> Callable[[], Client]:
        orders = self._loaded.recordings[name].orders
        timeline = self._scenario.timeline(name)
        return partial(self._cast.replay_client, name, self._ledger, orders, timeline, self.chancy)

    def _closed(self, name: str, group: Group, think: Distribution) -> Callable[[], Client]:
        form, timeline = self._form(name, group), self._scenario.timeline(name)
        return partial(
            self._cast.closed_client, name, self._ledger, form, timeline, think, self.chancy
        )

    def _open(self, name: str, group: Group) -> Iterator[tuple[str, Callable[[], Client]]]:
        """The first client deals to all of them."""
        form, schedule = self._form(name, group), self.schedules[name]
        peers = client_names(name, group)
        for place, client in enumerate(peers):
            dealt_to = peers if place == 0 else []
            yield (
                client,
                partial(
                    self._cast.open_client,
                    name,
                    self._ledger,
                    form,
                    schedule,
                    dealt_to,
                    self.chancy,
                ),
            )

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
