"""Messages and small actors that the laws are tried on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

from speaker import Speaker

from actors.runtime.actor import receives
from actors.runtime.base import Runtime

MakeRuntime = Callable[..., Runtime]


class Number(NamedTuple):
    """A message that is one of many."""

    sender: str
    value: int


class Do(NamedTuple):
    """Whatever the test wants done inside a handler."""

    what: Callable[[Speaker], object]


class Poison(NamedTuple):
    """A message that nobody survives."""

    error: BaseException


class Player(Speaker):
    """Does what it is told, remembers numbers, and raises what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[Number] = []
        self.times: list[float] = []
        self.crashed_on: list[tuple[object, BaseException]] = []

    @receives(Number)
    def number(self, number: Number) -> int:
        """Remember a number and when it came."""
        self.numbers.append(number)
        self.times.append(self.now)
        return number.value

    @receives(Do)
    def do(self, do: Do) -> object:
        """Do it."""
        return do.what(self)

    @receives(Poison)
    def raise_it(self, poison: Poison) -> None:
        """Raise it."""
        raise poison.error

    def on_crash(self, message: object, error: BaseException) -> None:
        """Remember it."""
        self.crashed_on.append((message, error))

    @property
    def values(self) -> list[int]:
        """The numbers' values, in the order they came."""
        return [number.value for number in self.numbers]


class Guarded(Player):
    """Raises if two of its handlers ever run at once."""

    def __init__(self) -> None:
        super().__init__()
        self._inside = threading.Lock()

    def number(self, number: Number) -> int:
        """Remember a number, alone."""
        if not self._inside.acquire(blocking=False):
            raise AssertionError("two handlers at once")
        try:
            return super().number(number)
        finally:
            self._inside.release()


def player(runtime: Runtime, name: str) -> Player:
    """Spawn a player and return it."""
    runtime.spawn(name, Player)
    found = runtime.actor(name)
    assert isinstance(found, Player)
    return found


def do(runtime: Runtime, name: str, what: Callable[[Speaker], object]) -> None:
    """Have it done inside a handler of the actor `name`."""
    runtime.tell(name, Do(what))


def assert_settled(runtime: Runtime) -> None:
    """Nothing sent is neither handled nor a dead letter."""
    counts = runtime.counts()
    assert counts.sent == counts.handled + counts.dead_lettered
