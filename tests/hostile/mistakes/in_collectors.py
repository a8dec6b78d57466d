"""Mistakes of collectors: what they make of the orders that have ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from planting import Mistake, Slipping, planted, replace
from typing_extensions import override

from actors.collector import BULK, Collector, Sink
from actors.measure.ledger import Ledger
from actors.measure.order_statistics import Ended, OrderStatistics
from actors.measure.products import ProductBook
from actors.measure.result import DeadLetter
from actors.messages import Duplicate, Order, Place, Processed, Refused, Serve

__all__ = ["IN_COLLECTORS"]


def _in_place(done: Processed, place: Place) -> Processed:
    return replace(done, serve=replace(done.serve, place=place))


def _of_order(done: Processed, order: Order) -> Processed:
    return replace(done, serve=replace(done.serve, order=order))


class Hearing(Slipping, Collector):
    """A collector that takes down something else than it is told."""

    @override
    def processed(self, done: Processed) -> None:
        heard = self.heard(done)
        if heard != done:
            self.slip()
        super().processed(heard)

    @override
    def refused(self, refused: Refused) -> None:
        heard = self.heard_refused(refused)
        if heard != refused:
            self.slip()
        super().refused(heard)

    def heard(self, done: Processed) -> Processed:
        return done

    def heard_refused(self, refused: Refused) -> Refused:
        return refused


# Where an order belongs.


class MovesToAnotherPhase(Hearing):
    """A collector that takes the morning's orders down for noon."""

    @override
    def heard(self, done: Processed) -> Processed:
        place = done.serve.place
        if place.phase != "morning" or not self.every(5):
            return done
        return _in_place(done, replace(place, phase="noon"))


class MovesToThePhaseOfTheEnd(Hearing):
    """A collector that takes an order down for the phase in which it ended."""

    @override
    def heard(self, done: Processed) -> Processed:
        place = done.serve.place
        if place.phase != "noon" or done.finished < 3.0:
            return done
        return _in_place(done, replace(place, phase="evening"))


class MovesToAnotherGroup(Hearing):
    """A collector that takes some orders down for another group."""

    @override
    def heard(self, done: Processed) -> Processed:
        place = done.serve.place
        if place.group != "web" or not self.every(20):
            return done
        return _in_place(done, replace(place, group="depot"))


class MovesTheRefused(Hearing):
    """A collector that takes refused orders down for another group."""

    @override
    def heard_refused(self, refused: Refused) -> Refused:
        return replace(refused, place=replace(refused.place, group="tills"))


class MovesOutOfItsPhase(Hearing):
    """A collector that takes refused orders down without their phase."""

    @override
    def heard_refused(self, refused: Refused) -> Refused:
        return replace(refused, place=replace(refused.place, phase=""))


class MovesDuplicates(Slipping, Collector):
    """A collector that takes an id that came again down for another group."""

    @override
    def duplicate(self, duplicate: Duplicate) -> None:
        self.slip()
        super().duplicate(Duplicate(replace(duplicate.place, group="history")))


class HearsDuplicatesTwice(Slipping, Collector):
    """A collector that takes an id that came again down twice."""

    @override
    def duplicate(self, duplicate: Duplicate) -> None:
        super().duplicate(duplicate)
        if self.every(10):
            super().duplicate(duplicate)


# How an order ended.


class HearsASale(Hearing):
    """A collector that takes a rejection for a sale."""

    @override
    def heard(self, done: Processed) -> Processed:
        if done.status != "rejected":
            return done
        units = tuple([line.quantity for line in done.serve.order.lines])
        return replace(done, status="fulfilled", reason=None, short=(), filled=units)


class HearsAnEmptySale(Hearing):
    """A collector that takes a rejection for a sale of nothing."""

    @override
    def heard(self, done: Processed) -> Processed:
        if done.status != "rejected":
            return done
        return replace(done, status="fulfilled", reason=None, short=())


class HearsARejection(Hearing):
    """A collector that takes some sales for rejections, and counts the units all the same."""

    @override
    def heard(self, done: Processed) -> Processed:
        if done.status != "fulfilled" or not self.every(20):
            return done
        return replace(done, status="rejected", reason="out_of_stock")


class HearsPartial(Hearing):
    """A collector that takes a rejection for a partial sale of nothing."""

    @override
    def heard(self, done: Processed) -> Processed:
        if done.status != "rejected":
            return done
        return replace(done, status="partial", reason=None)


class HearsNothingPartial(Hearing):
    """A collector that takes a partial sale for a rejection."""

    @override
    def heard(self, done: Processed) -> Processed:
        if done.status != "partial":
            return done
        return replace(done, status="rejected", reason="out_of_stock")


class HearsFulfilled(Hearing):
    """A collector that takes a partial sale for a full one."""

    @override
    def heard(self, done: Processed) -> Processed:
        return replace(done, status="fulfilled") if done.status == "partial" else done


class HearsAnotherReason(Hearing):
    """A collector that takes overloaded for out of stock."""

    @override
    def heard_refused(self, refused: Refused) -> Refused:
        return replace(refused, reason="out_of_stock")


class HearsNoKind(Hearing):
    """A collector that does not hear what a refused order asked for."""

    @override
    def heard_refused(self, refused: Refused) -> Refused:
        return replace(refused, order=None)


class DropsTheInvalid(Slipping, Collector):
    """A collector that counts invalid orders and drops them."""

    @override
    def refused(self, refused: Refused) -> None:
        if refused.reason != "invalid":
            super().refused(refused)
            return
        self.slip()
        self._ledger.ended([refused.place])
        self.recorded += 1


class IgnoresTheInvalid(Slipping, Collector):
    """A collector that does not take invalid orders."""

    @override
    def refused(self, refused: Refused) -> None:
        if refused.reason == "invalid":
            self.slip()
        else:
            super().refused(refused)


class TakesRefusedForProcessed(Slipping, Collector):
    """A collector that takes refused orders for such as a processor has rejected."""

    @override
    def refused(self, refused: Refused) -> None:
        if refused.order is None:
            super().refused(refused)
            return
        self.slip()
        serve = Serve(refused.order, refused.place, queued=False)
        now, nothing = refused.finished, (0,) * len(refused.order.lines)
        self.processed(
            Processed(serve, "processor/1", now, now, 0.0, "rejected", refused.reason, (), nothing)
        )


class TakesProcessedForRefused(Slipping, Collector):
    """A collector that takes rejected orders for such as the router has refused."""

    @override
    def processed(self, done: Processed) -> None:
        if done.reason is None:
            super().processed(done)
            return
        self.slip()
        serve = done.serve
        self.refused(Refused(serve.place, serve.order, done.finished, done.reason, "none left"))


class LosesALetter(Slipping, Collector):
    """A collector that forgets a kind of dead letter."""

    @override
    def dead_letters(self) -> tuple[DeadLetter, ...]:
        self.slip()
        return super().dead_letters()[:-1]


class CountsALetterTwice(Slipping, Collector):
    """A collector that counts a dead letter twice."""

    @override
    def dead_letters(self) -> tuple[DeadLetter, ...]:
        self.slip()
        first, *others = super().dead_letters()
        why, count, example = first.why, first.count + 1, first.example
        return (DeadLetter(why=why, count=count, example=example), *others)


# Times.


class EndsTooSoon(Hearing):
    """A collector that lets orders end a little sooner than they did."""

    @override
    def heard(self, done: Processed) -> Processed:
        return replace(done, finished=done.finished - 0.01)


class RoundsTheEnd(Hearing):
    """A collector that rounds the end of orders to tenths of a second."""

    @override
    def heard(self, done: Processed) -> Processed:
        return replace(done, finished=round(done.finished, 1))


class RefusesAtTheStart(Hearing):
    """A collector that lets all refused orders end when the run begins."""

    @override
    def heard_refused(self, refused: Refused) -> Refused:
        return replace(refused, finished=0.0)


class StartsWhenPlaced(Hearing):
    """A collector that lets the service of orders begin when they are placed."""

    @override
    def heard(self, done: Processed) -> Processed:
        return replace(done, started=done.serve.place.scheduled)


class CountsFromTheStart(Hearing):
    """A collector that lets the time of orders begin when a processor takes them."""

    @override
    def heard(self, done: Processed) -> Processed:
        return _in_place(done, replace(done.serve.place, scheduled=done.started))


class HalvesService(Hearing):
    """A collector that takes down half of the time that a processor was busy."""

    @override
    def heard(self, done: Processed) -> Processed:
        return replace(done, busy=done.busy / 2)


class AddsTheWait(Hearing):
    """A collector that counts an order's wait as service."""

    @override
    def heard(self, done: Processed) -> Processed:
        return replace(done, busy=done.finished - done.serve.place.scheduled)


class MovesOutOfTheWarmUp(Hearing):
    """A collector that takes orders of the warm-up down as if they came after it."""

    @override
    def heard(self, done: Processed) -> Processed:
        place = done.serve.place
        if place.scheduled >= 2.0:
            return done
        later = _in_place(done, replace(place, scheduled=place.scheduled + 2.0))
        return replace(later, started=done.started + 2.0, finished=done.finished + 2.0)


# What it hands on.


class HandingOn(Slipping, Collector):
    """A collector that hands on something else than it has taken."""

    to: tuple[type, ...] = (OrderStatistics, ProductBook)  # whom

    def __init__(
        self, ledger: Ledger, metrics: OrderStatistics, sinks: Sequence[Sink], bulk: int = BULK
    ) -> None:
        super().__init__(ledger, metrics, [self._before(sink) for sink in sinks], bulk)

    def _before(self, sink: Sink) -> Sink:
        if not isinstance(getattr(sink, "__self__", None), self.to):
            return sink

        def changed(batch: Sequence[Ended]) -> None:
            handed = self.handed(batch)
            if list(handed) != list(batch):
                self.slip()
            sink(handed)

        return changed

    def handed(self, batch: Sequence[Ended]) -> Sequence[Ended]:
        return [self.one(ended) if isinstance(ended, Processed) else ended for ended in batch]

    def one(self, done: Processed) -> Processed:
        return done


class ForgetsTheLast(HandingOn):
    """A collector that forgets the last batch."""

    @override
    def handed(self, batch: Sequence[Ended]) -> Sequence[Ended]:
        return batch if len(batch) == BULK else []


class LosesAnOrder(HandingOn):
    """A collector that loses an order of each batch on the way to the statistics."""

    to = (OrderStatistics,)

    @override
    def handed(self, batch: Sequence[Ended]) -> Sequence[Ended]:
        return batch[1:]


class CountsInTwoGroups(HandingOn):
    """A collector that counts an order in two groups."""

    to = (OrderStatistics,)

    @override
    def handed(self, batch: Sequence[Ended]) -> Sequence[Ended]:
        again = next(
            (
                _in_place(ended, replace(ended.serve.place, group="depot"))
                for ended in batch
                if isinstance(ended, Processed) and ended.serve.place.group == "web"
            ),
            None,
        )
        return batch if again is None else [*batch, again]


class HandsOnBackwards(HandingOn):
    """A collector that hands on the last order of a batch first."""

    @override
    def handed(self, batch: Sequence[Ended]) -> Sequence[Ended]:
        return batch[::-1]


class InPairs(HandingOn):
    """A collector that mixes up each order with the next."""

    @override
    def handed(self, batch: Sequence[Ended]) -> Sequence[Ended]:
        handed = list(batch)
        for first in range(0, len(handed) - 1, 2):
            one, other = handed[first], handed[first + 1]
            if isinstance(one, Processed) and isinstance(other, Processed):
                handed[first], handed[first + 1] = self.mixed(one, other), self.mixed(other, one)
        return handed

    def mixed(self, done: Processed, other: Processed) -> Processed:  # noqa: ARG002 — for all alike
        return done


class MixesUpPlacing(InPairs):
    """A collector that exchanges the times at which two orders were placed."""

    @override
    def mixed(self, done: Processed, other: Processed) -> Processed:
        scheduled = other.serve.place.scheduled
        return _in_place(done, replace(done.serve.place, scheduled=scheduled))


class MixesUpWhoPlaced(InPairs):
    """A collector that exchanges the ids of two orders."""

    @override
    def mixed(self, done: Processed, other: Processed) -> Processed:
        return _of_order(done, replace(done.serve.order, id=other.serve.order.id))


class MixesUpClients(InPairs):
    """A collector that exchanges the clients of two orders."""

    @override
    def mixed(self, done: Processed, other: Processed) -> Processed:
        return _of_order(done, replace(done.serve.order, client=other.serve.order.client))


class MixesUpContents(InPairs):
    """A collector that exchanges what two fulfilled orders asked for and got."""

    @override
    def mixed(self, done: Processed, other: Processed) -> Processed:
        if done.status != "fulfilled" or other.status != "fulfilled":
            return done
        order = replace(done.serve.order, lines=other.serve.order.lines)
        return replace(_of_order(done, order), filled=other.filled)


class MixesUpTimes(InPairs):
    """A collector that exchanges how long a processor was busy with two orders."""

    @override
    def mixed(self, done: Processed, other: Processed) -> Processed:
        return replace(done, busy=other.busy)


class MixesUpProcessors(InPairs):
    """A collector that exchanges the processors of two orders."""

    @override
    def mixed(self, done: Processed, other: Processed) -> Processed:
        return replace(done, processor=other.processor)


class Smooths(InPairs):
    """A collector that lets two orders end in the middle between their ends."""

    @override
    def mixed(self, done: Processed, other: Processed) -> Processed:
        return replace(done, finished=(done.finished + other.finished) / 2)


class ForStatistics(HandingOn):
    """A collector that hands on something else to the statistics alone."""

    to = (OrderStatistics,)


class CallsReturnsSales(ForStatistics):
    """A collector that counts returns as sales in its statistics."""

    @override
    def one(self, done: Processed) -> Processed:
        return _of_order(done, replace(done.serve.order, kind="sale"))


class CallsPartialFulfilled(ForStatistics):
    """A collector that counts partial orders as fulfilled in its statistics."""

    @override
    def one(self, done: Processed) -> Processed:
        return replace(done, status="fulfilled") if done.status == "partial" else done


class CallsRejectedFulfilled(ForStatistics):
    """A collector that counts rejected orders as fulfilled in its statistics."""

    @override
    def one(self, done: Processed) -> Processed:
        return replace(done, status="fulfilled", reason=None) if done.reason else done


class ForgetsReasons(ForStatistics):
    """A collector that forgets reasons in its statistics."""

    @override
    def one(self, done: Processed) -> Processed:
        return replace(done, reason=None)


class ForgetsWhoWaited(ForStatistics):
    """A collector that forgets in its statistics that orders had to wait."""

    @override
    def one(self, done: Processed) -> Processed:
        return replace(done, serve=replace(done.serve, queued=False))


class ForProducts(HandingOn):
    """A collector that hands on something else to the products' book alone."""

    to = (ProductBook,)


class AsksForMore(ForProducts):
    """A collector that doubles what rejected orders asked for."""

    @override
    def one(self, done: Processed) -> Processed:
        if not done.reason:
            return done
        order = done.serve.order
        lines = tuple([replace(line, quantity=line.quantity * 2) for line in order.lines])
        return _of_order(done, replace(order, lines=lines))


class AsksForNothing(ForProducts):
    """A collector that drops rejected orders from the products' book."""

    @override
    def handed(self, batch: Sequence[Ended]) -> Sequence[Ended]:
        return [ended for ended in batch if isinstance(ended, Processed) and not ended.reason]


class ForgetsWhatWasShort(ForProducts):
    """A collector that forgets which product was short."""

    @override
    def one(self, done: Processed) -> Processed:
        return replace(done, short=())


class BlamesAnotherProduct(ForProducts):
    """A collector that blames another product of the order than the one that was short."""

    @override
    def one(self, done: Processed) -> Processed:
        skus = [line.sku for line in done.serve.order.lines if line.sku not in done.short]
        return replace(done, short=(skus[0],)) if done.short and skus else done


class DelaysShortage(ForProducts):
    """A collector that lets shortage begin later than it did."""

    @override
    def one(self, done: Processed) -> Processed:
        return replace(done, finished=done.finished + 1.0) if done.reason else done


class DropsARow(ForProducts):
    """A collector that drops the last line of rejected orders."""

    @override
    def one(self, done: Processed) -> Processed:
        order = done.serve.order
        if not done.reason or len(order.lines) == 1:
            return done
        return replace(
            _of_order(done, replace(order, lines=order.lines[:-1])), filled=done.filled[:-1]
        )


# Its own work.


class Forgets(Slipping, Collector):
    """A collector that forgets orders now and then."""

    @override
    def processed(self, done: Processed) -> None:
        if not self.every(50):
            super().processed(done)


class TakesTwice(Slipping, Collector):
    """A collector that takes some orders twice."""

    @override
    def processed(self, done: Processed) -> None:
        super().processed(done)
        if self.every(50):
            super().processed(done)


class CountsTooMany(Slipping, Collector):
    """A collector that counts an order twice."""

    @override
    def processed(self, done: Processed) -> None:
        super().processed(done)
        if self.every(50):
            self.recorded += 1


IN_COLLECTORS: Final[tuple[Mistake, ...]] = (
    *planted(
        "shortage",
        HearsASale,
        HearsAnEmptySale,
        HearsARejection,
        HearsPartial,
        TakesProcessedForRefused,
        EndsTooSoon,
        RoundsTheEnd,
        StartsWhenPlaced,
        CountsFromTheStart,
        HalvesService,
        AddsTheWait,
        ForgetsTheLast,
        LosesAnOrder,
        HandsOnBackwards,
        MixesUpPlacing,
        MixesUpWhoPlaced,
        MixesUpClients,
        MixesUpContents,
        MixesUpProcessors,
        Smooths,
        CallsRejectedFulfilled,
        ForgetsReasons,
        ForgetsWhoWaited,
        AsksForMore,
        AsksForNothing,
        ForgetsWhatWasShort,
        BlamesAnotherProduct,
        DelaysShortage,
        DropsARow,
        Forgets,
        TakesTwice,
        CountsTooMany,
    ),
    *planted("partial", HearsNothingPartial, HearsFulfilled, CallsPartialFulfilled),
    *planted(
        "phases",
        MovesToAnotherPhase,
        MovesToThePhaseOfTheEnd,
        MovesToAnotherGroup,
        CountsInTwoGroups,
        MixesUpTimes,
    ),
    *planted(
        "limited",
        MovesTheRefused,
        MovesOutOfItsPhase,
        HearsAnotherReason,
        HearsNoKind,
        RefusesAtTheStart,
        TakesRefusedForProcessed,
    ),
    *planted("log", DropsTheInvalid, IgnoresTheInvalid, LosesALetter, CountsALetterTwice),
    *planted("twice", MovesDuplicates, HearsDuplicatesTwice),
    *planted("returns", CallsReturnsSales),
    *planted("warm-up", MovesOutOfTheWarmUp),
)
