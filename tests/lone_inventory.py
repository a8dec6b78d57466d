"""An inventory by itself, and the requests that tests make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from changed import changed
from nobody import NOBODY

from actors.inventory import Inventory
from actors.measure.meters import BusyTime
from actors.messages import Add, Answer, Fulfilment, Kind, Message, Reserve, Settle
from actors.ref import Ref
from actors.runtime.actor import Actor, receives
from actors.runtime.virtual import VirtualRuntime
from actors.scenario.written_distributions import parse_distribution
from actors.testing import Probe, Stage


def reserve(
    ref: str,
    quantity: int,
    fulfilment: Fulfilment = "all_or_nothing",
    *,
    take: bool = False,
    attempt: int = 1,
    line: int = 0,
) -> Reserve:
    """A request that `LoneInventory` has answered to its probe."""
    return Reserve(ref, attempt, line, quantity, fulfilment, take, NOBODY)


def take(ref: str, quantity: int, fulfilment: Fulfilment = "all_or_nothing") -> Reserve:
    return reserve(ref, quantity, fulfilment, take=True)


def add(ref: str, quantity: int, kind: Kind = "restock") -> Add:
    return Add(ref, 1, 0, quantity, kind, NOBODY)


def commit(ref: str, attempt: int = 1) -> Settle:
    return Settle(ref, attempt, commit=True)


def release(ref: str, attempt: int = 1) -> Settle:
    return Settle(ref, attempt, commit=False)


@dataclass(frozen=True)
class Cue:
    """Tell the inventory this."""

    message: Message


class Prompter(Actor[Cue]):
    """Tells the inventory messages at their moments."""

    def __init__(self, inventory: Ref[Any]) -> None:
        super().__init__()
        self.inventory = inventory

    @receives(Cue)
    def cue(self, cue: Cue) -> None:
        self.inventory.tell(cue.message)


class LoneInventory:
    """An inventory and a probe for its answers."""

    def __init__(
        self,
        stock: int,
        service: str = "0ms",
        *,
        inventory: type[Inventory] = Inventory,
        runtime: VirtualRuntime | None = None,
        warm_up: float = 0.0,
    ) -> None:
        self.stage = Stage(runtime)
        self.busy = BusyTime(warm_up)
        distribution = parse_distribution(service)
        self.inventory = self.stage.spawn(
            "inventory/A", lambda: inventory("A", stock, distribution, self.busy)
        )
        self.probe: Probe = self.stage.probe("processor/1")
        self.prompter = self.stage.spawn("prompter", lambda: Prompter(self.inventory.actor_ref))

    def from_probe(self, message: Message) -> Message:
        """The same message; a request is to be answered to the probe."""
        if isinstance(message, (Reserve, Add)):
            return changed(message, reply_to=self.probe.actor_ref)
        return message

    def hear(self, *messages: Message) -> None:
        for message in messages:
            self.stage.tell("inventory/A", self.from_probe(message))
        self.stage.play()

    def at(self, when: float, *messages: Message) -> None:
        for message in messages:
            self.prompter.at(when, Cue(self.from_probe(message)))

    @property
    def granted(self) -> list[tuple[str, int]]:
        return [(answer.order_id, answer.granted) for answer in self.probe.of(Answer)]

    @property
    def units(self) -> tuple[int, int]:
        return self.inventory.stock.on_hand, self.inventory.stock.reserved
