"""Mistakes of processors: how they serve, what they give, and what they say of it."""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from planting import Mistake, Slipping, planted, replace
from typing_extensions import override

from actors.messages import (
    Add,
    Answer,
    Done,
    Fulfilment,
    GiveUp,
    Line,
    Order,
    Processed,
    Ready,
    Reserve,
    Serve,
    Settle,
)
from actors.processor import Processor
from actors.runtime.actor import receives
from actors.scenario.written_distributions import parse_distribution

__all__ = ["IN_PROCESSORS"]


class Lying(Slipping, Processor):
    """A processor that tells others something else than it should."""

    @override
    def alter(self, message: object) -> object | None:
        match message:
            case Processed():
                return self.reporting(message)
            case Done():
                return self.announcing(message)
            case Reserve() | Add():
                return self.asking(message)
            case Settle():
                return self.settling(message)
        return message

    def reporting(self, done: Processed) -> Processed | None:
        return done

    def announcing(self, done: Done) -> Done | None:
        return done

    def asking(self, request: Reserve | Add) -> Reserve | Add | None:
        return request

    def settling(self, settle: Settle) -> Settle | None:
        return settle


# What it says of an order's end.


class ForgetsAUnit(Lying):
    """A processor that says fulfilled and leaves a unit out."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        if done.status != "fulfilled" or not self.every(20):
            return done
        return replace(done, filled=(done.filled[0] - 1, *done.filled[1:]))


class FillsNothing(Lying):
    """A processor that says fulfilled and has filled no line."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        if done.status != "fulfilled" or not self.every(20):
            return done
        return replace(done, filled=(0,) * len(done.filled))


class ExchangesFills(Lying):
    """A processor that says of two lines of an order what it filled of the other."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, filled=done.filled[::-1])


class ShiftsFills(Lying):
    """A processor that fills one line too much and another of its product too little."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        lines, filled = done.serve.order.lines, done.filled
        if len(lines) > 1 and lines[0].sku == lines[1].sku and filled[1] > 0:
            return replace(done, filled=(filled[0] + 1, filled[1] - 1, *filled[2:]))
        return done


class FillsALineTooMany(Lying):
    """A processor that says what it filled of a line which the order does not have."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        full = done.status == "fulfilled"
        return replace(done, filled=(*done.filled, 1)) if full else done


class PraisesItself(Lying):
    """A processor that says of an order which it rejected that it is fulfilled."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        if done.status != "rejected":
            return done
        return replace(done, status="fulfilled", reason=None, short=())


class AccusesItself(Lying):
    """A processor that says of an order whose lines it has all filled that it is rejected."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        if done.status != "fulfilled" or not self.every(20):
            return done
        return replace(done, status="rejected", reason="out_of_stock")


class CallsItPartial(Lying):
    """A processor that calls a fulfilled order partial."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, status="partial") if done.status == "fulfilled" else done


class CallsItFulfilled(Lying):
    """A processor that calls a partial order fulfilled."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        if done.status != "partial":
            return done
        return replace(done, status="fulfilled", short=())


class CallsItRejected(Lying):
    """A processor that calls a partial order rejected."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        if done.status != "partial":
            return done
        return replace(done, status="rejected", reason="out_of_stock")


class HidesWhatWasShort(Lying):
    """A processor that says of a partial order that no more was asked than it had."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        order = done.serve.order
        if done.status != "partial":
            return done
        both = zip(order.lines, done.filled, strict=True)
        lines = tuple([Line(line.sku, got) for line, got in both if got])
        serve = replace(done.serve, order=replace(order, lines=lines))
        filled = tuple([got for got in done.filled if got])
        return replace(done, serve=serve, status="fulfilled", short=(), filled=filled)


class GivesNoReason(Lying):
    """A processor that gives no reason for a rejection."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, reason=None)


class GivesAnotherReason(Lying):
    """A processor that says failed when it was out of stock."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, reason="failed") if done.reason else done


class GivesTheRoutersReason(Lying):
    """A processor that says overloaded when it was out of stock."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, reason="overloaded") if done.reason else done


class GivesAReasonTooMany(Lying):
    """A processor that gives a reason for an order that is fulfilled."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, reason="out_of_stock") if self.every(10) else done


class BlamesAnotherProduct(Lying):
    """A processor that blames a product which was not short."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        skus = [line.sku for line in done.serve.order.lines if line.sku not in done.short]
        return replace(done, short=(skus[0],)) if done.short and skus else done


class BlamesAForeignProduct(Lying):
    """A processor that blames a product which is not in the order."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        skus = {line.sku for line in done.serve.order.lines}
        foreign = next((sku for sku in ("RARE", "MILD", "PLENTY") if sku not in skus), None)
        return replace(done, short=(foreign,)) if done.short and foreign else done


class BlamesNoProduct(Lying):
    """A processor that does not say which product was short."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, short=())


class BlamesWithoutNeed(Lying):
    """A processor that says of a fulfilled order which product was short."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, short=(done.serve.order.lines[0].sku,))


class TellsClientsOtherwise(Lying):
    """A processor that tells the client it was rejected and the collector it was fulfilled."""

    @override
    def announcing(self, done: Done) -> Done | None:
        if done.status != "fulfilled" or not self.every(10):
            return done
        return replace(done, status="rejected", reason="out_of_stock")


class TellsClientsKindly(Lying):
    """A processor that tells the client it was fulfilled and the collector it was rejected."""

    @override
    def announcing(self, done: Done) -> Done | None:
        return replace(done, status="fulfilled", reason=None) if done.reason else done


class TellsClientsNoReason(Lying):
    """A processor that tells only the collector why it rejected an order."""

    @override
    def announcing(self, done: Done) -> Done | None:
        return replace(done, reason=None)


class ExchangesOutcomes(Lying):
    """A processor that says of two orders for the same what became of the other."""

    kept: Processed | None = None

    @override
    def reporting(self, done: Processed) -> Processed | None:
        lines = done.serve.order.lines
        if self.kept is None:
            early = done.status == "fulfilled" and len(lines) == 1 and lines[0].sku == "MILD"
            if early and self.name == "processor/1" and self.now > 1.5:
                self.kept = done
                return None
        elif done.status == "rejected" and lines == self.kept.serve.order.lines:
            kept, self.kept = self.kept, None
            self._collector.tell(_with_end_of(kept, done))
            return _with_end_of(done, kept)
        return done


def _with_end_of(done: Processed, other: Processed) -> Processed:
    return replace(
        done,
        status=other.status,
        reason=other.reason,
        short=other.short,
        filled=other.filled,
    )


class ReportsTwice(Lying):
    """A processor that reports some orders twice."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        if self.every(20):
            self._collector.tell(done)
        return done


class ReportsNothing(Lying):
    """A processor that does not report some orders."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return None if self.every(20) else done


class SignsForAnother(Lying):
    """A processor that signs with the name of another."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, processor="processor/1") if self.every(10) else done


class SignsForNobody(Lying):
    """A processor that signs with a name that nobody has."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, processor="processor/0")


class SaysNobodyWaited(Lying):
    """A processor that says of every order that it had not to wait."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, serve=replace(done.serve, queued=False))


class MovesToTheFirstPhase(Lying):
    """A processor that reports every order for the first phase."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        place = done.serve.place
        if place.group != "web":
            return done
        return replace(done, serve=replace(done.serve, place=replace(place, phase="morning")))


class CountsAReturnAsSale(Lying):
    """A processor that reports a return as a sale."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        order = done.serve.order
        if order.kind != "return":
            return done
        return replace(done, serve=replace(done.serve, order=replace(order, kind="sale")))


# What it says of its times.


class StartsTooSoon(Lying):
    """A processor that says it began an order before it was placed."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, started=done.started - 1.0) if self.every(10) else done


class StartsWhenPlaced(Lying):
    """A processor that says it began every order when it was placed."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, started=done.serve.place.scheduled)


class StartsInTheOrderBefore(Lying):
    """A processor that says it began an order while it had the one before in hand."""

    finish = 0.0

    @override
    def reporting(self, done: Processed) -> Processed | None:
        before, self.finish = self.finish - 0.004, done.finished
        begun = done.serve.place.scheduled < before < done.started
        return replace(done, started=before) if begun else done


class StartsTooLate(Lying):
    """A processor that says it began an order when it was nearly done."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, started=done.finished - 0.001)


class KeepsTheStart(Lying):
    """A processor that forgets to take down when it began an order."""

    started_before = 0.0

    @override
    def reporting(self, done: Processed) -> Processed | None:
        before, self.started_before = self.started_before, done.started
        return replace(done, started=before)


class ExchangesStartAndFinish(Lying):
    """A processor that exchanges an order's start and finish."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, started=done.finished, finished=done.started)


class FinishesTooSoon(Lying):
    """A processor that says it finished an order halfway through it."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, finished=(done.started + done.finished) / 2)


class FinishesBeforeItStarts(Lying):
    """A processor that says it finished an order before it began it."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        before = (done.serve.place.scheduled + done.started) / 2
        return replace(done, finished=before) if done.serve.queued else done


class FinishesTomorrow(Lying):
    """A processor that says it finished an order later than it did."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, finished=done.finished + 0.5) if self.every(10) else done


class RoundsItsTimes(Lying):
    """A processor that rounds its times to tenths of a second."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, started=round(done.started, 1), finished=round(done.finished, 1))


class TellsMilliseconds(Lying):
    """A processor that tells some times in milliseconds."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        if not self.every(20):
            return done
        return replace(done, started=done.started * 1000, finished=done.finished * 1000)


class IsBusyTooLong(Lying):
    """A processor that says it was busy with an order ten times as long as it was."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, busy=done.busy * 10) if self.every(10) else done


class IsNeverBusy(Lying):
    """A processor that says an order took no time."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, busy=0.0) if self.every(10) else done


class IsBusyBackwards(Lying):
    """A processor that subtracts the end of its service from the beginning."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, busy=-done.busy)


class KeepsBusy(Lying):
    """A processor that says of an order how long it was busy with the one before."""

    busy_before = 0.02

    @override
    def reporting(self, done: Processed) -> Processed | None:
        before, self.busy_before = self.busy_before, done.busy
        return replace(done, busy=before)


class CountsWaitingAsService(Lying):
    """A processor that counts the time in which an order waited for stock as its service."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        return replace(done, busy=done.finished - done.started)


class CountsServiceAsWaiting(Lying):
    """A processor that says it began an order for which stock had to come when it had come."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        waited = done.finished - done.started > done.busy + 0.001
        return replace(done, started=done.finished - done.busy) if waited else done


class OverstatesItsLoad(Lying):
    """A processor that counts itself busy all of the time up to each order's end."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        self.slip()
        self._busy.add(0.0, done.finished)
        return done


class CountsItsLoadTwice(Lying):
    """A processor that counts some orders twice as busy time."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        if self.every(4):
            self._busy.add(done.started, done.finished)
        return done


class ForgetsItsLoad(Lying):
    """A processor that forgets how long it was busy with every other order."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        if self.every(2):
            self._busy.total -= done.busy
        return done


class CountsTooMany(Lying):
    """A processor that counts an order as finished twice."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        if self.every(20):
            self.finished += 1
        return done


class CountsTheWarmUp(Slipping, Processor):
    """A processor that counts its busy time in the warm-up too."""

    def __init__(self, *refs: Any, **settings: Any) -> None:
        super().__init__(*refs, **settings)
        self._busy._since = 0.0
        self.slip()


# How it serves.


class Hurrying(Slipping, Processor):
    """A processor that spends another time on an order than the scenario says."""

    def __init__(self, *refs: Any, **settings: Any) -> None:
        super().__init__(*refs, **settings)
        wait = self.after

        def after(delay: float, message: object) -> None:
            wait(self.spent(delay), message)

        self.after = after

    def spent(self, delay: float) -> float:
        return delay


class SkipsItsService(Hurrying):
    """A processor that spends no time on some orders."""

    @override
    def spent(self, delay: float) -> float:
        return 0.0 if self.every(10) else delay


class TakesTwiceAsLong(Hurrying):
    """A processor that takes twice as long for some orders."""

    @override
    def spent(self, delay: float) -> float:
        return delay * 2 if self.every(5) else delay


class ForgetsLineTime(Slipping, Processor):
    """A processor that spends no time on lines."""

    def __init__(self, *refs: Any, **settings: Any) -> None:
        super().__init__(*refs, **settings | {"line_time": parse_distribution("0ms")})
        self.slip()


class TakesTheNextAlready(Slipping, Processor):
    """A processor that takes its next order before it has finished the one in hand."""

    def __init__(self, *refs: Any, **settings: Any) -> None:
        super().__init__(*refs, **settings)
        self.next: deque[Serve] = deque()
        self.asked = False

    @override
    def serve(self, serve: Serve) -> None:
        if self._work is not None:
            self.slip()
            self.next.append(serve)
            return
        super().serve(serve)
        if not self.asked:
            self.asked = True
            self._router.tell(Ready(self.actor_ref))

    @override
    def answered(self, answer: Answer) -> None:
        super().answered(answer)
        if self._work is None and self.next:
            super().serve(self.next.popleft())


class GoesHome(Lying):
    """A processor that never says it is free again after its thirtieth order."""

    @override
    def announcing(self, done: Done) -> Done | None:
        home = self.name == "processor/2" and self.finished >= 30
        return replace(done, free=False) if home else done


class TakesABreak(Lying):
    """A processor that takes a break before it says that it is free."""

    @override
    def announcing(self, done: Done) -> Done | None:
        if not self.every(10):
            return done
        self.after(0.2, Ready(self.actor_ref))
        return replace(done, free=False)

    @receives(Ready)
    def be_back(self, ready: Ready) -> None:
        self._router.tell(ready)


class SaysFreeTwice(Lying):
    """A processor that says twice that it is free."""

    @override
    def announcing(self, done: Done) -> Done | None:
        if self.every(30):
            self._router.tell(Ready(self.actor_ref))
        return done


class Fulfilling(Slipping, Processor):
    """A processor that does otherwise than the scenario says when stock is short."""

    otherwise: Fulfilment = "partial"

    def __init__(self, *refs: Any, **settings: Any) -> None:
        super().__init__(*refs, **settings | {"fulfilment": self.otherwise})
        self.slip()


class SellsPartially(Fulfilling):
    """A processor that sells partially where it is to be all or nothing."""


class WaitsForStock(Fulfilling):
    """A processor that waits for stock where it is to be all or nothing."""

    otherwise = "backorder"


class SellsAllOrNothing(Fulfilling):
    """A processor that sells all or nothing where partially would do."""

    otherwise = "all_or_nothing"


class SellsPartiallyAtOnce(Fulfilling):
    """A processor that sells partially where it is to wait for stock."""


class RejectsAtOnce(Fulfilling):
    """A processor that rejects where it is to wait for stock."""

    otherwise = "all_or_nothing"


class LosesPatience(Lying):
    """A processor that does not wait for stock until the end."""

    @override
    def serve(self, serve: Serve) -> None:
        super().serve(serve)
        if self.backorders and self.every(20):
            self.give_up(GiveUp())


class GivesUpProudly(Lying):
    """A processor that says of orders for which no stock came that they are fulfilled."""

    @override
    def reporting(self, done: Processed) -> Processed | None:
        if done.status != "rejected":
            return done
        return replace(done, status="fulfilled", reason=None, short=())


class TurnsAway(Lying):
    """A processor that turns an order away though it was granted every line."""

    settled = turned = ""

    @override
    def settling(self, settle: Settle) -> Settle | None:
        if settle.order_id != self.settled:
            self.settled = settle.order_id
            if settle.commit and self.every(10):
                self.turned = settle.order_id
        return replace(settle, commit=False) if settle.order_id == self.turned else settle

    @override
    def announcing(self, done: Done) -> Done | None:
        if done.order_id != self.turned:
            return done
        return replace(done, status="rejected", reason="out_of_stock")

    @override
    def reporting(self, done: Processed) -> Processed | None:
        if done.serve.place.ref != self.turned:
            return done
        return replace(
            done,
            status="rejected",
            reason="out_of_stock",
            short=(done.serve.order.lines[0].sku,),
            filled=(0,) * len(done.filled),
        )


class SellsALineOfTheRejected(Lying):
    """A processor that sells a line of an order which it rejects."""

    sold: tuple[str, int] | None = None

    def __init__(self, *refs: Any, **settings: Any) -> None:
        super().__init__(*refs, **settings)
        self.granted: dict[str, int] = {}

    @override
    def serve(self, serve: Serve) -> None:
        self.granted.clear()
        self.sold = None
        super().serve(serve)

    @override
    def answered(self, answer: Answer) -> None:
        if answer.granted:
            self.granted[answer.sku] = answer.granted
        super().answered(answer)

    @override
    def settling(self, settle: Settle) -> Settle | None:
        if settle.commit or self.sold or not self.granted:
            return settle
        self.sold = next(iter(self.granted.items()))  # the first one that is asked
        return replace(settle, commit=True)

    @override
    def reporting(self, done: Processed) -> Processed | None:
        if self.sold is None:
            return done
        sku, units = self.sold
        filled = []
        for line in done.serve.order.lines:
            filled.append(min(line.quantity, units) if line.sku == sku else 0)
            units -= filled[-1]
        return replace(done, filled=tuple(filled))


class SellsWhatItShouldGiveBack(Lying):
    """A processor that sells what it holds for an order which it rejects."""

    @override
    def settling(self, settle: Settle) -> Settle | None:
        return replace(settle, commit=True)


class GivesBackWhatItShouldSell(Lying):
    """A processor that gives back what it holds for an order which it fulfils."""

    @override
    def settling(self, settle: Settle) -> Settle | None:
        return replace(settle, commit=False)


class KeepsWhatItHolds(Lying):
    """A processor that forgets to settle."""

    @override
    def settling(self, settle: Settle) -> Settle | None:
        return None if self.every(10) else settle


class TakesWithoutHolding(Lying):
    """A processor that takes every line at once, before it knows of the others."""

    @override
    def asking(self, request: Reserve | Add) -> Reserve | Add | None:
        return replace(request, take=True) if isinstance(request, Reserve) else request


class RestocksReturns(Lying):
    """A processor that puts returns on the shelf as restocks, and says so."""

    @override
    def asking(self, request: Reserve | Add) -> Reserve | Add | None:
        if isinstance(request, Add) and request.kind == "return":
            return replace(request, kind="restock")
        return request

    @override
    def reporting(self, done: Processed) -> Processed | None:
        order = done.serve.order
        if order.kind != "return":
            return done
        return replace(done, serve=replace(done.serve, order=replace(order, kind="restock")))


class Substituting(Lying):
    """A processor that serves another order than it was given."""

    def __init__(self, *refs: Any, **settings: Any) -> None:
        super().__init__(*refs, **settings)
        self.given: dict[str, Serve] = {}

    @override
    def serve(self, serve: Serve) -> None:
        other = replace(serve, order=self.substitute(serve.order))
        if other != serve:
            self.slip()
            self.given[serve.place.ref] = serve
        super().serve(other)

    @override
    def reporting(self, done: Processed) -> Processed | None:
        given = self.given.pop(done.serve.place.ref, None)
        return done if given is None else self.covered_up(done, given)

    def substitute(self, order: Order) -> Order:
        return order

    def covered_up(self, done: Processed, given: Serve) -> Processed:
        return replace(done, serve=given)


class GivesAUnitLess(Substituting):
    """A processor that gives a unit less than was ordered and says fulfilled."""

    @override
    def substitute(self, order: Order) -> Order:
        first, *rest = order.lines
        less = replace(first, quantity=max(1, first.quantity - 1))
        return replace(order, lines=(less, *rest))


class GivesTwoForOne(Substituting):
    """A processor that gives twice as much as was ordered."""

    @override
    def substitute(self, order: Order) -> Order:
        if not self.every(20):
            return order
        twice = [replace(line, quantity=line.quantity * 2) for line in order.lines]
        return replace(order, lines=tuple(twice))


class ForgetsTheLastLine(Substituting):
    """A processor that forgets the last line of an order and says fulfilled."""

    @override
    def substitute(self, order: Order) -> Order:
        return replace(order, lines=order.lines[:-1] or order.lines)

    @override
    def covered_up(self, done: Processed, given: Serve) -> Processed:
        return replace(done, serve=given, filled=(*done.filled, 0))


class LeavesTheLastLineOut(Substituting):
    """A processor that leaves out the last line of an order, in its report too."""

    @override
    def substitute(self, order: Order) -> Order:
        return replace(order, lines=order.lines[:-1] or order.lines)

    @override
    def covered_up(self, done: Processed, given: Serve) -> Processed:
        return done


class AddsAPresent(Substituting):
    """A processor that adds a line which nobody ordered."""

    @override
    def substitute(self, order: Order) -> Order:
        present = Line("PLENTY", 1)
        return replace(order, lines=(*order.lines, present)) if self.every(10) else order

    @override
    def covered_up(self, done: Processed, given: Serve) -> Processed:
        return done


class GivesAnotherProduct(Substituting):
    """A processor that gives another product in place of a rare one."""

    @override
    def substitute(self, order: Order) -> Order:
        common = [
            replace(line, sku="PLENTY") if line.sku == "RARE" else line for line in order.lines
        ]
        return replace(order, lines=tuple(common))


class GivesAnotherProductOpenly(GivesAnotherProduct):
    """A processor that reports another product than was ordered in place of a rare one."""

    @override
    def covered_up(self, done: Processed, given: Serve) -> Processed:
        return done


IN_PROCESSORS: Final[tuple[Mistake, ...]] = (
    *planted(
        "shortage",
        ForgetsAUnit,
        FillsNothing,
        ExchangesFills,
        ShiftsFills,
        FillsALineTooMany,
        PraisesItself,
        AccusesItself,
        CallsItPartial,
        GivesNoReason,
        GivesAnotherReason,
        GivesTheRoutersReason,
        GivesAReasonTooMany,
        BlamesAnotherProduct,
        BlamesAForeignProduct,
        BlamesNoProduct,
        BlamesWithoutNeed,
        ExchangesOutcomes,
        ReportsTwice,
        ReportsNothing,
        SignsForAnother,
        SignsForNobody,
        SaysNobodyWaited,
        StartsTooSoon,
        StartsWhenPlaced,
        StartsInTheOrderBefore,
        StartsTooLate,
        KeepsTheStart,
        ExchangesStartAndFinish,
        FinishesTooSoon,
        FinishesBeforeItStarts,
        FinishesTomorrow,
        RoundsItsTimes,
        TellsMilliseconds,
        IsBusyTooLong,
        IsNeverBusy,
        IsBusyBackwards,
        KeepsBusy,
        OverstatesItsLoad,
        CountsItsLoadTwice,
        ForgetsItsLoad,
        CountsTooMany,
        SkipsItsService,
        TakesTwiceAsLong,
        ForgetsLineTime,
        TakesTheNextAlready,
        GoesHome,
        TakesABreak,
        SaysFreeTwice,
        SellsPartially,
        WaitsForStock,
        TurnsAway,
        SellsALineOfTheRejected,
        SellsWhatItShouldGiveBack,
        GivesBackWhatItShouldSell,
        KeepsWhatItHolds,
        TakesWithoutHolding,
        GivesAUnitLess,
        GivesTwoForOne,
        ForgetsTheLastLine,
        LeavesTheLastLineOut,
        AddsAPresent,
        GivesAnotherProduct,
        GivesAnotherProductOpenly,
    ),
    *planted(
        "partial",
        CallsItFulfilled,
        CallsItRejected,
        HidesWhatWasShort,
        SellsAllOrNothing,
    ),
    *planted(
        "backorder",
        CountsWaitingAsService,
        CountsServiceAsWaiting,
        SellsPartiallyAtOnce,
        RejectsAtOnce,
        LosesPatience,
        GivesUpProudly,
    ),
    *planted("tills", TellsClientsOtherwise, TellsClientsKindly, TellsClientsNoReason),
    *planted("returns", CountsAReturnAsSale, RestocksReturns),
    *planted("phases", MovesToTheFirstPhase),
    *planted("warm-up", CountsTheWarmUp),
)
