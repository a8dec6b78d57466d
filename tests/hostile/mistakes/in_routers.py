"""Mistakes of routers: whom they refuse, what they pass on, and how they answer."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any, Final, NamedTuple, cast

from planting import Mistake, Slipping, planted, replace
from typing_extensions import override

from actors.common.random_streams import Chance
from actors.decisions.order_json import InvalidOrder, decode_order
from actors.decisions.routing import Strategy
from actors.measure.meters import Level
from actors.messages import (
    Done,
    Duplicate,
    Kind,
    Line,
    Order,
    Outcome,
    Place,
    Reason,
    Refused,
    Serve,
)
from actors.ref import Ref
from actors.router import Router
from actors.runtime.actor import receives

__all__ = ["IN_ROUTERS"]

MakeStrategy = Callable[[Chance], Strategy[Ref[Serve]]]
KNOWN_AGAIN: Final = frozenset({"tills-1-12", "tills-1-20", "tills-1-28"})


class Lying(Slipping, Router):
    """A router that tells others something else than it should."""

    @override
    def alter(self, message: object) -> object | None:
        match message:
            case Serve():
                return self.serving(message)
            case Refused():
                return self.refusing(message)
            case Duplicate():
                return self.joining(message)
            case Outcome():
                return self.answering(message)
        return message

    def serving(self, serve: Serve) -> Serve | None:
        return serve

    def refusing(self, refused: Refused) -> Refused | None:
        return refused

    def joining(self, duplicate: Duplicate) -> Duplicate | None:
        return duplicate

    def answering(self, outcome: Outcome) -> Outcome | None:
        return outcome


# What processors are told.


class AddsAUnit(Lying):
    """A router that passes some orders on with a unit more."""

    @override
    def serving(self, serve: Serve) -> Serve | None:
        first, *rest = serve.order.lines
        if not self.every(10):
            return serve
        lines = (replace(first, quantity=first.quantity + 1), *rest)
        return replace(serve, order=replace(serve.order, lines=lines))


class ExchangesAProduct(Lying):
    """A router that passes some orders on for another product."""

    @override
    def serving(self, serve: Serve) -> Serve | None:
        if not self.every(10):
            return serve
        lines = tuple([replace(line, sku="PLENTY") for line in serve.order.lines])
        return replace(serve, order=replace(serve.order, lines=lines))


class DropsALine(Lying):
    """A router that drops the last line of an order."""

    @override
    def serving(self, serve: Serve) -> Serve | None:
        lines = serve.order.lines
        return replace(serve, order=replace(serve.order, lines=lines[:-1] or lines))


class MergesLines(Lying):
    """A router that merges the lines of an order that are for the same product."""

    @override
    def serving(self, serve: Serve) -> Serve | None:
        units: dict[str, int] = {}
        for line in serve.order.lines:
            units[line.sku] = units.get(line.sku, 0) + line.quantity
        lines = tuple([Line(sku, quantity) for sku, quantity in units.items()])
        return replace(serve, order=replace(serve.order, lines=lines))


class MixesUpContents(Lying):
    """A router that passes each order on with the lines of the one before."""

    lines: tuple[Line, ...] = ()

    @override
    def serving(self, serve: Serve) -> Serve | None:
        lines, self.lines = self.lines or serve.order.lines, serve.order.lines
        return replace(serve, order=replace(serve.order, lines=lines))


class ForgetsThePriority(Lying):
    """A router that passes orders on without their priority."""

    @override
    def serving(self, serve: Serve) -> Serve | None:
        return replace(serve, order=replace(serve.order, priority=0))


class ExchangesKinds(Lying):
    """A router that passes returns on as restocks."""

    other: Kind = "restock"

    @override
    def serving(self, serve: Serve) -> Serve | None:
        order = serve.order
        if order.kind != "return":
            return serve
        return replace(serve, order=replace(order, kind=self.other))


class SellsReturns(ExchangesKinds):
    """A router that passes returns on as sales."""

    other = "sale"


class RenamesTheClient(Lying):
    """A router that passes every order on as if it were the first client's."""

    @override
    def serving(self, serve: Serve) -> Serve | None:
        return replace(serve, order=replace(serve.order, client="web-1"))


class RenamesTheOrder(Lying):
    """A router that numbers the orders anew but leaves the old numbers on the envelopes."""

    @override
    def serving(self, serve: Serve) -> Serve | None:
        return replace(serve, order=replace(serve.order, id=f"order-{self.dispatched}"))


class RenamesAllOfTheOrder(Lying):
    """A router that numbers some orders anew, envelope and all."""

    @override
    def serving(self, serve: Serve) -> Serve | None:
        if not self.every(50):
            return serve
        ref = f"order-{self.dispatched}"
        return replace(
            serve, order=replace(serve.order, id=ref), place=replace(serve.place, ref=ref)
        )


class CountsFromDispatch(Lying):
    """A router that lets the time of an order begin when it is dispatched."""

    @override
    def serving(self, serve: Serve) -> Serve | None:
        return replace(serve, place=replace(serve.place, scheduled=self.now))


class MixesUpTimes(Lying):
    """A router that takes as much from the time of one order as it gives to the next."""

    shift = 0.005

    @override
    def serving(self, serve: Serve) -> Serve | None:
        self.shift = -self.shift
        place = replace(serve.place, scheduled=serve.place.scheduled + self.shift)
        return replace(serve, place=place)


class NamesThePhaseOfDispatch(Lying):
    """A router that writes the phase in which an order is dispatched on its envelope."""

    @override
    def serving(self, serve: Serve) -> Serve | None:
        if serve.place.group != "web" or self.now >= 5.0:
            return serve
        phase = "morning" if self.now < 2.0 else "noon" if self.now < 3.0 else "evening"
        return replace(serve, place=replace(serve.place, phase=phase))


class ExchangesGroups(Lying):
    """A router that writes another group's name on some envelopes."""

    @override
    def serving(self, serve: Serve) -> Serve | None:
        if serve.place.group != "web" or not self.every(20):
            return serve
        return replace(serve, place=replace(serve.place, group="depot", phase="all day"))


class SaysNobodyWaited(Lying):
    """A router that says of no order that it had to wait."""

    @override
    def serving(self, serve: Serve) -> Serve | None:
        return replace(serve, queued=False)


class SaysEverybodyWaited(Lying):
    """A router that says of every order that it had to wait."""

    @override
    def serving(self, serve: Serve) -> Serve | None:
        return replace(serve, queued=True)


# What the collector is told.


class ExchangesReasons(Lying):
    """A router that refuses for one reason and tells the collector another."""

    @override
    def refusing(self, refused: Refused) -> Refused | None:
        return replace(refused, reason="out_of_stock")


class RefusesTomorrow(Lying):
    """A router that says it refused an order later than it did."""

    @override
    def refusing(self, refused: Refused) -> Refused | None:
        return replace(refused, finished=refused.finished + 0.5)


class RefusesYesterday(Lying):
    """A router that says it refused an order before it was placed."""

    @override
    def refusing(self, refused: Refused) -> Refused | None:
        return replace(refused, finished=refused.finished / 2)


class RefusesTheUnread(Lying):
    """A router that forgets what it has read of an order that it refuses."""

    @override
    def refusing(self, refused: Refused) -> Refused | None:
        return replace(refused, order=None)


class RefusesAnotherGroup(Lying):
    """A router that blames another group for the orders that it refuses."""

    @override
    def refusing(self, refused: Refused) -> Refused | None:
        return replace(refused, place=replace(refused.place, group="tills"))


class RefusesTwice(Lying):
    """A router that tells the collector of a refused order twice."""

    @override
    def refusing(self, refused: Refused) -> Refused | None:
        if self.every(10):
            self._collector.tell(refused)
        return refused


class RefusesSilently(Lying):
    """A router that does not tell the collector of an order that it refuses."""

    @override
    def refusing(self, refused: Refused) -> Refused | None:
        return None if self.every(10) else refused


class CallsTheUnknownInvalid(Lying):
    """A router that calls an order for an unknown product invalid."""

    @override
    def refusing(self, refused: Refused) -> Refused | None:
        unknown = refused.reason == "unknown_product"
        return replace(refused, reason="invalid") if unknown else refused


class CallsTheInvalidUnknown(Lying):
    """A router that says of an invalid order that its product is unknown."""

    @override
    def refusing(self, refused: Refused) -> Refused | None:
        invalid = refused.reason == "invalid"
        return replace(refused, reason="unknown_product") if invalid else refused


class BlamesAnotherForDuplicates(Lying):
    """A router that counts an id that came again against another group."""

    @override
    def joining(self, duplicate: Duplicate) -> Duplicate | None:
        return Duplicate(replace(duplicate.place, group="history"))


class DropsDuplicates(Lying):
    """A router that drops an id that came again without a word."""

    @override
    def joining(self, duplicate: Duplicate) -> Duplicate | None:
        return None


# What clients are told.


class AnswersOtherwise(Lying):
    """A router that answers that an order was rejected which was fulfilled."""

    @override
    def answering(self, outcome: Outcome) -> Outcome | None:
        if outcome.status == "fulfilled" and self.every(10):
            return replace(outcome, status="rejected", reason="out_of_stock")
        return outcome


class AnswersKindly(Lying):
    """A router that answers that an order was fulfilled which was rejected."""

    @override
    def answering(self, outcome: Outcome) -> Outcome | None:
        return replace(outcome, status="fulfilled", reason=None)


class AnswersWithoutReason(Lying):
    """A router that answers that an order was rejected, and not why."""

    @override
    def answering(self, outcome: Outcome) -> Outcome | None:
        return replace(outcome, reason=None)


class AnswersAnother(Lying):
    """A router that answers another client now and then."""

    @override
    def address(self, name: str, message: object) -> str:
        if isinstance(message, Outcome) and self.every(100):
            return "client/tills-1" if name != "client/tills-1" else "client/tills-2"
        return name


class AnswersOfAnother(Lying):
    """A router that answers a client of an order that is not its own."""

    @override
    def answering(self, outcome: Outcome) -> Outcome | None:
        return replace(outcome, order_id="tills-1-1") if self.every(20) else outcome


class AnswersTwice(Lying):
    """A router that answers twice now and then."""

    @override
    def address(self, name: str, message: object) -> str:
        if isinstance(message, Outcome) and self.every(50):
            self.tell(name, message)
        return name


class AnswersNobody(Lying):
    """A router that forgets to answer now and then, so that a client waits for good."""

    @override
    def answering(self, outcome: Outcome) -> Outcome | None:
        return None if self.every(100) else outcome


class RefusesWithoutAnswer(Lying):
    """A router that does not answer those that it refuses."""

    @override
    def answering(self, outcome: Outcome) -> Outcome | None:
        return None if outcome.reason == "overloaded" else outcome


class ForgetsWhoJoined(Lying):
    """A router that does not answer a client whose id it knew already."""

    @override
    def answering(self, outcome: Outcome) -> Outcome | None:
        return None if outcome.order_id in KNOWN_AGAIN else outcome


class AnswersTheJoinedOtherwise(Lying):
    """A router that answers another outcome when an id comes again."""

    @override
    def answering(self, outcome: Outcome) -> Outcome | None:
        if outcome.order_id in KNOWN_AGAIN:
            return replace(outcome, status="partial")
        return outcome


class Told(NamedTuple):
    name: str
    outcome: Outcome


class AnswersLate(Lying):
    """A router that answers some time after the order has ended."""

    @override
    def address(self, name: str, message: object) -> str:
        if isinstance(message, Outcome):
            self.after(0.3, Told(name, message))
        return name

    @override
    def answering(self, outcome: Outcome) -> Outcome | None:
        return None

    @receives(Told)
    def answer_late(self, late: Told) -> None:
        self.tell_truly(late.name, late.outcome)


class AnswersEarly(Lying):
    """A router that answers when an order comes, before anybody has served it."""

    early = False

    @override
    def place(self, place: Place) -> None:
        super().place(place)
        self.early = True
        assert place.reply_to is not None
        place.reply_to.tell(Outcome(place.ref, "fulfilled", None))
        self.early = False

    @override
    def answering(self, outcome: Outcome) -> Outcome | None:
        return outcome if self.early else None


# Whom it refuses.


class ForgetsTheLimit(Slipping, Router):
    """A router that has no limit though the scenario sets one."""

    def __init__(
        self,
        catalogue: Container[str],
        strategy: MakeStrategy,
        collector: Ref[Refused | Duplicate],
        queue: Level,
        limit: int | None,
    ) -> None:
        super().__init__(catalogue, strategy, collector, queue, self.limit_for(limit))
        self.slip()

    def limit_for(self, limit: int | None) -> int | None:  # noqa: ARG002 — for all alike
        return None


class LimitsTooLate(ForgetsTheLimit):
    """A router that lets one order more wait than it may."""

    @override
    def limit_for(self, limit: int | None) -> int | None:
        return None if limit is None else limit + 1


class LimitsTooSoon(ForgetsTheLimit):
    """A router that lets one order fewer wait than it may."""

    @override
    def limit_for(self, limit: int | None) -> int | None:
        return None if limit is None else limit - 1


class LimitsWithoutNeed(ForgetsTheLimit):
    """A router that has a limit though the scenario sets none."""

    @override
    def limit_for(self, limit: int | None) -> int | None:
        return 8


class ForgetsAProduct(Slipping, Router):
    """A router that does not know a product which the scenario has."""

    def __init__(self, catalogue: Container[str], *more: Any) -> None:
        assert "MILD" in catalogue
        super().__init__(frozenset({"RARE", "PLENTY"}), *more)
        self.slip()


class Everything:
    def __contains__(self, sku: object) -> bool:
        return True


class KnowsEverything(Slipping, Router):
    """A router that takes orders for products that nobody has."""

    def __init__(self, _catalogue: Container[str], *more: Any) -> None:
        super().__init__(Everything(), *more)
        self.slip()


class Refusing(Slipping, Router):
    """A router that refuses an order now and then for a reason that it does not have."""

    reason: Reason = "invalid"
    known = True  # whether it has read the order

    @override
    def place(self, place: Place) -> None:
        if not self.unwanted():
            super().place(place)
            return
        order = _read(place) if self.known else None
        self.received += 1
        self.refused += 1
        self._collector.tell(Refused(place, order, self.now, self.reason, "so it says"))
        if place.reply_to is not None:
            place.reply_to.tell(Outcome(place.ref, "rejected", self.reason))

    def unwanted(self) -> bool:
        return self.every(25)


def _read(place: Place) -> Order | None:
    try:
        return decode_order(place.body)
    except InvalidOrder:
        return None


class RefusesAsInvalid(Refusing):
    """A router that refuses valid orders as invalid."""

    known = False


class RefusesAsUnknown(Refusing):
    """A router that refuses orders for known products as unknown."""

    reason = "unknown_product"


class RefusesAsOverloaded(Refusing):
    """A router that refuses orders as too many though it has no limit."""

    reason = "overloaded"


class RefusesWhileThereIsRoom(Refusing):
    """A router that refuses orders as too many though fewer wait than may."""

    reason = "overloaded"

    @override
    def unwanted(self) -> bool:
        return self.waiting < 3 and self.every(10)


class RefusesAsOutOfStock(Refusing):
    """A router that refuses orders as out of stock without having asked."""

    reason = "out_of_stock"


class RefusesAsFailed(Refusing):
    """A router that says of orders that they failed though nothing did."""

    reason = "failed"


class RefusesAsInterrupted(Refusing):
    """A router that says of orders that they were interrupted though nobody interrupted."""

    reason = "interrupted"


class RefusesInItsOwnWords(Refusing):
    """A router that refuses orders for a reason that there is not."""

    reason = cast("Reason", "unwelcome")


# What it does with an order.


class Swallows(Slipping, Router):
    """A router that swallows an order now and then."""

    @override
    def place(self, place: Place) -> None:
        if not self.every(50):
            super().place(place)


class TakesForKnown(Slipping, Router):
    """A router that takes a new order for one that it has seen before."""

    @override
    def place(self, place: Place) -> None:
        if not self.every(50):
            super().place(place)
            return
        self.received += 1
        self.duplicates += 1
        self._collector.tell(Duplicate(place))


class ServesTwice(Slipping, Router):
    """A router that has an order served a second time under another id."""

    @override
    def place(self, place: Place) -> None:
        super().place(place)
        if self.every(50):
            order = decode_order(place.body)
            ref = place.ref + "-b"
            body = place.body.replace(order.id.encode(), ref.encode())
            super().place(replace(place, ref=ref, body=body))


class ForgetsWhatEnded(Slipping, Router):
    """A router that has an order served again when its id comes again."""

    def __init__(self, *settings: Any, **more: Any) -> None:
        super().__init__(*settings, **more | {"remembered": 1})
        self.slip()


class Held(NamedTuple):
    place: Place


class HoldsBack(Slipping, Router):
    """A router that leaves orders lying about for a while before it looks at them."""

    @override
    def place(self, place: Place) -> None:
        if self.every(10):
            self.after(0.1, Held(place))
        else:
            super().place(place)

    @receives(Held)
    def take_up(self, held: Held) -> None:
        super().place(held.place)


# Its books.


class CountsAnEmptyQueue(Slipping, Router):
    """A router that counts its queue as empty after every order that joins it."""

    @override
    def place(self, place: Place) -> None:
        super().place(place)
        if self.waiting:
            self.slip()
            self._queue.change(self.now, 0)


class CountsAWaitingOrderTwice(Slipping, Router):
    """A router that counts the last order of its queue twice."""

    @override
    def place(self, place: Place) -> None:
        super().place(place)
        if self.waiting:
            self.slip()
            self._queue.change(self.now, self.waiting + 1)


class ForgetsThePeak(Slipping, Router):
    """A router that forgets how long its queue has been at most."""

    @override
    def done(self, done: Done) -> None:
        super().done(done)
        if self._queue.largest(self.now) > self.waiting:
            self.slip()
            self._queue._largest = self.waiting


class CountsTheWarmUp(Slipping, Router):
    """A router that averages its queue over the warm-up too."""

    def __init__(self, *settings: Any) -> None:
        super().__init__(*settings)
        self._queue._since = self._queue._then = 0.0
        self.slip()


class CountsTooManyReceived(Slipping, Router):
    """A router that counts an order twice as received and as refused."""

    @override
    def place(self, place: Place) -> None:
        super().place(place)
        if self.every(50):
            self.received += 1
            self.refused += 1


IN_ROUTERS: Final[tuple[Mistake, ...]] = (
    *planted(
        "shortage",
        AddsAUnit,
        ExchangesAProduct,
        DropsALine,
        MergesLines,
        MixesUpContents,
        RenamesTheClient,
        RenamesTheOrder,
        RenamesAllOfTheOrder,
        CountsFromDispatch,
        MixesUpTimes,
        SaysNobodyWaited,
        SaysEverybodyWaited,
        LimitsWithoutNeed,
        ForgetsAProduct,
        RefusesAsInvalid,
        RefusesAsUnknown,
        RefusesAsOverloaded,
        RefusesAsOutOfStock,
        RefusesAsFailed,
        RefusesAsInterrupted,
        RefusesInItsOwnWords,
        Swallows,
        TakesForKnown,
        ServesTwice,
        HoldsBack,
        CountsAnEmptyQueue,
        CountsAWaitingOrderTwice,
        ForgetsThePeak,
        CountsTooManyReceived,
    ),
    *planted("priorities", ForgetsThePriority),
    *planted("returns", ExchangesKinds, SellsReturns),
    *planted("phases", NamesThePhaseOfDispatch, ExchangesGroups),
    *planted(
        "limited",
        ExchangesReasons,
        RefusesTomorrow,
        RefusesYesterday,
        RefusesTheUnread,
        RefusesAnotherGroup,
        RefusesTwice,
        RefusesSilently,
        RefusesWithoutAnswer,
        ForgetsTheLimit,
        LimitsTooLate,
        LimitsTooSoon,
        RefusesWhileThereIsRoom,
    ),
    *planted("log", CallsTheUnknownInvalid, CallsTheInvalidUnknown, KnowsEverything),
    *planted(
        "twice",
        BlamesAnotherForDuplicates,
        DropsDuplicates,
        ForgetsWhoJoined,
        AnswersTheJoinedOtherwise,
        ForgetsWhatEnded,
    ),
    *planted(
        "tills",
        AnswersOtherwise,
        AnswersKindly,
        AnswersWithoutReason,
        AnswersAnother,
        AnswersOfAnother,
        AnswersTwice,
        AnswersNobody,
        AnswersLate,
        AnswersEarly,
    ),
    *planted("warm-up", CountsTheWarmUp),
)
