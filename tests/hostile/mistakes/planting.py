"""What planted mistakes have in common: how they are named, made now and then, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace as recast
from typing import Any, Final, NamedTuple, TypeVar, cast

import msgspec
from typing_extensions import override

from actors.client import ClosedClient, OpenClient, ReplayClient
from actors.collector import Collector
from actors.decisions.routing import STRATEGIES, Strategy
from actors.inventory import Inventory
from actors.measure.result import Result
from actors.processor import Processor
from actors.router import Router
from actors.runtime.actor import Actor
from actors.runtime.base import Runtime
from actors.runtime.interception import OUTSIDE, Interceptor, Transit
from actors.scenario.loader import LoadedScenario
from actors.simulation import Cast, Simulation

__all__ = ["Altering", "Mistake", "Slipping", "planted", "play", "replace", "slips"]

Message = TypeVar("Message")

ROLES: Final[Sequence[tuple[type, str]]] = (
    (OpenClient, "open_client"),
    (ClosedClient, "closed_client"),
    (ReplayClient, "replay_client"),
    (Router, "router"),
    (Processor, "processor"),
    (Inventory, "inventory"),
    (Collector, "collector"),
)

slips: Final[Counter[str]] = Counter()  # mistakes that were made, by the class that made them


class Mistake(NamedTuple):
    """A mistake, who makes it, and the shop in which it is played."""

    name: str
    roles: Cast
    shop: str


def planted(shop: str, *classes: type) -> Iterator[Mistake]:
    """The mistakes of these classes, whose texts are their names, in one shop."""
    for cls in classes:
        words = (cls.__doc__ or "").strip().rstrip(".")
        yield Mistake(words[:1].lower() + words[1:], _cast(cls), shop)


def _cast(cls: type) -> Cast:
    bases = cls.__mro__  # `issubclass` mixes compiled classes up: they share what `abc` remembers
    if Strategy in bases:
        return Cast(strategies=dict.fromkeys(STRATEGIES, cls))
    role = next(role for base, role in ROLES if base in bases)
    change: dict[str, Any] = {role: cls}
    return recast(Cast(), **change)


def replace(message: Message, **changes: object) -> Message:
    """A copy of a message with other values in some fields."""
    if isinstance(message, msgspec.Struct):
        return msgspec.structs.replace(message, **changes)
    kind: Any = type(message)  # where messages are compiled they are no structs
    fields = {field: getattr(message, field) for field in kind.__match_args__}
    copy: Message = kind(**fields | changes)
    return copy


class Slipping:
    """Makes mistakes now and then and counts them; alters what it tells, or whom.

    An actor is altered by an `Altering` interceptor, through which it is heard.
    """

    chances = 0

    def slip(self) -> None:
        """Count a mistake."""
        slips[type(self).__name__] += 1

    def every(self, number: int) -> bool:
        """Whether it is time for a mistake: once in so many chances."""
        self.chances += 1
        if self.chances % number:
            return False
        self.slip()
        return True

    def alter(self, message: object) -> object | None:
        """What is told in place of a message; None: nothing."""
        return message

    def address(self, name: str, message: object) -> str:  # noqa: ARG002 — for all alike
        """Who is told in place of somebody."""
        return name

    def tell(self, name: str, message: object) -> None:
        """Tell an actor to which there is no reference, and alter that too."""
        self._runtime().tell(name, message)

    def tell_truly(self, name: str, message: object) -> None:
        """Tell an actor, and alter nothing."""
        _post(self._runtime(), name, message)

    def _runtime(self) -> Runtime:
        engine = cast("Actor[Any]", self)._host.engine
        assert isinstance(engine, Runtime)
        return engine


def _post(runtime: Runtime, name: str, message: object) -> None:
    mailbox = runtime.find(name)
    assert mailbox is not None
    mailbox.post(message)


class Altering(Interceptor):
    """Has whoever makes mistakes alter what it tells.

    Attributes:
        runtime: where all are; to be set before they play.
    """

    runtime: Runtime

    @override
    def send(self, transit: Transit) -> None:
        teller: object = None if transit.sender == OUTSIDE else self.runtime.actor(transit.sender)
        if not isinstance(teller, Slipping):
            transit.deliver()
            return
        message, name = transit.message, transit.receiver
        other, to = teller.alter(message), teller.address(name, message)
        if other != message or to != name:
            teller.slip()
        if other is not None:
            _post(self.runtime, to, other)


def play(mistake: Mistake, loaded: LoadedScenario) -> Result:
    """Have a mistake made in a shop."""
    altering = Altering()
    simulation = Simulation(loaded, roles=mistake.roles, interceptor=altering)
    altering.runtime = simulation.runtime
    return simulation.run()
