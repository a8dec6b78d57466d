"""Mistakes of strategies: who is served next, by whom, and who is never served."""

from __future__ import annotations

from typing import Any, Final
from zlib import crc32

from planting import Mistake, Slipping, planted
from typing_extensions import override

from actors.decisions.routing import (
    HashOfClient,
    LeastLoaded,
    OwnLines,
    RandomChoice,
    RoundRobin,
    SharedQueue,
)
from actors.messages import Serve
from actors.ref import Ref

__all__ = ["IN_STRATEGIES"]

Server = Ref[Serve]


class Pile(Slipping, SharedQueue[Server]):
    """A strategy with a line of its own kind."""

    def __init__(self, *settings: Any) -> None:
        super().__init__(*settings)
        self.pile: list[Serve] = []

    @override
    def wait(self, serve: Serve) -> None:
        self.pile.append(serve)
        self.waiting += 1

    @override
    def free(self, processor: Server) -> Serve | None:
        if not self.pile:
            return super().free(processor)
        self.waiting -= 1
        serve = min(self.pile, key=self.place_of)
        first = min(self.pile, key=lambda other: -other.order.priority)
        if serve is not first:
            self.slip()
        self.pile.remove(serve)
        return serve

    def place_of(self, serve: Serve) -> Any:
        """Whoever has the lowest comes first; the oldest among equals."""
        return -serve.order.priority


class LastFirst(Pile):
    """A strategy that serves the last in line first."""

    @override
    def place_of(self, serve: Serve) -> Any:
        return -self.pile.index(serve)


class LastOfEqualsFirst(Pile):
    """A strategy that serves the last of those that have the same priority first."""

    @override
    def place_of(self, serve: Serve) -> Any:
        return (-serve.order.priority, -self.pile.index(serve))


class IgnoresPriorities(Pile):
    """A strategy that ignores priorities."""

    @override
    def place_of(self, serve: Serve) -> Any:
        return 0


class LowestFirst(Pile):
    """A strategy that serves the lowest priority first."""

    @override
    def place_of(self, serve: Serve) -> Any:
        return serve.order.priority


class SortsAsText(Pile):
    """A strategy that sorts priorities as texts, so that 5 comes before 10."""

    @override
    def place_of(self, serve: Serve) -> Any:
        return [-ord(sign) for sign in str(serve.order.priority)]


class IgnoresTheSign(Pile):
    """A strategy that takes a priority below zero for one above."""

    @override
    def place_of(self, serve: Serve) -> Any:
        return -abs(serve.order.priority)


class SmallOrdersFirst(Pile):
    """A strategy that serves orders of few lines first."""

    @override
    def place_of(self, serve: Serve) -> Any:
        return len(serve.order.lines)


class StarvesAClient(Pile):
    """A strategy that serves one client only when nobody else waits."""

    @override
    def place_of(self, serve: Serve) -> Any:
        return serve.order.client == "web-2"


class Shared(Slipping, SharedQueue[Server]):
    """A strategy with one line."""


class NeverServes(Shared):
    """A strategy that loses an order out of its line."""

    @override
    def wait(self, serve: Serve) -> None:
        if self.every(30):
            self.waiting += 1
        else:
            super().wait(serve)


class HandsOutTwice(Shared):
    """A strategy that has an order served by two processors."""

    again: Serve | None = None

    @override
    def free(self, processor: Server) -> Serve | None:
        again, self.again = self.again, None
        if again is not None:
            return again
        serve = super().free(processor)
        if serve is not None and self.every(20):
            self.again = serve
        return serve


class LosesCount(Shared):
    """A strategy that loses count of those that wait, so that no limit is ever reached."""

    @override
    def wait(self, serve: Serve) -> None:
        super().wait(serve)
        self.slip()
        self.waiting = 0

    @override
    def free(self, processor: Server) -> Serve | None:
        serve = super().free(processor)
        self.waiting = 0
        return serve


class CountsTwice(Shared):
    """A strategy that counts every waiting order twice."""

    @override
    def wait(self, serve: Serve) -> None:
        super().wait(serve)
        self.slip()
        self.waiting += 1

    @override
    def free(self, processor: Server) -> Serve | None:
        serve = super().free(processor)
        if serve is not None:
            self.waiting -= 1
        return serve


class LeavesAProcessorIdle(Shared):
    """A strategy that lets a processor idle now and then though orders wait."""

    @override
    def free(self, processor: Server) -> Serve | None:
        if self.waiting > 2 and processor.name == "processor/3" and self.every(10):
            self.idle(processor)
            return None
        return super().free(processor)

    def idle(self, processor: Server) -> None:
        self._idle.append(processor)


class LetsWaitThoughSomebodyIsFree(Shared):
    """A strategy that lets an order wait now and then though a processor is free."""

    @override
    def arrive(self, serve: Serve) -> Server | None:
        processor = super().arrive(serve)
        busy_enough = 1.0 < serve.place.scheduled < 3.0
        if processor is not None and busy_enough and self.every(5):
            self._idle.append(processor)
            return None
        return processor


class UsesTwoOfThree(Shared):
    """A strategy that forgets the last processor."""

    @override
    def free(self, processor: Server) -> Serve | None:
        if processor.name == "processor/3":
            self.slip()
            return None
        return super().free(processor)


# A line for each processor.


class Own(Slipping, OwnLines[Server]):
    """A strategy with a line for each processor."""

    def instead(self, right: int, wrong: int) -> int:
        if wrong != right:
            self.slip()
        return wrong


class SkipsTheLast(Own, RoundRobin[Server]):
    """A strategy of turns that skips the last processor."""

    @override
    def choose(self, serve: Serve) -> int:
        right = super().choose(serve)
        return self.instead(right, right % (len(self.processors) - 1))


class GivesTwoTurns(Own, RoundRobin[Server]):
    """A strategy of turns that gives each processor two in a row."""

    turns = -1

    @override
    def choose(self, serve: Serve) -> int:
        self.turns += 1
        return self.instead(super().choose(serve), self.turns // 2 % len(self.processors))


class Steals(Own, RoundRobin[Server]):
    """A strategy of turns in which a processor takes from another's line when its own is empty."""

    @override
    def free(self, processor: Server) -> Serve | None:
        own = self.processors.index(processor)
        longest = max(self.lines, key=len)
        if len(self.lines[own]) or not len(longest):
            return super().free(processor)
        self.slip()
        self.waiting -= 1
        return longest.leave()


class AlwaysTheFirst(Own, RandomChoice[Server]):
    """A strategy of chance that always takes the first processor."""

    @override
    def choose(self, serve: Serve) -> int:
        return self.instead(super().choose(serve), 0)


class NeverTheLast(Own, RandomChoice[Server]):
    """A strategy of chance that never takes the last processor."""

    @override
    def choose(self, serve: Serve) -> int:
        return self.instead(super().choose(serve), int(self.rng.random() * 2))


class MostLoaded(Own, LeastLoaded[Server]):
    """A strategy of loads that takes the processor with the most orders."""

    @override
    def choose(self, serve: Serve) -> int:
        most = max(range(len(self.processors)), key=self.load)
        return self.instead(super().choose(serve), most)


class ForgetsWhoIsServed(Own, LeastLoaded[Server]):
    """A strategy of loads that does not count the order that a processor is serving."""

    @override
    def load(self, place: int) -> int:
        if self.busy[place]:
            self.slip()
        return len(self.lines[place])


class SendsElsewhere(Own, HashOfClient[Server]):
    """A strategy of hashes that sends some orders of a client to another processor."""

    @override
    def choose(self, serve: Serve) -> int:
        right = super().choose(serve)
        return (right + 1) % len(self.processors) if self.every(10) else right


class HashesTheOrder(Own, HashOfClient[Server]):
    """A strategy of hashes that takes the order's id in place of the client's name."""

    @override
    def choose(self, serve: Serve) -> int:
        wrong = crc32(serve.order.id.encode()) % len(self.processors)
        return self.instead(super().choose(serve), wrong)


class WaitsInTheNextLine(Own, HashOfClient[Server]):
    """A strategy of hashes that puts a waiting order into the line beside its own."""

    @override
    def wait(self, serve: Serve) -> None:
        right = self.choose(serve)
        wrong = self.instead(right, (right + 1) % len(self.processors))
        if not self.busy[wrong]:  # it would wait for good
            wrong = right
        self.lines[wrong].join(serve)
        self.waiting += 1


IN_STRATEGIES: Final[tuple[Mistake, ...]] = (
    *planted(
        "shortage",
        LastFirst,
        SmallOrdersFirst,
        StarvesAClient,
        NeverServes,
        HandsOutTwice,
        CountsTwice,
        LeavesAProcessorIdle,
        LetsWaitThoughSomebodyIsFree,
        UsesTwoOfThree,
    ),
    *planted(
        "priorities",
        LastOfEqualsFirst,
        IgnoresPriorities,
        LowestFirst,
        SortsAsText,
        IgnoresTheSign,
    ),
    *planted("limited", LosesCount),
    *planted("turns", SkipsTheLast, GivesTwoTurns, Steals),
    *planted("chance", AlwaysTheFirst, NeverTheLast),
    *planted("least", MostLoaded, ForgetsWhoIsServed),
    *planted("hash", SendsElsewhere, HashesTheOrder, WaitsInTheNextLine),
)
