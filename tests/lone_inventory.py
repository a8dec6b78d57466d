"""An inventory by itself, and the requests that tests make of it."""

from __future__ import annotations

from dataclasses import dataclass

from actors.inventory import Inventory
from actors.messages import Add, Answer, Fulfilment, Kind, Message, Reserve, Settle
from actors.runtime.actor import Actor, receives
from actors.runtime.virtual import VirtualRuntime
from actors.scenario.written_distributions import parse_distribution
from actors.testing import Probe, Stage

ME = "processor/1"


def reserve(
    ref: str,
    quantity: int,
    fulfilment: Fulfilment = "all_or_nothing",
    *,
    take: bool = False,
    attempt: int = 1,
    line: int = 0,
) -> Reserve:
    return Reserve(ref, attempt, line, quantity, fulfilment, take, ME)


def take(ref: str, quantity: int, fulfilment: Fulfilment = "all_or_nothing") -> Reserve:
    return reserve(ref, quantity, fulfilment, take=True)


def add(ref: str, quantity: int, kind: Kind = "restock") -> Add:
    return Add(ref, 1, 0, quantity, kind, ME)


def commit(ref: str, attempt: int = 1) -> Settle:
    return Settle(ref, attempt, commit=True)


def release(ref: str, attempt: int = 1) -> Settle:
    return Settle(ref, attempt, commit=False)


@dataclass(frozen=True)
class Cue:
    """Tell the inventory this."""

    message: Message


class Prompter(Actor):
    """Tells the inventory messages at their moments."""

    @receives(Cue)
    def cue(self, cue: Cue) -> None:
        self.tell("inventory/A", cue.message)


class LoneInventory:
    """An inventory and a probe for its answers."""

    def __init__(
        self,
        stock: int,
        service: str = "0ms",
        *,
        inventory: type[Inventory] = Inventory,
        runtime: VirtualRuntime | None = None,
    ) -> None:
        self.stage = Stage(runtime)
        distribution = parse_distribution(service)
        self.inventory = self.stage.spawn(
            "inventory/A", lambda: inventory("A", stock, distribution)
        )
        self.probe: Probe = self.stage.probe(ME)
        self.prompter = self.stage.spawn("prompter", Prompter)

    def hear(self, *messages: Message) -> None:
        for message in messages:
            self.stage.tell("inventory/A", message)
        self.stage.play()

    def at(self, when: float, *messages: Message) -> None:
        for message in messages:
            self.prompter.at(when, Cue(message))

    @property
    def granted(self) -> list[tuple[str, int]]:
        return [(answer.order_id, answer.granted) for answer in self.probe.of(Answer)]

    @property
    def units(self) -> tuple[int, int]:
        return self.inventory.stock.on_hand, self.inventory.stock.reserved


# Taking, reserving, settling.
