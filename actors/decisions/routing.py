"""Where an order waits, and which processor serves it: the router's five strategies.

A strategy is told of an order that arrives and of a processor that becomes free, and answers
who serves what. To add one: subclass `Strategy` (or `OwnLines`, if each processor shall have a
line of its own), and enter it in `STRATEGIES`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import insort
from collections import deque
from collections.abc import Mapping
from typing import ClassVar, Final
from zlib import crc32

from mypy_extensions import mypyc_attr
from typing_extensions import override

from actors.common.random_streams import Chance
from actors.messages import Serve

__all__ = ["STRATEGIES", "OwnLines", "Strategy", "WaitingLine", "explained"]


class WaitingLine:
    """Orders that wait: the highest priority first, the oldest first within one priority."""

    def __init__(self) -> None:
        self._lines: dict[int, deque[Serve]] = {}
        self._priorities: list[int] = []  # descending through the sign: lowest -priority first
        self._count = 0

    def join(self, serve: Serve) -> None:
        """Wait."""
        rank = -serve.order.priority
        line = self._lines.get(rank)
        if line is None:
            line = self._lines[rank] = deque()
            insort(self._priorities, rank)
        line.append(serve)
        self._count += 1

    def leave(self) -> Serve | None:
        """The next to be served, if anybody waits."""
        if not self._count:
            return None
        self._count -= 1
        while not (line := self._lines[self._priorities[0]]):
            self._forget_first()
        serve = line.popleft()
        # Orders may bring any number of different priorities: keep none that is used up, save
        # one, because most runs have a single priority and its line is empty often.
        if not line and len(self._priorities) > 1:
            self._forget_first()
        return serve

    def _forget_first(self) -> None:
        del self._lines[self._priorities.pop(0)]

    def __len__(self) -> int:
        return self._count


@mypyc_attr(allow_interpreted_subclasses=True)
class Strategy(ABC):
    """Decides where orders wait and who serves them.

    `in_line` says that a processor gets, of the orders that wait for it, the oldest of the highest
    priority; the audit holds the router to that. `meaning` explains the strategy in a few words.

    Args:
        processors: their names, in order; all are free at first.
        rng: a random stream of the router's own.
    """

    in_line: ClassVar[bool] = True
    meaning: ClassVar[str] = ""

    def __init__(self, processors: tuple[str, ...], rng: Chance) -> None:
        self.processors = processors
        self.rng = rng
        self.waiting = 0

    @abstractmethod
    def arrive(self, serve: Serve) -> str | None:
        """The free processor that serves the order now; None: it would have to `wait`."""

    @abstractmethod
    def wait(self, serve: Serve) -> None:
        """Put an order, for which `arrive` found nobody just now, into its line."""

    @abstractmethod
    def free(self, processor: str) -> Serve | None:
        """The waiting order that a processor, now free, serves next; None: it stays free."""


@mypyc_attr(allow_interpreted_subclasses=True)
class SharedQueue(Strategy):
    """One line for all: the first free processor takes the oldest of the highest priority."""

    meaning: ClassVar[str] = "one line for all, the first free processor takes from it"

    def __init__(self, processors: tuple[str, ...], rng: Chance) -> None:
        super().__init__(processors, rng)
        self._idle = deque(processors)
        self._line = WaitingLine()

    @override
    def arrive(self, serve: Serve) -> str | None:
        return self._idle.popleft() if self._idle else None

    @override
    def wait(self, serve: Serve) -> None:
        self._line.join(serve)
        self.waiting += 1

    @override
    def free(self, processor: str) -> Serve | None:
        serve = self._line.leave()
        if serve is None:
            self._idle.append(processor)
        else:
            self.waiting -= 1
        return serve


@mypyc_attr(allow_interpreted_subclasses=True)
class OwnLines(Strategy):
    """A line for each processor: an order stays where `choose` puts it."""

    def __init__(self, processors: tuple[str, ...], rng: Chance) -> None:
        super().__init__(processors, rng)
        self.lines = [WaitingLine() for _ in processors]
        self.busy = [False] * len(processors)
        self._place = {name: place for place, name in enumerate(processors)}
        self._chosen = 0

    @abstractmethod
    def choose(self, serve: Serve) -> int:
        """The place of the processor, counted from 0, whose line the order joins."""

    @override
    def arrive(self, serve: Serve) -> str | None:
        place = self._chosen = self.choose(serve)
        if self.busy[place]:
            return None
        self.busy[place] = True
        return self.processors[place]

    @override
    def wait(self, serve: Serve) -> None:
        self.lines[self._chosen].join(serve)
        self.waiting += 1

    @override
    def free(self, processor: str) -> Serve | None:
        place = self._place[processor]
        serve = self.lines[place].leave()
        if serve is None:
            self.busy[place] = False
        else:
            self.waiting -= 1
        return serve

    def load(self, place: int) -> int:
        """Orders waiting for a processor or being served by it."""
        return len(self.lines[place]) + self.busy[place]


@mypyc_attr(allow_interpreted_subclasses=True)
class RoundRobin(OwnLines):
    """Each processor in turn."""

    meaning: ClassVar[str] = "a line each, in turn"

    _turn = -1

    def choose(self, serve: Serve) -> int:  # noqa: ARG002 — every order alike
        self._turn = (self._turn + 1) % len(self.processors)
        return self._turn


@mypyc_attr(allow_interpreted_subclasses=True)
class RandomChoice(OwnLines):
    """Any processor, each as likely as the others."""

    meaning: ClassVar[str] = "a line each, any of them"

    def choose(self, serve: Serve) -> int:  # noqa: ARG002 — every order alike
        return int(self.rng.random() * len(self.processors))


@mypyc_attr(allow_interpreted_subclasses=True)
class LeastLoaded(OwnLines):
    """The processor with the fewest orders, the first of several."""

    meaning: ClassVar[str] = "a line each, that with the fewest orders"

    def choose(self, serve: Serve) -> int:  # noqa: ARG002 — every order alike
        return min(range(len(self.processors)), key=self.load)


@mypyc_attr(allow_interpreted_subclasses=True)
class HashOfClient(OwnLines):
    """Always the same processor for one client, in every process (CRC-32 of its name)."""

    meaning: ClassVar[str] = "a line each, always the same one for a client"

    @override
    def choose(self, serve: Serve) -> int:
        return crc32(serve.order.client.encode()) % len(self.processors)


STRATEGIES: Final[dict[str, type[Strategy]]] = {
    "shared_queue": SharedQueue,
    "round_robin": RoundRobin,
    "random": RandomChoice,
    "least_loaded": LeastLoaded,
    "hash": HashOfClient,
}


def explained(strategies: Mapping[str, type[Strategy]]) -> str:
    """What these strategies do, in a sentence each."""
    return " ".join(f"{name}: {strategy.meaning}." for name, strategy in strategies.items())
