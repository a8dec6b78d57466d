"""A processor by itself, and the orders and answers that tests give it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from nobody import NOBODY

from actors.inventory import Inventory
from actors.measure.meters import BusyTime
from actors.messages import (
    Add,
    Answer,
    Fulfilment,
    Kind,
    Line,
    Message,
    Order,
    Place,
    Processed,
    Serve,
)
from actors.processor import Processor
from actors.ref import Ref
from actors.runtime.actor import Actor, receives
from actors.scenario.written_distributions import parse_distribution
from actors.testing import Probe, Stage

ME = "processor/1"


def serve(
    ref: str, *lines: tuple[str, int], kind: Kind = "sale", at: float = 0.0, attempt: int = 1
) -> Serve:
    order = Order(
        id=ref,
        client="web-1",
        kind=kind,
        placed_at=at,
        lines=tuple(Line(sku, quantity) for sku, quantity in lines),
    )
    return Serve(order, Place(ref, b"", at, "client/web-1", "web", "peak"), False, attempt)


@dataclass(frozen=True)
class Cue:
    """Tell somebody something."""

    to: Ref[Any]
    message: Message


class Prompter(Actor[Cue]):
    """Tells others messages at their moments."""

    @receives(Cue)
    def cue(self, cue: Cue) -> None:
        cue.to.tell(cue.message)


class LoneProcessor:
    """A processor between probes: the router, the collector, and scripted inventories."""

    def __init__(
        self,
        fulfilment: Fulfilment = "all_or_nothing",
        service: str = "1s",
        line: str = "0ms",
        *,
        warm_up: float = 0.0,
        processor: type[Processor] = Processor,
    ) -> None:
        self.stage = Stage()
        self.router = self.stage.probe("router")
        self.collector = self.stage.probe("collector")
        self.busy = BusyTime(warm_up)
        self.shelves: dict[str, Ref[Any]] = {}
        self.processor = self.stage.spawn(
            ME,
            lambda: processor(
                self.router.actor_ref,
                self.shelves,
                self.collector.actor_ref,
                self.busy,
                service_time=parse_distribution(service),
                line_time=parse_distribution(line),
                fulfilment=fulfilment,
            ),
        )
        self.me = self.processor.actor_ref
        self.prompter = self.stage.spawn("prompter", Prompter)
        self.stocks: dict[str, Inventory] = {}
        self.stage.play()
        self.introduced = self.router.heard.copy()  # what the router heard of it at first
        self.router.heard.clear()

    def stock(self, service: str = "0ms", /, **units: int) -> LoneProcessor:
        """Put real inventories on the stage."""
        time = parse_distribution(service)
        for sku, quantity in units.items():
            factory = partial(Inventory, sku, quantity, time, BusyTime())
            self.stocks[sku] = self.stage.spawn(f"inventory/{sku}", factory)
            self.shelves[sku] = self.stocks[sku].actor_ref
        return self

    def probes(self, *skus: str) -> list[Probe]:
        """Put probes where inventories would be; the test answers for them."""
        probes = [self.stage.probe(f"inventory/{sku}") for sku in skus]
        self.shelves.update({s: p.actor_ref for s, p in zip(skus, probes, strict=True)})
        return probes

    def hear(self, *messages: Message) -> None:
        """Tell the processor, one message after the other's consequences."""
        for message in messages:
            self.stage.tell(ME, message)
            self.stage.play()

    def at(self, when: float, message: Message, shelf: str | None = None) -> None:
        """Tell the processor, or an inventory, at that moment."""
        self.prompter.at(when, Cue(self.me if shelf is None else self.shelves[shelf], message))

    @property
    def stories(self) -> list[Processed]:
        return self.collector.of(Processed)

    @property
    def outcomes(self) -> list[tuple[str, str, str | None]]:
        return [(s.serve.order.id, s.status, s.reason) for s in self.stories]

    def units(self, sku: str) -> tuple[int, int]:
        stock = self.stocks[sku].stock
        return stock.on_hand, stock.reserved


def answer(serve_: Serve, line: int, granted: int, *, waiting: bool = False) -> Answer:
    order = serve_.order
    sku = sorted({found.sku for found in order.lines})[line]
    return Answer(order.id, serve_.attempt, line, sku, granted, waiting=waiting)


def failure(serve_: Serve, line: int) -> Answer:
    return Answer(serve_.order.id, serve_.attempt, line, "?", 0, failed=True)


def delivery(ref: str, quantity: int) -> Add:
    """What puts units on a shelf, for nobody who would hear of it."""
    return Add(ref, 1, 0, quantity, "restock", NOBODY)
