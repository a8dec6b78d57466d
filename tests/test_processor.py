from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.inventory import Inventory
from actors.messages import (
    Add,
    Answer,
    Done,
    Fulfilment,
    GiveUp,
    Kind,
    Line,
    Message,
    Order,
    Place,
    Processed,
    Reserve,
    Serve,
    Settle,
)
from actors.processor import Processor
from actors.runtime.actor import Actor, receives
from actors.scenario.sampling import parse_distribution
from actors.testing import Probe, Stage

ME = "processor/1"


def serve(
    ref: str, *lines: tuple[str, int], kind: Kind = "sale", at: float = 0.0, attempt: int = 1
) -> Serve:
    order = Order(
        id=ref,
        client="web-1",
        kind=kind,
        placed_at=at,
        lines=tuple(Line(sku, quantity) for sku, quantity in lines),
    )
    return Serve(order, Place(ref, b"", at, "client/web-1", "web", "peak"), False, attempt)


@dataclass(frozen=True)
class Cue:
    """Tell somebody something."""

    to: str
    message: Message


class Prompter(Actor):
    """Tells others messages at their moments."""

    @receives(Cue)
    def cue(self, cue: Cue) -> None:
        self.tell(cue.to, cue.message)


class Desk:
    """A processor between probes: the router, the collector, and scripted inventories."""

    def __init__(
        self,
        fulfilment: Fulfilment = "all_or_nothing",
        service: str = "1s",
        line: str = "0ms",
        *,
        warm_up: float = 0.0,
        processor: type[Processor] = Processor,
    ) -> None:
        self.stage = Stage()
        self.processor = self.stage.spawn(
            ME,
            lambda: processor(
                parse_distribution(service), parse_distribution(line), fulfilment, warm_up
            ),
        )
        self.router = self.stage.probe("router")
        self.collector = self.stage.probe("collector")
        self.prompter = self.stage.spawn("prompter", Prompter)
        self.stocks: dict[str, Inventory] = {}

    def stock(self, service: str = "0ms", /, **units: int) -> Desk:
        """Put real inventories on the stage."""
        time = parse_distribution(service)
        for sku, quantity in units.items():
            factory = partial(Inventory, sku, quantity, time)
            self.stocks[sku] = self.stage.spawn(f"inventory/{sku}", factory)
        return self

    def probes(self, *skus: str) -> list[Probe]:
        """Put probes where inventories would be; the test answers for them."""
        return [self.stage.probe(f"inventory/{sku}") for sku in skus]

    def hear(self, *messages: Message) -> None:
        """Tell the processor, one message after the other's consequences."""
        for message in messages:
            self.stage.tell(ME, message)
            self.stage.play()

    def at(self, when: float, message: Message, to: str = ME) -> None:
        self.prompter.at(when, Cue(to, message))

    @property
    def stories(self) -> list[Processed]:
        return self.collector.of(Processed)

    @property
    def outcomes(self) -> list[tuple[str, str, str | None]]:
        return [(s.serve.order.id, s.status, s.reason) for s in self.stories]

    def units(self, sku: str) -> tuple[int, int]:
        stock = self.stocks[sku].stock
        return stock.on_hand, stock.reserved


def answer(serve_: Serve, line: int, granted: int, *, waiting: bool = False) -> Answer:
    order = serve_.order
    sku = sorted({found.sku for found in order.lines})[line]
    return Answer(order.id, serve_.attempt, line, sku, granted, waiting=waiting)


def failure(serve_: Serve, line: int) -> Answer:
    return Answer(serve_.order.id, serve_.attempt, line, "?", 0, failed=True)


# One line.


def test_one_line_needs_one_message_and_no_settlement() -> None:
    desk = Desk()
    (shelf,) = desk.probes("A")
    a = serve("a", ("A", 3))
    desk.hear(a)
    assert shelf.heard == [Reserve("a", 1, 0, 3, "all_or_nothing", True, ME)]
    assert shelf.heard_at == [1.0]
    desk.hear(answer(a, 0, 3))
    assert len(shelf.heard) == 1
    assert desk.router.heard == [Done(ME, True, "a", "fulfilled", None)]
    assert desk.stories == [Processed(a, ME, 0.0, 1.0, 1.0, "fulfilled", None, None, (3,))]


def test_one_line_that_is_short_is_out_of_stock() -> None:
    desk = Desk().stock(A=2)
    desk.hear(serve("a", ("A", 3)))
    (story,) = desk.stories
    assert (story.status, story.reason, story.short_sku) == ("rejected", "out_of_stock", "A")
    assert story.filled == (0,)
    assert desk.units("A") == (2, 0)
    assert desk.router.heard == [Done(ME, True, "a", "rejected", "out_of_stock")]


def test_one_partial_line_sells_what_there_is() -> None:
    desk = Desk("partial").stock(A=2)
    desk.hear(serve("a", ("A", 3)))
    (story,) = desk.stories
    assert (story.status, story.reason, story.short_sku) == ("partial", None, "A")
    assert story.filled == (2,)
    assert desk.units("A") == (0, 0)


def test_one_partial_line_that_gets_nothing_is_out_of_stock() -> None:
    desk = Desk("partial").stock(A=0)
    desk.hear(serve("a", ("A", 3)))
    assert desk.outcomes == [("a", "rejected", "out_of_stock")]


# Several lines.


def test_lines_are_asked_for_one_after_the_other_in_sku_order() -> None:
    desk = Desk()
    a, b, c = desk.probes("A", "B", "C")
    order = serve("x", ("C", 1), ("A", 2), ("B", 3))
    desk.hear(order)
    assert [len(shelf.heard) for shelf in (a, b, c)] == [1, 0, 0]
    assert a.heard == [Reserve("x", 1, 0, 2, "all_or_nothing", False, ME)]
    desk.hear(answer(order, 0, 2))
    assert b.heard == [Reserve("x", 1, 1, 3, "all_or_nothing", False, ME)]
    assert c.heard == []
    desk.hear(answer(order, 1, 3), answer(order, 2, 1))
    for shelf in (a, b, c):
        assert shelf.heard[-1] == Settle("x", 1, commit=True)
    assert desk.stories[0].filled == (1, 2, 3)  # in the order's own order


def test_lines_of_one_product_are_merged() -> None:
    desk = Desk()
    (shelf,) = desk.probes("A")
    desk.hear(serve("x", ("A", 2), ("A", 5)))
    assert shelf.heard == [Reserve("x", 1, 0, 7, "all_or_nothing", True, ME)]


@pytest.mark.parametrize(
    ("units", "filled"),
    [(0, (0, 0, 0)), (1, (1, 1, 0)), (2, (2, 1, 0)), (5, (2, 1, 3)), (9, (2, 1, 4))],
)
def test_merged_units_are_spread_over_the_lines_the_first_first(
    units: int, filled: tuple[int, ...]
) -> None:
    desk = Desk("partial").stock(A=units, B=1)
    desk.hear(serve("x", ("A", 2), ("B", 1), ("A", 4)))
    (story,) = desk.stories
    assert story.filled == filled if units else (0, 1, 0)


def test_all_or_nothing_gives_back_what_it_holds() -> None:
    desk = Desk().stock(A=5, B=5, C=0, D=5)
    desk.hear(serve("x", ("D", 1), ("C", 1), ("B", 2), ("A", 3)))
    (story,) = desk.stories
    assert (story.status, story.reason, story.short_sku) == ("rejected", "out_of_stock", "C")
    assert story.filled == (0, 0, 0, 0)
    assert [desk.units(sku) for sku in "ABCD"] == [(5, 0), (5, 0), (0, 0), (5, 0)]
    assert desk.stocks["D"]._mailbox.handled == 0  # nobody asked for what came after


def test_partial_sells_what_each_line_got() -> None:
    desk = Desk("partial").stock(A=5, B=1, C=0)
    desk.hear(serve("x", ("C", 1), ("B", 2), ("A", 3)))
    (story,) = desk.stories
    assert (story.status, story.reason, story.short_sku) == ("partial", None, "B")
    assert story.filled == (0, 1, 3)
    assert [desk.units(sku) for sku in "ABC"] == [(2, 0), (0, 0), (0, 0)]


@pytest.mark.parametrize("kind", ["return", "restock"])
def test_deliveries_are_put_on_the_shelf_whatever_is_there(kind: Kind) -> None:
    desk = Desk().stock(A=0, B=5)
    desk.hear(serve("x", ("B", 2), ("A", 3), ("A", 1), kind=kind))
    (story,) = desk.stories
    assert (story.status, story.short_sku, story.filled) == ("fulfilled", None, (2, 3, 1))
    assert [desk.units(sku) for sku in "AB"] == [(4, 0), (7, 0)]
    shelf = desk.stocks["A"]
    assert (shelf.returned, shelf.restocked) == ((4, 0) if kind == "return" else (0, 4))


# Time.


def test_each_line_of_the_order_takes_its_time() -> None:
    desk = Desk(service="1s", line="250ms").stock(A=9, B=9)
    desk.hear(serve("x", ("A", 1), ("B", 1), ("A", 1)))
    assert desk.stories[0].finished == 1.75


def test_the_processor_is_busy_until_the_last_answer() -> None:
    desk = Desk(service="1s").stock("2s", A=9, B=9)
    desk.hear(serve("x", ("A", 1), ("B", 1)))
    (story,) = desk.stories
    assert (story.started, story.finished, story.busy) == (0.0, 5.0, 5.0)
    assert desk.processor.busy.total == 5.0
    assert desk.processor.busy.share(10.0) == 0.5


def test_what_is_busy_in_the_warm_up_does_not_count() -> None:
    desk = Desk(service="2s", warm_up=3.0).stock(A=9)
    for when, ref in ((0.0, "a"), (2.5, "b"), (6.0, "c")):
        desk.at(when, serve(ref, ("A", 1)))
    desk.stage.play()
    assert desk.processor.busy.total == 1.5 + 2.0
    assert desk.processor.busy.share(8.0) == 3.5 / 5.0
    assert [story.busy for story in desk.stories] == [2.0, 2.0, 2.0]


# Backorders.


def test_a_backorder_waits_while_the_processor_is_free() -> None:
    desk = Desk("backorder").stock(A=1, B=5)
    desk.hear(serve("x", ("A", 3), ("B", 2)))
    assert desk.router.heard == [Done(ME, free=True)]
    assert (desk.processor.backorders, desk.processor.in_hand) == (1, 1)
    assert [desk.units(sku) for sku in "AB"] == [(1, 1), (5, 2)]
    desk.hear(serve("y", ("B", 1)))
    assert desk.outcomes == [("y", "fulfilled", None)]
    desk.at(9.0, Add("r", 1, 0, 2, "restock", "nobody"), "inventory/A")
    desk.stage.play()
    story = desk.stories[-1]
    assert (story.serve.order.id, story.status, story.filled) == ("x", "fulfilled", (3, 2))
    assert (story.started, story.finished, story.busy) == (0.0, 9.0, 1.0)
    assert story.short_sku is None
    assert desk.router.heard[-1] == Done(ME, False, "x", "fulfilled", None)
    assert [desk.units(sku) for sku in "AB"] == [(0, 0), (2, 0)]
    assert (desk.processor.in_hand, desk.processor.finished) == (0, 2)


def test_a_single_backordered_line_is_sold_when_it_is_complete() -> None:
    desk = Desk("backorder").stock(A=1)
    desk.hear(serve("x", ("A", 3)))
    desk.stage.tell("inventory/A", Add("r", 1, 0, 5, "restock", "nobody"))
    desk.stage.play()
    assert desk.stories[0].filled == (3,)
    assert desk.units("A") == (3, 0)


def test_the_rest_of_a_line_may_arrive_while_later_lines_are_being_asked() -> None:
    desk = Desk("backorder")
    a, b = desk.probes("A", "B")
    x = serve("x", ("A", 3), ("B", 2))
    desk.hear(x, answer(x, 0, 1, waiting=True))
    assert len(b.heard) == 1
    desk.hear(answer(x, 0, 2))
    assert desk.stories == []
    assert desk.router.heard == []
    desk.hear(answer(x, 1, 2))
    (story,) = desk.stories
    assert (story.status, story.filled) == ("fulfilled", (3, 2))
    assert desk.router.heard == [Done(ME, True, "x", "fulfilled", None)]
    assert a.heard[-1] == b.heard[-1] == Settle("x", 1, commit=True)


def test_an_order_waits_for_every_line() -> None:
    desk = Desk("backorder").stock(A=0, B=0)
    desk.hear(serve("x", ("A", 1), ("B", 1)))
    desk.stage.tell("inventory/B", Add("r", 1, 0, 1, "restock", "nobody"))
    desk.stage.play()
    assert desk.stories == []
    desk.stage.tell("inventory/A", Add("s", 1, 0, 1, "restock", "nobody"))
    desk.stage.play()
    assert desk.outcomes == [("x", "fulfilled", None)]


def test_giving_up_ends_every_backorder_and_releases_it() -> None:
    desk = Desk("backorder").stock(A=1, B=5)
    desk.hear(serve("x", ("A", 3), ("B", 2)))
    desk.hear(serve("y", ("A", 1)))
    desk.hear(GiveUp())
    assert desk.outcomes == [
        ("x", "rejected", "out_of_stock"),
        ("y", "rejected", "out_of_stock"),
    ]
    assert [story.short_sku for story in desk.stories] == ["A", "A"]
    assert [story.filled for story in desk.stories] == [(0, 0), (0,)]
    assert [desk.units(sku) for sku in "AB"] == [(1, 0), (5, 0)]
    assert [done.free for done in desk.router.of(Done)] == [True, True, False, False]
    assert desk.processor.backorders == 0


def test_giving_up_with_nothing_to_give_up_is_nothing() -> None:
    desk = Desk("backorder").stock(A=1)
    desk.hear(GiveUp())
    assert desk.router.heard == desk.collector.heard == []


# Answers that come late, twice, or for another attempt.


@pytest.mark.parametrize(
    "stray",
    [
        Answer("x", 1, 0, "A", 0),  # an older attempt's
        Answer("z", 2, 0, "A", 0),  # another order's
        Answer("x", 2, 1, "B", 0),  # a line that was not asked for yet
    ],
)
def test_a_stray_answer_is_ignored(stray: Answer) -> None:
    desk = Desk()
    desk.probes("A", "B")
    x = serve("x", ("A", 1), ("B", 1), attempt=2)
    desk.hear(x, stray)
    assert desk.stories == []
    desk.hear(answer(x, 0, 1), answer(x, 1, 1))
    assert desk.stories[0].filled == (1, 1)


def test_an_answer_that_comes_twice_counts_once() -> None:
    desk = Desk("backorder")
    desk.probes("A", "B")
    x = serve("x", ("A", 3), ("B", 2))
    first, rest = answer(x, 0, 1, waiting=True), answer(x, 0, 2)
    desk.hear(x, first, first, answer(x, 1, 2), answer(x, 1, 2), first)
    assert desk.router.heard == [Done(ME, free=True)]
    desk.hear(rest, rest)
    assert [story.filled for story in desk.stories] == [(3, 2)]
    assert len(desk.router.heard) == 2


# Crashes.


def test_a_crashed_inventory_ends_the_order_as_failed_and_releases_the_rest() -> None:
    desk = Desk()
    a, b, c = desk.probes("A", "B", "C")
    x = serve("x", ("A", 1), ("B", 1), ("C", 1))
    desk.hear(x, answer(x, 0, 1), failure(x, 1))
    (story,) = desk.stories
    assert (story.status, story.reason, story.short_sku) == ("rejected", "failed", None)
    assert story.filled == (0, 0, 0)
    assert a.heard[-1] == b.heard[-1] == Settle("x", 1, commit=False)
    assert c.heard == []
    assert desk.router.heard == [Done(ME, True, "x", "rejected", "failed")]


def test_a_crash_in_the_midst_of_a_delivery_reports_what_is_on_the_shelf_already() -> None:
    desk = Desk()
    desk.probes("A", "B")
    x = serve("x", ("A", 4), ("B", 1), kind="restock")
    desk.hear(x, answer(x, 0, 4), failure(x, 1))
    (story,) = desk.stories
    assert (story.status, story.reason, story.filled) == ("partial", None, (4, 0))


def test_a_crash_before_anything_is_delivered_fails_the_delivery() -> None:
    desk = Desk()
    (shelf,) = desk.probes("A")
    x = serve("x", ("A", 4), kind="return")
    desk.hear(x, failure(x, 0))
    assert desk.outcomes == [("x", "rejected", "failed")]
    assert [type(message) for message in shelf.heard] == [Add]


class Clumsy(Processor):
    """Crashes at an order called `serve`, and at every answer for orders called `answer…`."""

    @receives(Serve)
    def serve(self, serve: Serve) -> None:
        if serve.order.id == "serve":
            raise ZeroDivisionError
        super().serve(serve)

    @receives(Answer)
    def answered(self, answer: Answer) -> None:
        if answer.order_id == "answer" or (answer.order_id == "answer-late" and not answer.waiting):
            raise ZeroDivisionError
        super().answered(answer)


@pytest.mark.parametrize("ref", ["serve", "answer"])
def test_its_own_crash_ends_the_order_as_failed_and_frees_the_processor(ref: str) -> None:
    desk = Desk(processor=Clumsy).stock(A=5, B=5)
    desk.hear(serve(ref, ("A", 1), ("B", 1)))
    assert desk.outcomes == [(ref, "rejected", "failed")]
    assert desk.router.heard == [Done(ME, True, ref, "rejected", "failed")]
    assert [desk.units(sku) for sku in "AB"] == [(5, 0), (5, 0)]
    desk.hear(serve("next", ("A", 1), ("B", 1)))
    assert desk.outcomes[1:] == [("next", "fulfilled", None)]
    assert desk.stage.runtime.crashes == 1


def test_a_crash_over_a_backorder_fails_that_order_and_not_the_one_in_hand() -> None:
    desk = Desk("backorder", processor=Clumsy).stock(A=0, B=5)
    desk.hear(serve("answer-late", ("A", 1)))
    desk.at(2.0, serve("in-hand", ("B", 1)))
    desk.at(2.5, Add("r", 1, 0, 1, "restock", "nobody"), "inventory/A")
    desk.stage.play()
    assert desk.outcomes == [
        ("answer-late", "rejected", "failed"),
        ("in-hand", "fulfilled", None),
    ]
    assert [story.finished for story in desk.stories] == [2.5, 3.0]
    assert [desk.units(sku) for sku in "AB"] == [(1, 0), (4, 0)]


class Poke(Message, frozen=True):
    """A message that the processor stumbles over."""


class Poked(Processor):
    """Crashes at a message that has nothing to do with an order."""

    @receives(Poke)
    def poke(self, _poke: Poke) -> None:
        raise ZeroDivisionError


def test_the_service_time_of_a_failed_order_does_not_end_in_the_next_ones() -> None:
    desk = Desk(service="2s", processor=Poked).stock(A=5)
    desk.at(0.0, serve("x", ("A", 1)))
    desk.at(1.0, Poke())
    desk.at(1.5, serve("y", ("A", 1)))
    desk.stage.play()
    assert desk.outcomes == [("x", "rejected", "failed"), ("y", "fulfilled", None)]
    assert [story.finished for story in desk.stories] == [1.0, 3.5]


def test_a_crash_with_no_order_in_hand_harms_none() -> None:
    desk = Desk(processor=Poked).stock(A=5)
    desk.hear(Poke(), serve("x", ("A", 1)))
    assert desk.outcomes == [("x", "fulfilled", None)]


class Hasty(Processor):
    """Crashes when it should give up."""

    @receives(GiveUp)
    def give_up(self, _give_up: GiveUp) -> None:
        raise ZeroDivisionError


def test_a_crash_while_giving_up_leaves_the_order_in_hand_alone() -> None:
    desk = Desk(service="2s", processor=Hasty).stock(A=5)
    desk.at(0.0, serve("x", ("A", 1)))
    desk.at(1.0, GiveUp())
    desk.stage.play()
    assert desk.outcomes == [("x", "fulfilled", None)]


# Laws.

orders = st.lists(
    st.tuples(
        st.sampled_from(["sale", "sale", "sale", "return", "restock"]),
        st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 4)), min_size=1, max_size=4),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(
    orders,
    st.sampled_from(["all_or_nothing", "partial", "backorder"]),
    st.sampled_from(["0ms", "300ms"]),
)
def test_whatever_is_ordered_the_lines_add_up_to_what_the_shelves_moved(
    script: list[tuple[Kind, list[tuple[str, int]]]], fulfilment: Fulfilment, service: str
) -> None:
    desk = Desk(fulfilment).stock(service, A=5, B=3, C=0)
    for number, (kind, lines) in enumerate(script):
        desk.hear(serve(str(number), *lines, kind=kind))
    desk.hear(GiveUp())
    assert desk.processor.in_hand == 0
    assert sorted(story.serve.order.id for story in desk.stories) == sorted(
        str(number) for number in range(len(script))
    )
    moved = {(sku, kind): 0 for sku in "ABC" for kind in ("sale", "return", "restock")}
    for story in desk.stories:
        order = story.serve.order
        for line, filled in zip(order.lines, story.filled, strict=True):
            assert 0 <= filled <= line.quantity
            moved[line.sku, order.kind] += filled
        full = all(
            filled == line.quantity for line, filled in zip(order.lines, story.filled, strict=True)
        )
        assert full == (story.status == "fulfilled")
        assert (story.status == "rejected") == (not any(story.filled))
        if fulfilment != "partial":
            assert story.status != "partial"
    for sku, shelf in desk.stocks.items():
        assert shelf.stock.reserved == 0
        assert shelf.sold == moved[sku, "sale"]
        assert shelf.returned == moved[sku, "return"]
        assert shelf.restocked == moved[sku, "restock"]
    assert sum(done.free for done in desk.router.of(Done)) == len(script)
