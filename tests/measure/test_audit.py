from __future__ import annotations

from functools import partial

import msgspec
import pytest

from actors.collector import Collector
from actors.inventory import Inventory
from actors.measure.audit import Evidence, OrderFlow, StockEvidence, audit
from actors.measure.ledger import Ledger
from actors.measure.metrics import Metrics
from actors.measure.products import ProductBook
from actors.measure.result import Check, MessageCounts
from actors.messages import Answer, Line, Order, Place, Processed, Reserve, Serve
from actors.orders import encode_order
from actors.processor import Processor
from actors.recent import Recent
from actors.router import Router
from actors.runtime.actor import receives
from actors.scenario.sampling import parse_distribution
from actors.strategies import STRATEGIES
from actors.testing import Stage

FLOW = OrderFlow(
    placed=100,
    received=100,
    refused=20,
    duplicates=10,
    dispatched=70,
    waiting=0,
    finished=70,
    in_hand=0,
    recorded=90,
)
STOCK = StockEvidence(
    sku="PHONE-X",
    initial=50,
    sold=30,
    returned=4,
    restocked=6,
    final=30,
    reserved=0,
    lowest=0,
    heard_sold=30,
    heard_returned=4,
    heard_restocked=6,
)
EVIDENCE = Evidence(
    flow=FLOW,
    stock=[STOCK],
    open_orders=[],
    duplicated=0,
    unexpected=0,
    examples=[],
    messages=MessageCounts(sent=500, handled=498, dead_lettered=2),
    cut=False,
    scheduled_sum=(1000.0, 1e-13),
    finished_sum=(1090.0, 0.0),
    in_system_sum=(90.0, 0.0),
)


def with_(**changes: object) -> Evidence:
    return msgspec.structs.replace(EVIDENCE, **changes)


def with_flow(**changes: int) -> Evidence:
    return with_(flow=msgspec.structs.replace(FLOW, **changes))


def with_stock(**changes: int) -> Evidence:
    return with_(stock=[STOCK, msgspec.structs.replace(STOCK, sku="BAD", **changes)])


def broken(evidence: Evidence) -> dict[str, str]:
    """The laws that do not hold, with what the audit says."""
    report = audit(evidence)
    assert report.ok == all(check.ok for check in report.checks)
    return {check.name: check.detail for check in report.checks if not check.ok}


def test_every_law_is_checked_and_holds_for_a_sound_run() -> None:
    report = audit(EVIDENCE)
    assert report.ok
    assert [check.name for check in report.checks] == [
        "one outcome an order",
        "stock conserved",
        "never oversold",
        "messages accounted for",
        "orders flow",
        "sales agree",
        "nothing left reserved",
        "Little's law",
    ]


@pytest.mark.parametrize("step", [-1, 1])
@pytest.mark.parametrize(
    ("field", "culprit"),
    [
        ("placed", "router: clients placed"),
        ("received", "router: clients placed"),
        ("refused", "router: the router received"),
        ("duplicates", "router: the router received"),
        ("dispatched", "router: the router received"),
        ("waiting", "router: the router received"),
        ("finished", "processors: the router dispatched"),
        ("in_hand", "processors: the router dispatched"),
        ("recorded", "collector: processors finished"),
    ],
)
def test_a_station_that_loses_or_makes_an_order_is_named(
    field: str, culprit: str, step: int
) -> None:
    found = broken(with_flow(**{field: getattr(FLOW, field) + step}))
    assert list(found) == ["orders flow"]
    assert found["orders flow"].startswith(f"culprit: {culprit}")


def test_every_field_of_the_flow_is_watched() -> None:
    for field in OrderFlow.__struct_fields__:
        assert broken(with_flow(**{field: getattr(FLOW, field) + 1})), field


@pytest.mark.parametrize("step", [-1, 1])
@pytest.mark.parametrize(
    ("field", "laws"),
    [
        ("initial", ["stock conserved"]),
        ("sold", ["stock conserved", "sales agree"]),
        ("returned", ["stock conserved", "sales agree"]),
        ("restocked", ["stock conserved", "sales agree"]),
        ("final", ["stock conserved"]),
        ("heard_sold", ["sales agree"]),
        ("heard_returned", ["sales agree"]),
        ("heard_restocked", ["sales agree"]),
        ("reserved", ["nothing left reserved"]),
    ],
)
def test_a_product_whose_units_do_not_add_up_is_named(
    field: str, laws: list[str], step: int
) -> None:
    found = broken(with_stock(**{field: getattr(STOCK, field) + step}))
    assert list(found) == laws
    assert all(words.startswith("culprit: inventory BAD: ") for words in found.values())


def test_every_figure_of_a_product_is_watched() -> None:
    for field in StockEvidence.__struct_fields__[1:]:
        step = -1 if field == "lowest" else 1
        assert broken(with_stock(**{field: getattr(STOCK, field) + step})), field


def test_stock_that_was_below_zero_for_a_moment_is_found() -> None:
    assert broken(with_stock(lowest=-3)) == {
        "never oversold": "culprit: inventory BAD: stock fell to -3"
    }


def test_stock_that_ends_below_zero_is_found_whatever_its_lowest_says() -> None:
    assert list(broken(with_stock(final=-2, sold=62, heard_sold=62))) == ["never oversold"]
    assert "never oversold" in broken(with_stock(reserved=31))


def test_several_culprits_are_named_up_to_three() -> None:
    bad = [msgspec.structs.replace(STOCK, sku=f"BAD-{n}", final=9) for n in range(5)]
    detail = broken(with_(stock=bad))["stock conserved"]
    assert [f"BAD-{n}" in detail for n in range(5)] == [True, True, True, False, False]


def test_lost_orders_are_counted_and_named() -> None:
    found = broken(with_(open_orders=["web-1-7", "web-1-8", "web-1-9", "web-2-1"]))
    assert list(found) == ["one outcome an order"]
    assert "lost 4" in found["one outcome an order"]
    assert "web-1-7 is lost; web-1-8 is lost; web-1-9 is lost" in found["one outcome an order"]


@pytest.mark.parametrize("kind", ["duplicated", "unexpected"])
def test_outcomes_too_many_are_counted_and_named(kind: str) -> None:
    found = broken(with_(**{kind: 1}, examples=["web-1-7 ended twice"]))
    assert list(found) == ["one outcome an order"]
    assert f"{kind} 1" in found["one outcome an order"]
    assert "web-1-7 ended twice" in found["one outcome an order"]


@pytest.mark.parametrize("field", ["sent", "handled", "dead_lettered"])
@pytest.mark.parametrize("step", [-1, 1])
def test_a_message_that_went_nowhere_is_found(field: str, step: int) -> None:
    counts = EVIDENCE.messages
    wrong = msgspec.structs.replace(counts, **{field: getattr(counts, field) + step})
    assert list(broken(with_(messages=wrong))) == ["messages accounted for"]


@pytest.mark.parametrize("name", ["scheduled_sum", "finished_sum", "in_system_sum"])
@pytest.mark.parametrize("error", [0.001, -0.001])
def test_a_time_that_was_recorded_wrongly_breaks_littles_law(name: str, error: float) -> None:
    wrong = (*getattr(EVIDENCE, name), error)
    assert list(broken(with_(**{name: wrong}))) == ["Little's law"]


def test_littles_law_forgives_rounding_of_sums_over_a_long_run() -> None:
    # A million repeated orders on one day: their sum alone is rounded by 8 microseconds.
    day = 8.64e10
    found = with_(
        scheduled_sum=(day, 1000.0, -day + 1e-5), finished_sum=(1090.0,), in_system_sum=(90.0,)
    )
    assert audit(found).ok
    assert not audit(with_(scheduled_sum=(1000.0, 1e-5))).ok


def test_a_run_without_orders_is_sound() -> None:
    empty = with_(
        flow=OrderFlow(0, 0, 0, 0, 0, 0, 0, 0, 0),
        stock=[],
        messages=MessageCounts(sent=0, handled=0, dead_lettered=0),
        scheduled_sum=(),
        finished_sum=(),
        in_system_sum=(),
    )
    assert audit(empty).ok


def names_of(checks: tuple[Check, ...]) -> set[str]:
    return {check.name for check in checks}


def test_littles_law_is_only_asked_of_a_run_that_ends_empty() -> None:
    report = audit(with_(open_orders=["web-1-7"]))
    assert "Little's law" not in names_of(report.checks)


def test_a_run_that_was_cut_is_only_asked_what_must_hold_at_any_moment() -> None:
    report = audit(
        msgspec.structs.replace(
            with_flow(recorded=1), cut=True, stock=[msgspec.structs.replace(STOCK, reserved=3)]
        )
    )
    assert report.ok
    assert names_of(report.checks) == {
        "one outcome an order",
        "stock conserved",
        "never oversold",
        "messages accounted for",
    }


# Planted bugs: a small shop with a mistake in one actor, and the law that finds it.


class Shop:
    """A whole pipeline, with anybody's part taken by somebody else."""

    def __init__(
        self,
        *,
        router: type[Router] = Router,
        processor: type[Processor] = Processor,
        inventory: type[Inventory] = Inventory,
        collector: type[Collector] = Collector,
    ) -> None:
        self.stage = Stage()
        self.ledger, self.metrics, self.book = Ledger(), Metrics(0.0, {}), ProductBook()
        sinks = [self.metrics.take, self.book.take]
        self.collector = self.stage.spawn(
            "collector", lambda: collector(self.ledger, self.metrics, sinks)
        )
        instant, second = parse_distribution("0ms"), parse_distribution("1s")
        self.inventories = [
            self.stage.spawn(f"inventory/{sku}", partial(inventory, sku, 5, instant))
            for sku in "AB"
        ]
        names = ("processor/1", "processor/2")
        self.router = self.stage.spawn(
            "router", lambda: router({"A", "B"}, partial(STRATEGIES["shared_queue"], names))
        )
        self.processors = [
            self.stage.spawn(name, partial(processor, second, instant, "all_or_nothing"))
            for name in names
        ]
        self.sent: list[Place] = []

    def order(self, ref: str, *lines: tuple[str, int]) -> None:
        order = Order(
            id=ref, client="web-1", placed_at=0.0, lines=tuple(Line(*line) for line in lines)
        )
        place = Place(ref, encode_order(order), 0.0, "client/web-1", "web", "")
        self.ledger.placed(place)
        self.sent.append(place)
        self.stage.tell("router", place)

    def evidence(self) -> Evidence:
        self.stage.play()
        self.stage.close()
        self.collector.settle()
        return Evidence(
            flow=OrderFlow(
                placed=len(self.sent),
                received=self.router.received,
                refused=self.router.refused,
                duplicates=self.router.duplicates,
                dispatched=self.router.dispatched,
                waiting=self.router.waiting,
                finished=sum(processor.finished for processor in self.processors),
                in_hand=sum(processor.in_hand for processor in self.processors),
                recorded=self.collector.recorded,
            ),
            stock=[self._stock(inventory) for inventory in self.inventories],
            open_orders=[place.ref for place in self.ledger.open()],
            duplicated=self.ledger.duplicated,
            unexpected=self.ledger.unexpected,
            examples=self.ledger.examples,
            messages=self.stage.runtime.counts(),
            cut=False,
            scheduled_sum=tuple(place.scheduled for place in self.sent),
            finished_sum=self.metrics.finish_times.parts,
            in_system_sum=self.metrics.total_in_system(),
        )

    def _stock(self, inventory: Inventory) -> StockEvidence:
        tally, stock = self.book.of(inventory.sku), inventory.stock
        return StockEvidence(
            sku=inventory.sku,
            initial=inventory.initial,
            sold=inventory.sold,
            returned=inventory.returned,
            restocked=inventory.restocked,
            final=stock.on_hand,
            reserved=stock.reserved,
            lowest=inventory.lowest,
            heard_sold=tally.sold,
            heard_returned=tally.returned,
            heard_restocked=tally.restocked,
        )


def ten_orders(shop: Shop) -> Shop:
    """More than there is, in orders of one line and of two."""
    for number in range(5):
        shop.order(f"one-{number}", ("A", 2))
        shop.order(f"two-{number}", ("A", 1), ("B", 2))
    shop.order("one-0", ("A", 2))  # an id that comes again
    shop.order("unknown", ("C", 2))
    return shop


def test_a_shop_without_a_mistake_is_sound() -> None:
    evidence = ten_orders(Shop()).evidence()
    assert broken(evidence) == {}
    assert evidence.flow.refused == 1
    assert evidence.flow.duplicates == 1
    assert sum(item.sold for item in evidence.stock) > 0


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
            self._answers = Recent(1)
            super().request(request)


def test_planted_a_duplicate_that_is_applied_again_is_sold_twice() -> None:
    found = broken(ten_orders(Shop(inventory=Forgetful)).evidence())
    assert "sales agree" in found
    assert "culprit: inventory A" in found["sales agree"]


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
    assert list(found) == ["one outcome an order", "orders flow"]
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
        serve, place = done.serve, done.serve.place
        early = Place(place.ref, place.body, 0.25, place.sender, place.group, place.phase)
        super().processed(
            Processed(
                Serve(serve.order, early, serve.queued, serve.attempt),
                done.processor,
                done.started,
                done.finished,
                done.busy,
                done.status,
                done.reason,
                done.short_sku,
                done.filled,
            )
        )


def test_planted_a_time_that_was_not_breaks_littles_law() -> None:
    assert list(broken(ten_orders(Shop(collector=Late)).evidence())) == ["Little's law"]
