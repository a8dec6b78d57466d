"""Where an order waits, and which processor serves it: the router's five strategies.

A strategy is told of an order that arrives and of a processor that becomes free, and answers
who serves what. Processors join and leave at any time. To add one: subclass `Strategy` (or
`OwnLines`, if each processor shall have a line of its own), and enter it in `STRATEGIES`.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from bisect import bisect
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar
from zlib import crc32

from typing_extensions import override

from actors.common.random_streams import Chance
from actors.decisions.waiting_line import WaitingLine
from actors.messages import Serve

__all__ = ["STRATEGIES", "OwnLines", "Strategy", "explained"]


class Named(Protocol):
    """What is known here of a processor: any reference will do."""

    @property
    def name(self) -> str:
        """Its name, unique."""


Server = TypeVar("Server", bound=Named)


class Strategy(ABC, Generic[Server]):
    """Decides where orders wait and who serves them.

    `in_line` says that a processor gets, of the orders that wait for it, the oldest of the highest
    priority; the audit holds the router to that. `meaning` explains the strategy in a few words.

    Args:
        rng: a random stream of the router's own.
    """

    in_line: ClassVar[bool] = True
    meaning: ClassVar[str] = ""

    def __init__(self, rng: Chance) -> None:
        self.rng = rng
        self.waiting = 0

    @abstractmethod
    def join(self, processor: Server) -> None:
        """A processor takes orders from now on; it is busy until it is said to be `free`."""

    @abstractmethod
    def leave(self, processor: Server) -> Sequence[Serve]:
        """A processor takes no more; returns the orders that waited for it and no other."""

    @abstractmethod
    def arrive(self, serve: Serve) -> Server | None:
        """The free processor that serves the order now; None: it would have to `wait`."""

    @abstractmethod
    def wait(self, serve: Serve) -> None:
        """Put an order, for which `arrive` found nobody just now, into its line."""

    @abstractmethod
    def free(self, processor: Server) -> Serve | None:
        """The waiting order that a processor, now free, serves next; None: it stays free."""


class SharedQueue(Strategy[Server]):
    """One line for all: the first free processor takes the oldest of the highest priority."""

    meaning: ClassVar[str] = "one line for all, the first free processor takes from it"

    def __init__(self, rng: Chance) -> None:
        super().__init__(rng)
        self._idle = deque[Server]()
        self._line = WaitingLine[Serve]()

    @override
    def join(self, processor: Server) -> None:
        """Nothing to be done before it is free."""

    @override
    def leave(self, processor: Server) -> Sequence[Serve]:
        if processor in self._idle:
            self._idle.remove(processor)
        return ()

    @override
    def arrive(self, serve: Serve) -> Server | None:
        return self._idle.popleft() if self._idle else None

    @override
    def wait(self, serve: Serve) -> None:
        self._line.join(serve)
        self.waiting += 1

    @override
    def free(self, processor: Server) -> Serve | None:
        serve = self._line.leave()
        if serve is None:
            self._idle.append(processor)
        else:
            self.waiting -= 1
        return serve


class OwnLines(Strategy[Server]):
    """A line for each processor: an order stays where `choose` puts it.

    `processors` are in the order of their names and numbers, in whatever order they joined, so
    that the same ones have the same places. Before the first joins, orders wait unassigned.
    """

    def __init__(self, rng: Chance) -> None:
        super().__init__(rng)
        self.processors: list[Server] = []
        self.lines: list[WaitingLine[Serve]] = []
        self.busy: list[bool] = []
        self._position_of: dict[Server, int] = {}
        self._chosen = 0
        self._unassigned = deque[Serve]()

    @abstractmethod
    def choose(self, serve: Serve) -> int:
        """The position of the processor, counted from 0, whose line the order joins."""

    @override
    def join(self, processor: Server) -> None:
        position = bisect([_rank(other.name) for other in self.processors], _rank(processor.name))
        self.processors.insert(position, processor)
        self.lines.insert(position, WaitingLine[Serve]())
        self.busy.insert(position, True)
        self._number()
        while self._unassigned:
            serve = self._unassigned.popleft()
            self.lines[self.choose(serve)].join(serve)

    @override
    def leave(self, processor: Server) -> Sequence[Serve]:
        position = self._position_of[processor]
        del self.processors[position], self.busy[position]
        line = self.lines.pop(position)
        self._number()
        self.waiting -= len(line)
        return line.leave_all()

    def _number(self) -> None:
        self._position_of = {
            processor: position for position, processor in enumerate(self.processors)
        }

    @override
    def arrive(self, serve: Serve) -> Server | None:
        if not self.processors:
            return None
        position = self._chosen = self.choose(serve)
        if self.busy[position]:
            return None
        self.busy[position] = True
        return self.processors[position]

    @override
    def wait(self, serve: Serve) -> None:
        if self.processors:
            self.lines[self._chosen].join(serve)
        else:
            self._unassigned.append(serve)
        self.waiting += 1

    @override
    def free(self, processor: Server) -> Serve | None:
        position = self._position_of[processor]
        serve = self.lines[position].leave()
        self.busy[position] = serve is not None
        if serve is not None:
            self.waiting -= 1
        return serve

    def load(self, position: int) -> int:
        """Orders waiting for a processor or being served by it."""
        return len(self.lines[position]) + self.busy[position]


def _rank(name: str) -> list[tuple[int, str]]:
    """What sorts names with numbers as people do: processor/2 before processor/10."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part)
        for part in re.split(r"(\d+)", name, flags=re.ASCII)
    ]


class RoundRobin(OwnLines[Server]):
    """Each processor in turn."""

    meaning: ClassVar[str] = "a line each, in turn"

    _turn = -1

    def choose(self, serve: Serve) -> int:  # noqa: ARG002 — every order alike
        self._turn = (self._turn + 1) % len(self.processors)
        return self._turn


class RandomChoice(OwnLines[Server]):
    """Any processor, each as likely as the others."""

    meaning: ClassVar[str] = "a line each, any of them"

    def choose(self, serve: Serve) -> int:  # noqa: ARG002 — every order alike
        return int(self.rng.random() * len(self.processors))


class LeastLoaded(OwnLines[Server]):
    """The processor with the fewest orders, the first of several."""

    meaning: ClassVar[str] = "a line each, that with the fewest orders"

    def choose(self, serve: Serve) -> int:  # noqa: ARG002 — every order alike
        return min(range(len(self.processors)), key=self.load)


class HashOfClient(OwnLines[Server]):
    """Always the same processor for one client, in every process (CRC-32 of its name)."""

    meaning: ClassVar[str] = "a line each, always the same one for a client"

    @override
    def choose(self, serve: Serve) -> int:
        return crc32(serve.order.client.encode()) % len(self.processors)


STRATEGIES: Final[dict[str, type[Strategy[Any]]]] = {
    "shared_queue": SharedQueue,
    "round_robin": RoundRobin,
    "random": RandomChoice,
    "least_loaded": LeastLoaded,
    "hash": HashOfClient,
}


def explained(strategies: Mapping[str, type[Strategy[Any]]]) -> str:
    """What these strategies do, in a sentence each."""
    return " ".join(f"{name}: {strategy.meaning}." for name, strategy in strategies.items())
