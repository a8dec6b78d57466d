"""Mistakes of closed clients: when they order, and what they make of their answers."""

from __future__ import annotations

from typing import Final, NamedTuple

from planting import Mistake, Slipping, planted, replace
from typing_extensions import override

from actors.client import ClosedClient
from actors.messages import Begin, Due, Outcome, Place
from actors.ref import Ref
from actors.runtime.actor import receives

__all__ = ["IN_CLOSED_CLIENTS"]

DUE: Final = Due()
CLOSING_TIME: Final = 8.0


class Closed(Slipping, ClosedClient):
    """A closed client."""


class DoesNotWait(Closed):
    """A closed client that now and then orders without waiting for an answer."""

    @override
    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        super().place(scheduled, phase, reply_to)
        if self.every(10):
            self.after(0.005, DUE)


class OrdersTwice(Closed):
    """A closed client that places two orders at once now and then."""

    @override
    def order(self, _due: Begin | Due) -> None:
        super().order(_due)
        if self.every(10):
            super().order(_due)


class OrdersOneAside(Closed):
    """A closed client that places an order beside the one for whose answer it waits."""

    @override
    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        super().place(scheduled, phase, reply_to)
        if self.every(10):
            super().place(scheduled, phase)


class DoesNotThink(Closed):
    """A closed client that orders again without thinking."""

    @override
    def answered(self, _outcome: Outcome) -> None:
        if self.every(5):
            self.after(0.0, DUE)
        else:
            super().answered(_outcome)


class ThinksTooLong(Closed):
    """A closed client that thinks for longer than the scenario says."""

    @override
    def answered(self, _outcome: Outcome) -> None:
        if self.now + 0.9 < CLOSING_TIME and self.every(5):
            self.after(0.9, DUE)
        else:
            super().answered(_outcome)


class ThinksWhileItWaits(Closed):
    """A closed client that begins to think when it orders, not when it is answered."""

    ordered = 0.0

    @override
    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        self.ordered = self.now
        super().place(scheduled, phase, reply_to)

    @override
    def answered(self, _outcome: Outcome) -> None:
        due = max(self.now, self.ordered + 0.1)
        if due < CLOSING_TIME:
            self.slip()
            self.at(due, DUE)


class TriesAgainAtOnce(Closed):
    """A closed client that orders again at once after it was rejected."""

    @override
    def answered(self, _outcome: Outcome) -> None:
        if _outcome.status == "rejected":
            self.slip()
            self.order(DUE)
        else:
            super().answered(_outcome)


class Encore(NamedTuple):
    phase: str


class GoesOn(Closed):
    """A closed client that goes on when its last phase is over."""

    @override
    def answered(self, _outcome: Outcome) -> None:
        if CLOSING_TIME - 0.3 < self.now < CLOSING_TIME + 1:
            self.after(0.3, Encore("late"))
        else:
            super().answered(_outcome)

    @receives(Encore)
    def go_on(self, encore: Encore) -> None:
        self.slip()
        self.place(self.now, encore.phase, self.actor_ref)


class StopsEarly(Closed):
    """A closed client that goes home after twenty orders."""

    @override
    def answered(self, _outcome: Outcome) -> None:
        if self.placed < 20:
            super().answered(_outcome)
        else:
            self.slip()


class GivesUp(Closed):
    """A closed client that gives up for good when it is rejected."""

    @override
    def answered(self, _outcome: Outcome) -> None:
        if _outcome.status == "rejected":
            self.slip()
        else:
            super().answered(_outcome)


class Oversleeps(Closed):
    """A closed client that never begins."""

    @override
    def order(self, _due: Begin | Due) -> None:
        if isinstance(_due, Begin) and self.name.endswith("-3"):
            self.slip()
        else:
            super().order(_due)


class ComesLate(Closed):
    """A closed client that begins a second after the run."""

    @override
    def order(self, _due: Begin | Due) -> None:
        if isinstance(_due, Begin):
            self.slip()
            self.after(1.0, DUE)
        else:
            super().order(_due)


class SaysEarlier(Closed):
    """A closed client that says it was to order sooner than it was."""

    @override
    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        if scheduled:
            self.slip()
        super().place(max(0.0, scheduled - 0.05), phase, reply_to)


class KeepsTheFirstPhase(Closed):
    """A closed client that does not notice that a new phase has begun."""

    @override
    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        if phase != "early":
            self.slip()
        super().place(scheduled, "early", reply_to)


class WantsNoAnswer(Closed):
    """A closed client that forgets to ask for the answer, and so waits for good."""

    @override
    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        super().place(scheduled, phase, None if self.every(20) else reply_to)


class HasTheAnswerSentElsewhere(Closed):
    """A closed client that has a colleague answered in its place."""

    @override
    def alter(self, message: object) -> object | None:
        if isinstance(message, Place) and self.placed == 20:
            return replace(message, reply_to=self._runtime().actor("client/tills-1").actor_ref)
        return message


IN_CLOSED_CLIENTS: Final[tuple[Mistake, ...]] = tuple(
    planted(
        "tills",
        DoesNotWait,
        OrdersTwice,
        OrdersOneAside,
        DoesNotThink,
        ThinksTooLong,
        ThinksWhileItWaits,
        TriesAgainAtOnce,
        GoesOn,
        StopsEarly,
        GivesUp,
        Oversleeps,
        ComesLate,
        SaysEarlier,
        KeepsTheFirstPhase,
        WantsNoAnswer,
        HasTheAnswerSentElsewhere,
    )
)
