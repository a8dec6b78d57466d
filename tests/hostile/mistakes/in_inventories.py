"""Mistakes of inventories: what they grant, what they forget, and what they say of their stock."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Final, NamedTuple

from planting import Mistake, Slipping, planted, replace
from typing_extensions import override

from actors.decisions.stock import Stock
from actors.inventory import Inventory
from actors.messages import Add, Answer, Reserve, Settle
from actors.runtime.actor import receives
from actors.scenario.distributions import Distribution
from actors.scenario.written_distributions import parse_distribution

__all__ = ["IN_INVENTORIES"]


class Shelf(Slipping, Inventory):
    """An inventory."""


# What it grants.


class Granting(Shelf):
    """An inventory that grants something else than it has."""

    @override
    def grantable(self, request: Reserve) -> int:
        right = super().grantable(request)
        granted = self.granted(request, right)
        if granted != right:
            self.slip()
        return granted

    def granted(self, request: Reserve, right: int) -> int:  # noqa: ARG002 — for all alike
        return right

    @property
    def available(self) -> int:
        return self.stock.available


class ForgetsToCheck(Granting):
    """An inventory that forgets to check what there is."""

    @override
    def granted(self, request: Reserve, right: int) -> int:
        return request.quantity


class ForgetsWhatIsPromised(Granting):
    """An inventory that grants again what it has promised to another."""

    @override
    def granted(self, request: Reserve, right: int) -> int:
        return request.quantity if request.quantity <= self.stock.on_hand else 0


class ChecksAStaleStock(Granting):
    """An inventory that checks against the stock of a moment ago."""

    seen = 10**9

    @override
    def granted(self, request: Reserve, right: int) -> int:
        seen, self.seen = self.seen, self.available
        return request.quantity if request.quantity <= seen else 0


class GrantsTwice(Granting):
    """An inventory that sells twice what an order of one line asks for."""

    @override
    def granted(self, request: Reserve, right: int) -> int:
        plenty = request.take and self.available > 2 * request.quantity
        return right * 2 if plenty and self.every(20) else right


class RefusesNowAndThen(Granting):
    """An inventory that refuses now and then though it has enough."""

    @override
    def granted(self, request: Reserve, right: int) -> int:
        return 0 if self.every(30) else right


class RefusesTheLast(Granting):
    """An inventory that never sells the last unit, by a sign that is wrong."""

    @override
    def granted(self, request: Reserve, right: int) -> int:
        return right if request.quantity < self.available else 0


class KeepsSomeBack(Granting):
    """An inventory that keeps twenty units back for a rainy day."""

    @override
    def granted(self, request: Reserve, right: int) -> int:
        return right if request.quantity <= self.available - 20 else 0


class GrantsAllOrNothing(Granting):
    """An inventory that grants nothing where it could grant some."""

    @override
    def granted(self, request: Reserve, right: int) -> int:
        return right if right == request.quantity else 0


class GrantsOneAtATime(Granting):
    """An inventory that grants a single unit of any number, though it has them."""

    @override
    def granted(self, request: Reserve, right: int) -> int:
        return min(right, 1) if self.every(10) else right


class GrantsSome(Granting):
    """An inventory that sells some where it is to be all or nothing."""

    @override
    def granted(self, request: Reserve, right: int) -> int:
        return min(request.quantity, self.available)


class Answering(Shelf):
    """An inventory that answers something else than it has done."""

    @override
    def alter(self, message: object) -> object | None:
        return self.answering(message) if isinstance(message, Answer) else message

    def answering(self, answer: Answer) -> Answer | None:
        return answer


class AnswersLess(Answering):
    """An inventory that says it granted a unit less than it took."""

    @override
    def answering(self, answer: Answer) -> Answer | None:
        if answer.granted and self.every(20):
            return replace(answer, granted=answer.granted - 1)
        return answer


class AnswersMore(Answering):
    """An inventory that says it granted a unit which it has not."""

    @override
    def answering(self, answer: Answer) -> Answer | None:
        short = not answer.granted and self.every(10)
        return replace(answer, granted=1) if short else answer


class AnswersOfAnotherLine(Answering):
    """An inventory that answers of the wrong line."""

    @override
    def answering(self, answer: Answer) -> Answer | None:
        return replace(answer, line=answer.line + 1) if self.every(50) else answer


class AnswersNobody(Answering):
    """An inventory that forgets to answer."""

    @override
    def answering(self, answer: Answer) -> Answer | None:
        return None if self.every(100) else answer


class Kept(NamedTuple):
    name: str
    answer: Answer


class AnswersLate(Answering):
    """An inventory that takes its time though the scenario gives it none."""

    @override
    def address(self, name: str, message: object) -> str:
        if isinstance(message, Answer):
            self.after(0.02, Kept(name, message))
        return name

    @override
    def answering(self, answer: Answer) -> Answer | None:
        return None

    @receives(Kept)
    def answer_late(self, kept: Kept) -> None:
        self.tell_truly(kept.name, kept.answer)


class SaysThatItFailed(Answering):
    """An inventory that says it failed when it only had nothing left."""

    @override
    def answering(self, answer: Answer) -> Answer | None:
        return replace(answer, failed=True) if not answer.granted else answer


class SendsReturnsAway(Shelf):
    """An inventory that does not take anything back, and says that it failed."""

    @override
    def add(self, request: Add) -> Answer:
        if request.kind != "return":
            return super().add(request)
        self.slip()
        return Answer(
            request.order_id, request.attempt, request.line, self.sku, granted=0, failed=True
        )


class LetsWait(Answering):
    """An inventory that lets an order wait where it is to be all or nothing."""

    @override
    def answering(self, answer: Answer) -> Answer | None:
        short = not answer.granted and self.sku == "RARE"
        return replace(answer, waiting=True) if short else answer


class ForgetsThoseWhoWait(Answering):
    """An inventory that does not tell an order that its rest has come."""

    def __init__(self, *settings: Any) -> None:
        super().__init__(*settings)
        self.waiting: set[str] = set()

    @override
    def answering(self, answer: Answer) -> Answer | None:
        if answer.waiting:
            self.waiting.add(answer.order_id)
            return answer
        return None if answer.order_id in self.waiting and self.every(3) else answer


class ServesTheLastWaiting(Shelf):
    """An inventory that gives what has come to those who have waited for the shortest time."""

    @override
    def add(self, request: Add) -> Answer:
        if len(self._backorders) > 1:
            self.slip()
            self._backorders = OrderedDict(reversed(self._backorders.items()))
        return super().add(request)


# What it does with what it holds.


class Settled(NamedTuple):
    settle: Settle


class GivesBackLate(Shelf):
    """An inventory that puts back what an order does not need only after a while."""

    @override
    def settle(self, settle: Settle) -> None:
        if settle.commit:
            super().settle(settle)
        else:
            self.slip()
            self.after(1.0, Settled(settle))

    @receives(Settled)
    def give_back(self, settled: Settled) -> None:
        super().settle(settled.settle)


class GivesBackTwice(Shelf):
    """An inventory that gives back twice what an order does not need."""

    @override
    def settle(self, settle: Settle) -> None:
        before = self.stock.reserved
        super().settle(settle)
        freed = before - self.stock.reserved
        if freed and not settle.commit:
            self.slip()
            self._stock = Stock(self.stock.on_hand, self.stock.reserved - freed)


class SellsWhatItShouldGiveBack(Shelf):
    """An inventory that sells what it should give back."""

    @override
    def settle(self, settle: Settle) -> None:
        if not settle.commit:
            self.slip()
        super().settle(replace(settle, commit=True))


class GivesBackWhatItShouldSell(Shelf):
    """An inventory that gives back what it should sell."""

    @override
    def settle(self, settle: Settle) -> None:
        again = settle.commit and self.every(10)
        super().settle(replace(settle, commit=False) if again else settle)


class ForgetsToSettle(Shelf):
    """An inventory that forgets that an order was settled."""

    @override
    def settle(self, settle: Settle) -> None:
        if not self.every(20):
            super().settle(settle)


class SettlesAllThatItHolds(Shelf):
    """An inventory that settles all that it holds when one order is settled."""

    @override
    def settle(self, settle: Settle) -> None:
        others = [ref for ref in self._held if ref != settle.order_id]
        super().settle(settle)
        for ref in others:
            self.slip()
            attempt, _ = self._held[ref]
            super().settle(Settle(ref, attempt, settle.commit))


# What comes in.


class ForgetsToAdd(Shelf):
    """An inventory that forgets a restock, and says so."""

    @override
    def add(self, request: Add) -> Answer:
        if request.kind == "restock" and self.every(4):
            return Answer(request.order_id, request.attempt, request.line, self.sku, 0)
        return super().add(request)


class ForgetsToAddSecretly(Shelf):
    """An inventory that forgets a restock, and says that it has taken it."""

    @override
    def add(self, request: Add) -> Answer:
        if request.kind == "restock" and self.every(4):
            return Answer(
                request.order_id, request.attempt, request.line, self.sku, request.quantity
            )
        return super().add(request)


class CountsWhatItDoesNotAdd(Shelf):
    """An inventory that counts a restock and does not put it on the shelf."""

    @override
    def add(self, request: Add) -> Answer:
        if not self.every(4):
            return super().add(request)
        self.restocked += request.quantity
        return Answer(request.order_id, request.attempt, request.line, self.sku, request.quantity)


class AddsTwice(Shelf):
    """An inventory that puts twice on the shelf what has come, and says so."""

    @override
    def add(self, request: Add) -> Answer:
        if self.every(4):
            return super().add(replace(request, quantity=request.quantity * 2))
        return super().add(request)


class AddsLess(Shelf):
    """An inventory that puts a unit less on the shelf than has come, and says so."""

    @override
    def add(self, request: Add) -> Answer:
        if request.quantity > 1:
            self.slip()
            request = replace(request, quantity=request.quantity - 1)
        return super().add(request)


class CountsReturnsAsRestock(Shelf):
    """An inventory that counts a return as a restock."""

    @override
    def add(self, request: Add) -> Answer:
        if request.kind == "return":
            self.slip()
        return super().add(replace(request, kind="restock"))


# What it says of its stock.


class FindsMoreStock(Shelf):
    """An inventory that begins with more than the scenario says."""

    def __init__(self, sku: str, stock: int, *more: Any) -> None:
        super().__init__(sku, stock + 20, *more)
        self.slip()


class FindsLessStock(Shelf):
    """An inventory that begins with less than the scenario says."""

    def __init__(self, sku: str, stock: int, *more: Any) -> None:
        super().__init__(sku, stock - 20, *more)
        self.slip()


class RefillsSecretly(Shelf):
    """An inventory that refills its shelf and says that it began with so much."""

    @override
    def reserve(self, request: Reserve) -> Answer:
        if self.stock.available < request.quantity and self.initial < 500:
            self.slip()
            self.initial += 10
            self._stock = Stock(self.stock.on_hand + 10, self.stock.reserved)
        return super().reserve(request)


class LosesAUnit(Shelf):
    """An inventory that loses a unit now and then."""

    @override
    def request(self, request: Reserve | Add) -> None:
        super().request(request)
        if self.sku == "PLENTY" and self.every(50):
            self._stock = Stock(self.stock.on_hand - 1, self.stock.reserved)


class SaysNeverSoldOut(Shelf):
    """An inventory that never says that it is sold out."""

    @override
    def request(self, request: Reserve | Add) -> None:
        super().request(request)
        if self.sold_out_at is not None:
            self.slip()
            self.sold_out_at = None


class SaysSoldOutAtOnce(Shelf):
    """An inventory that says it was sold out from the beginning."""

    @override
    def request(self, request: Reserve | Add) -> None:
        super().request(request)
        if self.sku != "RARE":
            self.slip()
            self.sold_out_at = 0.0


class SaysSoldOutLater(Shelf):
    """An inventory that says of its last request that it was the first to find nothing left."""

    @override
    def request(self, request: Reserve | Add) -> None:
        super().request(request)
        if self.sold_out_at is not None and self.sold_out_at != self.now:
            self.slip()
            self.sold_out_at = self.now


class CountsNoSales(Shelf):
    """An inventory that does not count what it sells at once."""

    @override
    def reserve(self, request: Reserve) -> Answer:
        before = self.sold
        answer = super().reserve(request)
        if self.sold > before and self.every(20):
            self.sold = before
        return answer


# Its time.


class TakesNoTime(Shelf):
    """An inventory that takes no time though the scenario gives it some."""

    def __init__(self, sku: str, stock: int, _service: Distribution, *more: Any) -> None:
        super().__init__(sku, stock, parse_distribution("0ms"), *more)
        self.slip()


class TakesTwiceAsLong(Shelf):
    """An inventory that takes twice as long for some requests."""

    def __init__(self, *settings: Any) -> None:
        super().__init__(*settings)
        wait = self.after

        def after(delay: float, message: object) -> None:
            wait(delay * 2 if self.every(5) else delay, message)

        self.after = after


class OverstatesItsLoad(Shelf):
    """An inventory that counts some of its service twice."""

    @override
    def request(self, request: Reserve | Add) -> None:
        super().request(request)
        if self.every(5):
            self._busy.total += 0.01


class ForgetsItsLoad(Shelf):
    """An inventory that forgets how long it was busy."""

    @override
    def request(self, request: Reserve | Add) -> None:
        super().request(request)
        if self._busy.total:
            self.slip()
            self._busy.total = 0.0


IN_INVENTORIES: Final[tuple[Mistake, ...]] = (
    *planted(
        "shortage",
        ForgetsToCheck,
        ChecksAStaleStock,
        RefusesNowAndThen,
        RefusesTheLast,
        KeepsSomeBack,
        AnswersLess,
        AnswersMore,
        AnswersOfAnotherLine,
        AnswersNobody,
        AnswersLate,
        SaysThatItFailed,
        LetsWait,
        GivesBackLate,
        GivesBackTwice,
        SellsWhatItShouldGiveBack,
        GivesBackWhatItShouldSell,
        ForgetsToSettle,
        FindsMoreStock,
        FindsLessStock,
        RefillsSecretly,
        LosesAUnit,
        SaysNeverSoldOut,
        SaysSoldOutAtOnce,
        SaysSoldOutLater,
        CountsNoSales,
    ),
    *planted("partial", GrantsAllOrNothing, GrantsOneAtATime),
    *planted("backorder", ForgetsWhatIsPromised, ForgetsThoseWhoWait, ServesTheLastWaiting),
    *planted(
        "returns",
        SendsReturnsAway,
        ForgetsToAddSecretly,
        CountsWhatItDoesNotAdd,
        CountsReturnsAsRestock,
    ),
    *planted("partial returns", AddsLess),
    *planted("single", GrantsSome, GrantsTwice, ForgetsToAdd, AddsTwice),
    *planted("short shelves", SettlesAllThatItHolds),
    *planted(
        "shelves",
        TakesNoTime,
        TakesTwiceAsLong,
        OverstatesItsLoad,
        ForgetsItsLoad,
    ),
)
