"""What planted mistakes have in common: how they are named, made now and then, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace as recast
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from actors.client import ClosedClient, OpenClient, ReplayClient
from actors.collector import Collector
from actors.decisions.routing import STRATEGIES, Strategy
from actors.inventory import Inventory
from actors.processor import Processor
from actors.router import Router
from actors.simulation import Cast

__all__ = ["Mistake", "Slipping", "planted", "replace", "slips"]

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
    """Makes mistakes now and then and counts them; alters what it tells, or whom."""

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

    def altered(self, tell: Callable[[str, object], None]) -> Callable[[str, object], None]:
        """A `tell` that alters what it is given."""

        def told(name: str, message: object) -> None:
            other, to = self.alter(message), self.address(name, message)
            if other != message or to != name:
                self.slip()
            if other is not None:
                tell(to, other)

        return told
