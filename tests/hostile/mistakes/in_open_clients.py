"""Mistakes of open clients: of their turns, of what they write, of what they put on envelopes."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec
from planting import Mistake, Slipping, planted, replace
from typing_extensions import override

from actors.client import OpenClient
from actors.decisions.order_json import encode_order
from actors.messages import Line, Luck, Order, Outcome, Place, Turns
from actors.ref import Ref
from actors.runtime.actor import receives

__all__ = ["IN_OPEN_CLIENTS"]

_read: Final = msgspec.json.Decoder(Order).decode


class Open(Slipping, OpenClient):
    """An open client."""


# Turns.


class SkipsTurns(Open):
    """An open client that skips every fiftieth turn."""

    @override
    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        if not self.every(50):
            super().place(scheduled, phase, reply_to)


class TakesTurnsTwice(Open):
    """An open client that orders twice at every fiftieth turn."""

    @override
    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        super().place(scheduled, phase, reply_to)
        if self.every(50):
            super().place(scheduled, phase, reply_to)


class MissesTheBurst(Open):
    """An open client that misses the burst at noon."""

    @override
    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        if phase == "noon" and scheduled == 2.0:
            self.slip()
        else:
            super().place(scheduled, phase, reply_to)


class LeavesBeforeEvening(Open):
    """An open client that leaves out the last phase."""

    @override
    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        if phase == "evening":
            self.slip()
        else:
            super().place(scheduled, phase, reply_to)


class StopsEarly(Open):
    """An open client that takes no more turns after half of the day."""

    @override
    def take_turns(self, turns: Turns) -> None:
        if self.now > 2.0:
            self.slip()
        else:
            super().take_turns(turns)


class GoesOn(Open):
    """An open client that orders once more when its last phase is over."""

    @override
    def take_turns(self, turns: Turns) -> None:
        _, phase = turns.turns[-1]
        if len(turns.turns) < 16:  # the last ones
            self.slip()
            turns = Turns((*turns.turns, (5.5, phase)))
        super().take_turns(turns)


class SendsAhead(Open):
    """An open client that sends the orders of all its turns at once."""

    @override
    def take_turns(self, turns: Turns) -> None:
        if self.name.endswith("-1"):  # it deals, and so has to wait for its own turns
            super().take_turns(turns)
            return
        self.slip()
        for moment, phase in turns.turns:
            self.place(moment, phase)


class Late(NamedTuple):
    scheduled: float
    phase: str


class SendsLate(Open):
    """An open client that sends every tenth order late and says that it was on time."""

    @override
    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        if self.every(10):
            self.after(0.25, Late(scheduled, phase))
        else:
            super().place(scheduled, phase, reply_to)

    @receives(Late)
    def send_late(self, late: Late) -> None:
        super().place(late.scheduled, late.phase)


class SaysLater(Open):
    """An open client that says it was to order a little later than it was."""

    @override
    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        self.slip()
        super().place(scheduled + 0.002, phase, reply_to)


class RoundsItsSchedule(Open):
    """An open client that rounds the times of its schedule down to tenths of a second."""

    @override
    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        self.slip()
        super().place(scheduled * 10 // 1 / 10, phase, reply_to)


class KeepsThePhase(Open):
    """An open client that notices a new phase only with its second order."""

    known = ""

    @override
    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        known, self.known = self.known or phase, phase
        if known != phase:
            self.slip()
        super().place(scheduled, known, reply_to)


class Dealing(Open):
    """An open client that makes mistakes when it deals turns."""


class DealsTooFew(Dealing):
    """An open client that forgets the last turn of those that it deals."""

    @override
    def alter(self, message: object) -> object | None:
        if isinstance(message, Turns) and len(message.turns) > 1:
            return Turns(message.turns[:-1])
        return message


class DealsTheSameTwice(Dealing):
    """An open client that deals the first one's turns to the second too, in place of its own."""

    dealt = Turns(())

    @override
    def address(self, name: str, message: object) -> str:
        if isinstance(message, Turns) and name.endswith("-1"):
            self.dealt = message
        return name

    @override
    def alter(self, message: object) -> object | None:
        if isinstance(message, Turns) and len(message.turns) == len(self.dealt.turns):
            turns, self.dealt = self.dealt, Turns(())
            return turns
        return message


class DealsFromTheNextPhase(Dealing):
    """An open client that deals the noon's turns under the morning's name."""

    @override
    def alter(self, message: object) -> object | None:
        if isinstance(message, Turns):
            named = [(at, "morning" if name == "noon" else name) for at, name in message.turns]
            return Turns(tuple(named))
        return message


# What it writes.


class Writing(Open):
    """An open client that writes other orders than its group's form says."""

    @override
    def send(
        self,
        ref: str,
        body: bytes,
        scheduled: float,
        phase: str,
        *,
        reply_to: Ref[Outcome] | None = None,
        luck: Luck | None = None,
    ) -> None:
        order = _read(body)
        written = self.written(order)
        if written != order:
            self.slip()
        super().send(ref, encode_order(written), scheduled, phase, reply_to=reply_to, luck=luck)

    def written(self, order: Order) -> Order:
        return order


class WritesManyUnits(Writing):
    """An open client that now and then orders more units than its form allows."""

    @override
    def written(self, order: Order) -> Order:
        lines = order.lines
        if self.every(20):
            lines = (replace(lines[0], quantity=7), *lines[1:])
        return replace(order, lines=lines)


class WritesManyLines(Writing):
    """An open client that now and then writes every line twice."""

    @override
    def written(self, order: Order) -> Order:
        if len(order.lines) > 2 and self.every(5):
            return replace(order, lines=order.lines * 2)
        return order


class WritesAnotherProduct(Writing):
    """An open client that orders a product which its group never orders."""

    @override
    def written(self, order: Order) -> Order:
        if self.group == "depot" and self.every(10):
            return replace(order, lines=(Line("RUM", 5),))
        return order


class WritesOneProduct(Writing):
    """An open client that orders the first product only, though its form has two."""

    @override
    def written(self, order: Order) -> Order:
        lines = tuple([replace(line, sku="TEA") for line in order.lines])
        return replace(order, lines=lines)


class WritesReturns(Writing):
    """An open client that writes a return now and then, though its group only buys."""

    @override
    def written(self, order: Order) -> Order:
        return replace(order, kind="return") if self.every(20) else order


class WritesSales(Writing):
    """An open client that writes a sale whatever kind it has drawn."""

    @override
    def written(self, order: Order) -> Order:
        return replace(order, kind="sale")


class WritesAnotherPriority(Writing):
    """An open client that gives some orders a priority which its form does not have."""

    @override
    def written(self, order: Order) -> Order:
        return replace(order, priority=7) if self.every(10) else order


class WritesNoPriority(Writing):
    """An open client that forgets to write priorities."""

    @override
    def written(self, order: Order) -> Order:
        return replace(order, priority=0)


class WritesAnotherName(Writing):
    """An open client that signs now and then with the name of another."""

    @override
    def written(self, order: Order) -> Order:
        return replace(order, client="web-1") if self.every(10) else order


class SendsTheLastAgain(Open):
    """An open client that now and then sends the order before in place of the new one."""

    last = ("", b"")

    @override
    def send(
        self,
        ref: str,
        body: bytes,
        scheduled: float,
        phase: str,
        *,
        reply_to: Ref[Outcome] | None = None,
        luck: Luck | None = None,
    ) -> None:
        again = self.last if self.last[0] and self.every(20) else (ref, body)
        self.last = (ref, body)
        super().send(*again, scheduled, phase, reply_to=reply_to, luck=luck)


class ReusesAnId(Open):
    """An open client that gives a new order the id of the one before."""

    last = ""

    @override
    def send(
        self,
        ref: str,
        body: bytes,
        scheduled: float,
        phase: str,
        *,
        reply_to: Ref[Outcome] | None = None,
        luck: Luck | None = None,
    ) -> None:
        again = self.last if self.last and self.every(20) else ref
        self.last = ref
        body = encode_order(replace(_read(body), id=again))
        super().send(again, body, scheduled, phase, reply_to=reply_to, luck=luck)


# Its books.


class CountsTooFew(Open):
    """An open client that does not count every order, and so gives two the same id."""

    @override
    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        super().place(scheduled, phase, reply_to)
        if self.every(30):
            self.placed -= 1


class CountsTooMany(Open):
    """An open client that counts an order which it did not place."""

    @override
    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        super().place(scheduled, phase, reply_to)
        if self.every(30):
            self.placed += 1


class KeepsNoLedger(Open):
    """An open client that does not enter every order in the ledger."""

    @override
    def send(
        self,
        ref: str,
        body: bytes,
        scheduled: float,
        phase: str,
        *,
        reply_to: Ref[Outcome] | None = None,
        luck: Luck | None = None,
    ) -> None:
        if not self.every(30):
            super().send(ref, body, scheduled, phase, reply_to=reply_to, luck=luck)
            return
        self.placed += 1
        self.scheduled.add(scheduled)
        self._router.tell(Place(ref, body, scheduled, self.name, self.group, phase, reply_to))


class SumsUpWrongly(Open):
    """An open client that adds the time of an order to its schedule twice."""

    @override
    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        super().place(scheduled, phase, reply_to)
        if self.every(30):
            self.scheduled.add(scheduled)


class BelievesInAnotherGroup(Open):
    """An open client that believes itself to be of the other group."""

    def __init__(self, *settings: Any) -> None:
        super().__init__(*settings)
        if self.name == "client/web-3":
            self.slip()
            self.group = "depot"


# What the router is told, and the ledger is not.


class Posting(Open):
    """An open client that tells the router something else than it enters in the ledger."""

    @override
    def alter(self, message: object) -> object | None:
        if isinstance(message, Place) and not self.truthful():
            return self.posted(message)
        return message

    def truthful(self) -> bool:
        """Whether it tells the truth this time."""
        return not self.every(15)

    def posted(self, place: Place) -> Place | None:
        return place


def _rewritten(place: Place, **changes: object) -> Place:
    """An envelope whose order was changed."""
    return replace(place, body=encode_order(replace(_read(place.body), **changes)))


class PostsNothing(Posting):
    """An open client that enters an order in the ledger and does not send it."""

    @override
    def posted(self, place: Place) -> Place | None:
        return None


class PostsTwice(Posting):
    """An open client that sends an order twice."""

    @override
    def posted(self, place: Place) -> Place | None:
        self._router.tell(place)
        return place


class PostsAnotherGroup(Posting):
    """An open client that writes the name of another group on the envelope."""

    @override
    def posted(self, place: Place) -> Place | None:
        return replace(place, group="depot" if self.group == "web" else "web")


class PostsNoPhase(Posting):
    """An open client that forgets to write the phase on the envelope."""

    @override
    def posted(self, place: Place) -> Place | None:
        return replace(place, phase="")


class PostsAnotherTime(Posting):
    """An open client that writes on the envelope that an order was to leave now, or sooner."""

    @override
    def posted(self, place: Place) -> Place | None:
        return replace(place, scheduled=place.scheduled / 2)


class PostsTimesThatEvenOut(Posting):
    """An open client that writes one time too early and the next as much too late."""

    shifts: Final = {10: 0.004, 11: -0.004}

    @override
    def truthful(self) -> bool:
        return self.placed % 20 not in self.shifts

    @override
    def posted(self, place: Place) -> Place | None:
        return replace(place, scheduled=place.scheduled + self.shifts[self.placed % 20])


class PostsMoreUnits(Posting):
    """An open client that sends an order for one unit more than the ledger has."""

    @override
    def posted(self, place: Place) -> Place | None:
        first, *rest = _read(place.body).lines
        return _rewritten(place, lines=(replace(first, quantity=first.quantity + 1), *rest))


class PostsAnotherKind(Posting):
    """An open client that sends as a return what the ledger has as a sale."""

    @override
    def posted(self, place: Place) -> Place | None:
        return _rewritten(place, kind="return")


class PostsFewerLines(Posting):
    """An open client that leaves the last line out of an order that it sends."""

    @override
    def posted(self, place: Place) -> Place | None:
        lines = _read(place.body).lines
        return _rewritten(place, lines=lines[:-1] or lines)


class PostsAnotherPriority(Posting):
    """An open client that sends an order with a higher priority than the ledger has."""

    @override
    def posted(self, place: Place) -> Place | None:
        return _rewritten(place, priority=10)


class PostsTheBodyBefore(Posting):
    """An open client that puts the order before into an envelope."""

    body = b""

    @override
    def alter(self, message: object) -> object | None:
        altered = super().alter(message)
        if isinstance(message, Place):
            self.body = message.body
        return altered

    @override
    def posted(self, place: Place) -> Place | None:
        return replace(place, body=self.body)


class PostsHalf(Posting):
    """An open client that cuts an order off in the middle."""

    @override
    def posted(self, place: Place) -> Place | None:
        return replace(place, body=place.body[: len(place.body) // 2])


class PostsAnotherId(Posting):
    """An open client that sends an order under another id than the ledger has."""

    @override
    def posted(self, place: Place) -> Place | None:
        ref = place.ref + "-b"
        return replace(_rewritten(place, id=ref), ref=ref)


IN_OPEN_CLIENTS: Final[tuple[Mistake, ...]] = (
    *planted(
        "shortage",
        SkipsTurns,
        TakesTurnsTwice,
        StopsEarly,
        SendsAhead,
        SendsLate,
        SaysLater,
        RoundsItsSchedule,
        DealsTooFew,
        DealsTheSameTwice,
        WritesManyUnits,
        WritesManyLines,
        WritesReturns,
        SendsTheLastAgain,
        ReusesAnId,
        CountsTooFew,
        CountsTooMany,
        KeepsNoLedger,
        SumsUpWrongly,
        PostsNothing,
        PostsTwice,
        PostsAnotherTime,
        PostsTimesThatEvenOut,
        PostsMoreUnits,
        PostsAnotherKind,
        PostsFewerLines,
        PostsTheBodyBefore,
        PostsHalf,
        PostsAnotherId,
    ),
    *planted(
        "phases",
        MissesTheBurst,
        LeavesBeforeEvening,
        GoesOn,
        KeepsThePhase,
        DealsFromTheNextPhase,
        WritesAnotherProduct,
        BelievesInAnotherGroup,
        PostsAnotherGroup,
        PostsNoPhase,
    ),
    *planted(
        "priorities",
        WritesOneProduct,
        WritesAnotherPriority,
        WritesNoPriority,
        PostsAnotherPriority,
    ),
    *planted("returns", WritesSales),
    *planted("hash", WritesAnotherName),
)
