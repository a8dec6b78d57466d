"""A small shop as one would write it in SimPy, to compare stocksim with.

It shares with stocksim what chance decides (the streams and samplers, so that both draw the same
numbers) and the form of a record. How an order travels is written afresh and in another style:
an order is a process, the processors are a resource, and there are no messages.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Generator, Iterator
from typing import NamedTuple

import simpy

from actors.common.random_streams import Stream, fork
from actors.measure.records import OrderRecord, RecordedLine
from actors.messages import Kind, Reason, Status
from actors.scenario.distributions import Sampler
from actors.scenario.loader import LoadedScenario
from actors.scenario.model import Group

__all__ = ["play_in_simpy"]

Process = Generator[simpy.Event, object, None]
Taking = Generator[simpy.Event, object, "Taken"]


class Draft(NamedTuple):
    """An order on its way."""

    id: str
    client: str
    group: str
    phase: str
    kind: Kind
    priority: int
    placed: float
    lines: tuple[tuple[str, int], ...]
    service: float  # from here on the order's luck, uniform numbers
    line: float
    shelf: float


class Taken(NamedTuple):
    """What an order got of each product, and the product that fell short."""

    units: dict[str, int]
    short: str | None


class Client:
    """Writes one client's orders."""

    def __init__(self, shop: SmallShop, group: str, name: str) -> None:
        form = shop.loaded.scenario.clients[group].orders
        rng = shop.streams_of(f"client/{name}")
        self.name, self.group, self.written = name, group, 0
        self.line_count = form.lines.sampler(rng("lines"))
        self.quantity = form.quantity.sampler(rng("quantity"))
        self.sku = shop.loaded.sku_choice(group).sampler(rng("sku"))
        self.kind = form.kind.sampler(rng("kind"))
        self.priority = form.priority.sampler(rng("priority"))
        times = {"service": shop.service, "line": shop.line_time, "shelf": shop.shelf_time}
        self.luck = [rng(name).random if kind.scv else int for name, kind in times.items()]

    def write(self, phase: str, placed: float) -> Draft:
        """The client's next order."""
        self.written += 1
        lines = tuple((self.sku(), self.quantity()) for _ in range(self.line_count()))
        number = f"{self.name}-{self.written}"
        kind, priority = self.kind(), self.priority()
        luck = [draw() for draw in self.luck]
        return Draft(number, self.name, self.group, phase, kind, priority, placed, lines, *luck)


class SmallShop:
    """Everything in the shop; its `records` are in the order in which orders ended."""

    def __init__(self, loaded: LoadedScenario, seed: int) -> None:
        self.loaded, self.seed = loaded, seed
        self.env = simpy.Environment()
        self.records: list[OrderRecord] = []
        scenario = loaded.scenario
        names = [f"processor/{place + 1}" for place in range(scenario.processors.count)]
        self.idle = deque(names)
        self.counter = simpy.PriorityResource(self.env, capacity=len(names))
        settings = scenario.processors
        self.service, self.line_time = settings.service_time, settings.line_time
        self.shelf_time = scenario.inventory.service_time
        self.left = {sku: product.stock for sku, product in loaded.products.items()}
        self.shelves = {sku: simpy.Resource(self.env) for sku in self.left}

    def streams_of(self, actor: str) -> Callable[[str], Stream]:
        """From a purpose to an actor's random numbers for it."""
        return lambda purpose: Stream(self.seed, 0, actor, purpose)

    def open(self) -> None:
        """Let the clients in."""
        for name, group in self.loaded.scenario.clients.items():
            clients = [Client(self, name, f"{name}-{place + 1}") for place in range(group.count)]
            if group.think is None:
                for turn, (moment, phase) in enumerate(self.arrivals(name, group)):
                    self.env.process(self.visit(clients[turn % group.count], phase, moment))
            else:
                for client in clients:
                    think = group.think.sampler(self.streams_of(f"client/{client.name}")("think"))
                    self.env.process(self.converse(client, think))

    def arrivals(self, name: str, group: Group) -> Iterator[tuple[float, str]]:
        """A Poisson process at each phase's constant rate, without ramps and bursts."""
        random = self.streams_of(f"client/{name}-1")("arrivals").random
        level, before = -math.log1p(-random()), 0.0
        timeline = self.loaded.scenario.timeline(name)
        for (phase, start, end), spec in zip(timeline, group.phases.values(), strict=True):
            rate = spec.rate or 0.0
            while level - before < rate * (end - start):
                yield start + (level - before) / rate, phase
                level -= math.log1p(-random())
            before += rate * (end - start)

    def visit(self, client: Client, phase: str, moment: float) -> Process:
        """One order at its scheduled moment."""
        yield self.env.timeout(moment)
        yield from self.serve(client.write(phase, moment))

    def converse(self, client: Client, think: Sampler) -> Process:
        """Order, wait for the answer, think; until the last phase is over."""
        timeline = self.loaded.scenario.timeline(client.group)
        while self.env.now < timeline[-1][2]:
            phase = next(name for name, _, end in timeline if self.env.now < end)
            yield from self.serve(client.write(phase, self.env.now))
            yield self.env.timeout(think())

    def serve(self, draft: Draft) -> Process:
        """An order's way from its placing to its end."""
        limit = self.loaded.scenario.router.queue_limit
        all_busy = self.counter.count == self.counter.capacity
        if limit is not None and all_busy and len(self.counter.queue) >= limit:
            self.record(draft, None, None, ("rejected", "overloaded", None), {})
            return
        with self.counter.request(priority=-draft.priority) as turn:
            yield turn
            started, processor = self.env.now, self.idle.popleft()
            # Rounding depends on the order of the sum: one line after the other.
            busy = self.service.times()(draft.service)
            for number in range(len(draft.lines)):
                busy += self.line_time.times()(fork(draft.line, number))
            yield self.env.timeout(busy)
            taken = yield from self.take(draft)
            self.idle.append(processor)
        wanted = sum(quantity for _, quantity in draft.lines)
        self.record(draft, started, processor, _ending(taken, wanted), taken.units)

    def take(self, draft: Draft) -> Taking:
        """Take an order's products off the shelves, or put them there, in the SKUs' order."""
        units: dict[str, int] = {}
        short: str | None = None
        for number, sku in enumerate(sorted({sku for sku, _ in draft.lines})):
            with self.shelves[sku].request() as turn:
                yield turn
                yield self.env.timeout(self.shelf_time.times()(fork(draft.shelf, number)))
            wanted = sum(quantity for name, quantity in draft.lines if name == sku)
            units[sku] = got = self.grant(draft.kind, sku, wanted)
            if got < wanted and short is None:
                short = sku
            if got < wanted and self.all_or_nothing:
                for name, count in units.items():
                    self.left[name] += count
                units = {}
                break
        return Taken(units, short)

    @property
    def all_or_nothing(self) -> bool:
        """Whether an order is rejected for one line that is short."""
        return self.loaded.scenario.processors.fulfilment == "all_or_nothing"

    def grant(self, kind: Kind, sku: str, wanted: int) -> int:
        """The units that a line gets now."""
        if kind != "sale":
            self.left[sku] += wanted
            return wanted
        got = min(wanted, self.left[sku])
        if got < wanted and self.all_or_nothing:
            got = 0
        self.left[sku] -= got
        return got

    def record(
        self,
        draft: Draft,
        started: float | None,
        processor: str | None,
        ending: tuple[Status, Reason | None, str | None],
        units: dict[str, int],
    ) -> None:
        """Write an order's end down; the units go to its lines, first line first."""
        outcome, reason, short = ending
        units, lines = dict(units), []
        for sku, quantity in draft.lines:
            filled = min(quantity, units.get(sku, 0))
            units[sku] = units.get(sku, 0) - filled
            lines.append(RecordedLine(sku, quantity, filled))
        self.records.append(
            OrderRecord(
                id=draft.id,
                client=draft.client,
                group=draft.group,
                phase=draft.phase,
                kind=draft.kind,
                priority=draft.priority,
                placed_s=draft.placed,
                started_s=started,
                finished_s=self.env.now,
                outcome=outcome,
                reason=reason,
                short_sku=short,
                processor=processor,
                lines=tuple(lines),
            )
        )


def _ending(taken: Taken, wanted: int) -> tuple[Status, Reason | None, str | None]:
    got = sum(taken.units.values())
    if got == wanted:
        return "fulfilled", None, None
    if got:
        return "partial", None, taken.short
    return "rejected", "out_of_stock", taken.short


def play_in_simpy(loaded: LoadedScenario, seed: int) -> list[OrderRecord]:
    """The records of all orders, in the order in which they ended."""
    shop = SmallShop(loaded, seed)
    shop.open()
    shop.env.run()
    return shop.records
