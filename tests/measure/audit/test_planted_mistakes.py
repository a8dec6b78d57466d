"""A small shop with a mistake in one actor or one book, and the laws that find it."""

from __future__ import annotations

import msgspec
from changed import changed
from planted_shop import Shop, ten_orders
from sound_run import broken

from actors.collector import Collector
from actors.common.generational_memory import GenerationalMemory
from actors.inventory import Inventory
from actors.measure.order_statistics import Ended
from actors.messages import Answer, Order, Place, Processed, Reserve, Serve
from actors.processor import Processor
from actors.router import Router
from actors.runtime.actor import receives


def test_a_shop_without_a_mistake_is_sound() -> None:
    evidence = ten_orders(Shop()).evidence()
    assert broken(evidence) == {}
    assert evidence.flow.refused == 1
    assert evidence.flow.duplicates == 1
    assert sum(item.sold for item in evidence.stock) > 0
    assert sum(item.heard_short for item in evidence.stock) > 0


class Lavish(Inventory):
    """Forgets to check what there is."""

    def grantable(self, request: Reserve) -> int:
        return request.quantity


def test_planted_a_grant_without_its_check_is_overselling() -> None:
    found = broken(ten_orders(Shop(inventory=Lavish)).evidence())
    assert list(found) == ["never oversold"]
    assert "inventory A: stock fell to -" in found["never oversold"]


class Forgetful(Inventory):
    """Applies a request again when it comes again, as if over a line that delivers twice."""

    @receives(Reserve)
    def request(self, request: Reserve) -> None:  # type: ignore[override]
        for _ in range(2):
            self._answers = GenerationalMemory(1)
            super().request(request)


def test_planted_a_duplicate_that_is_applied_again_is_sold_twice() -> None:
    found = broken(ten_orders(Shop(inventory=Forgetful)).evidence())
    assert "sales agree" in found
    assert "culprit: inventory A" in found["sales agree"]


class Modest(Inventory):
    """Refuses units and does not count them."""

    def grantable(self, request: Reserve) -> int:
        granted = super().grantable(request)
        self.short -= request.quantity - granted
        return granted


def test_planted_a_refusal_that_is_not_counted_leaves_demand_unexplained() -> None:
    found = broken(ten_orders(Shop(inventory=Modest)).evidence())
    assert list(found) == ["demand explained"]
    assert "culprit: inventory A: refused 0 units, orders say " in found["demand explained"]


def blamed(ended: Ended) -> Ended:
    """Charge B with what A was short of."""
    if isinstance(ended, Processed) and "B" in {line.sku for line in ended.serve.order.lines}:
        short = tuple("B" for _ in ended.short)
        return changed(ended, short=short)
    return ended


def test_planted_a_shortage_that_another_product_is_charged_with_is_found() -> None:
    found = broken(ten_orders(Shop(heard=blamed)).evidence())
    assert list(found) == ["demand explained"]


class Leaky(Collector):
    """Loses one order."""

    @receives(Processed)
    def processed(self, done: Processed) -> None:
        if done.serve.order.id != "two-0":
            super().processed(done)


def test_planted_an_order_that_the_collector_drops_is_lost() -> None:
    found = broken(ten_orders(Shop(collector=Leaky)).evidence())
    assert "two-0 is lost" in found["one outcome an order"]
    assert found["orders flow"].startswith("culprit: collector")
    assert "sales agree" in found


class Stuttering(Collector):
    """Takes one order twice."""

    @receives(Processed)
    def processed(self, done: Processed) -> None:
        super().processed(done)
        if done.serve.order.id == "two-1":
            super().processed(done)


def test_planted_an_order_that_ends_twice_is_duplicated() -> None:
    found = broken(ten_orders(Shop(collector=Stuttering)).evidence())
    assert "two-1 ended twice" in found["one outcome an order"]
    assert found["orders flow"].startswith("culprit: collector")


class Dropping(Router):
    """Loses one order."""

    @receives(Place)
    def place(self, place: Place) -> None:
        if place.ref != "one-3":
            super().place(place)


def test_planted_an_order_that_the_router_drops_is_lost() -> None:
    found = broken(ten_orders(Shop(router=Dropping)).evidence())
    assert list(found) == ["one outcome an order", "orders flow", "schedule kept"]
    assert "one-3 is lost" in found["one outcome an order"]
    assert found["orders flow"].startswith("culprit: router")


class Deaf(Processor):
    """Does not hear one answer."""

    @receives(Answer)
    def answered(self, answer: Answer) -> None:
        if answer.order_id != "two-0":
            super().answered(answer)


def test_planted_a_reservation_that_nobody_settles_is_found() -> None:
    found = broken(ten_orders(Shop(processor=Deaf)).evidence())
    assert "two-0 is lost" in found["one outcome an order"]
    assert "inventory A: 1 units still reserved" in found["nothing left reserved"]


class Late(Collector):
    """Writes down a time that was not."""

    @receives(Processed)
    def processed(self, done: Processed) -> None:
        early = changed(done.serve.place, scheduled=0.25)
        serve = changed(done.serve, place=early)
        super().processed(changed(done, serve=serve))


def test_planted_a_time_that_was_not_breaks_littles_law_and_shows_in_the_envelope() -> None:
    found = broken(ten_orders(Shop(collector=Late)).evidence())
    assert list(found) == [
        "one outcome an order",
        "times in order",
        "line kept",
        "Little's law",
    ]
    assert "another envelope" in found["one outcome an order"]


def hurried(ended: Ended) -> Ended:
    """Understand that orders were placed earlier than they were."""
    if isinstance(ended, Processed):
        earlier = changed(ended.serve.place, scheduled=-0.25)
        return changed(ended, serve=changed(ended.serve, place=earlier))
    return ended


def test_planted_a_time_in_the_books_that_was_not_breaks_littles_law() -> None:
    found = broken(ten_orders(Shop(heard=hurried)).evidence())
    assert list(found) == ["outcomes agree", "Little's law"]


class Forging(Router):
    """Serves one order as if somebody had asked for more."""

    def _admit(self, place: Place, order: Order) -> None:
        if order.id == "one-0":
            more = msgspec.structs.replace(order.lines[0], quantity=3)
            order = msgspec.structs.replace(order, lines=(more,))
        super()._admit(place, order)


def test_planted_an_order_that_is_served_as_another_is_found() -> None:
    found = broken(ten_orders(Shop(router=Forging)).evidence())
    assert found == {"orders unchanged": "culprit: router: one-0 was served as another order"}


class Partisan(Router):
    """Lets the order that came last be served first."""

    def _admit(self, place: Place, order: Order) -> None:
        super()._admit(place, order)
        lines = self._strategy._line._lines  # type: ignore[attr-defined]
        for line in lines.values():
            line.rotate(1)


def test_planted_an_order_that_overtakes_is_found() -> None:
    found = broken(ten_orders(Shop(router=Partisan)).evidence())
    assert list(found) == ["line kept"]
    assert "was overtaken at processor/" in found["line kept"]


class Idle(Processor):
    """Says that it worked longer than it did."""

    @receives(Serve)
    def serve(self, serve: Serve) -> None:
        super().serve(serve)
        self._busy.add(self.now, self.now + 0.5)


def test_planted_a_processor_that_boasts_is_named() -> None:
    found = broken(ten_orders(Shop(processor=Idle)).evidence())
    assert list(found) == ["times in order"]
    assert found["times in order"].startswith("culprit: processor/1: busy ")


class Lying(Router):
    """Counts an outcome that was not."""

    def _remember(self, order_id: str, outcome: object) -> None:
        super()._remember(order_id, outcome)  # type: ignore[arg-type]
        if order_id == "one-0":
            self._others["partial"] = 1


def test_planted_an_outcome_that_the_router_invents_is_found() -> None:
    found = broken(ten_orders(Shop(router=Lying)).evidence())
    assert list(found) == ["outcomes agree"]
    assert "partial: the router told 1, the books have 0" in found["outcomes agree"]
