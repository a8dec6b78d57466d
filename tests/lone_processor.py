"""A processor by itself, and the orders and answers that tests give it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from actors.inventory import Inventory
from actors.messages import (
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

    to: str
    message: Message


class Prompter(Actor):
    """Tells others messages at their moments."""

    @receives(Cue)
    def cue(self, cue: Cue) -> None:
        self.tell(cue.to, cue.message)


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
        self.processor = self.stage.spawn(
            ME,
            lambda: processor(
                parse_distribution(service), parse_distribution(line), fulfilment, warm_up
            ),
        )
        self.router = self.stage.probe("router")
        self.collector = self.stage.probe("collector")
        self.prompter = self.stage.spawn("prompter", Prompter)
        self.stocks: dict[str, Inventory] = {}

    def stock(self, service: str = "0ms", /, **units: int) -> LoneProcessor:
        """Put real inventories on the stage."""
        time = parse_distribution(service)
        for sku, quantity in units.items():
            factory = partial(Inventory, sku, quantity, time)
            self.stocks[sku] = self.stage.spawn(f"inventory/{sku}", factory)
        return self

    def probes(self, *skus: str) -> list[Probe]:
        """Put probes where inventories would be; the test answers for them."""
        return [self.stage.probe(f"inventory/{sku}") for sku in skus]

    def hear(self, *messages: Message) -> None:
        """Tell the processor, one message after the other's consequences."""
        for message in messages:
            self.stage.tell(ME, message)
            self.stage.play()

    def at(self, when: float, message: Message, to: str = ME) -> None:
        self.prompter.at(when, Cue(to, message))

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


# One line.
