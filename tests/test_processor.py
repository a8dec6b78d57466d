from __future__ import annotations

import pytest
from changed import changed
from lone_processor import ME, LoneProcessor, answer, delivery, serve

from actors.common.random_streams import fork
from actors.messages import (
    Add,
    Done,
    GiveUp,
    Kind,
    Luck,
    Processed,
    Ready,
    Reserve,
    Serve,
    Settle,
)
from actors.scenario.written_distributions import parse_distribution


def test_a_processor_introduces_itself_to_the_router_before_it_has_heard_anything() -> None:
    lone = LoneProcessor()
    assert lone.introduced == [Ready(lone.me)]
    assert lone.router.heard == []


def test_one_line_needs_one_message_and_no_settlement() -> None:
    lone = LoneProcessor()
    (shelf,) = lone.probes("A")
    a = serve("a", ("A", 3))
    lone.hear(a)
    assert shelf.heard == [Reserve("a", 1, 0, 3, "all_or_nothing", True, lone.me)]
    assert shelf.heard_at == [1.0]
    lone.hear(answer(a, 0, 3))
    assert len(shelf.heard) == 1
    assert lone.router.heard == [Done(lone.me, True, "a", "fulfilled", None)]
    assert lone.stories == [Processed(a, ME, 0.0, 1.0, 1.0, "fulfilled", None, (), (3,))]


def test_one_line_that_is_short_is_out_of_stock() -> None:
    lone = LoneProcessor().stock(A=2)
    lone.hear(serve("a", ("A", 3)))
    (story,) = lone.stories
    assert (story.status, story.reason, story.short) == ("rejected", "out_of_stock", ("A",))
    assert story.filled == (0,)
    assert lone.units("A") == (2, 0)
    assert lone.router.heard == [Done(lone.me, True, "a", "rejected", "out_of_stock")]


def test_one_partial_line_sells_what_there_is() -> None:
    lone = LoneProcessor("partial").stock(A=2)
    lone.hear(serve("a", ("A", 3)))
    (story,) = lone.stories
    assert (story.status, story.reason, story.short) == ("partial", None, ("A",))
    assert story.filled == (2,)
    assert lone.units("A") == (0, 0)


def test_one_partial_line_that_gets_nothing_is_out_of_stock() -> None:
    lone = LoneProcessor("partial").stock(A=0)
    lone.hear(serve("a", ("A", 3)))
    assert lone.outcomes == [("a", "rejected", "out_of_stock")]


# Several lines.


def test_lines_are_asked_for_one_after_the_other_in_sku_order() -> None:
    lone = LoneProcessor()
    a, b, c = lone.probes("A", "B", "C")
    order = serve("x", ("C", 1), ("A", 2), ("B", 3))
    lone.hear(order)
    assert [len(shelf.heard) for shelf in (a, b, c)] == [1, 0, 0]
    assert a.heard == [Reserve("x", 1, 0, 2, "all_or_nothing", False, lone.me)]
    lone.hear(answer(order, 0, 2))
    assert b.heard == [Reserve("x", 1, 1, 3, "all_or_nothing", False, lone.me)]
    assert c.heard == []
    lone.hear(answer(order, 1, 3), answer(order, 2, 1))
    for shelf in (a, b, c):
        assert shelf.heard[-1] == Settle("x", 1, commit=True)
    assert lone.stories[0].filled == (1, 2, 3)  # in the order's own order


def test_lines_of_one_product_are_merged() -> None:
    lone = LoneProcessor()
    (shelf,) = lone.probes("A")
    lone.hear(serve("x", ("A", 2), ("A", 5)))
    assert shelf.heard == [Reserve("x", 1, 0, 7, "all_or_nothing", True, lone.me)]


@pytest.mark.parametrize(
    ("units", "filled"),
    [(0, (0, 0, 0)), (1, (1, 1, 0)), (2, (2, 1, 0)), (5, (2, 1, 3)), (9, (2, 1, 4))],
)
def test_merged_units_are_spread_over_the_lines_the_first_first(
    units: int, filled: tuple[int, ...]
) -> None:
    lone = LoneProcessor("partial").stock(A=units, B=1)
    lone.hear(serve("x", ("A", 2), ("B", 1), ("A", 4)))
    (story,) = lone.stories
    assert story.filled == filled if units else (0, 1, 0)


def test_all_or_nothing_gives_back_what_it_holds() -> None:
    lone = LoneProcessor().stock(A=5, B=5, C=0, D=5)
    lone.hear(serve("x", ("D", 1), ("C", 1), ("B", 2), ("A", 3)))
    (story,) = lone.stories
    assert (story.status, story.reason, story.short) == ("rejected", "out_of_stock", ("C",))
    assert story.filled == (0, 0, 0, 0)
    assert [lone.units(sku) for sku in "ABCD"] == [(5, 0), (5, 0), (0, 0), (5, 0)]
    shelf = lone.stage.runtime.find("inventory/D")
    assert shelf is not None
    assert shelf.handled == 0  # nobody asked for what came after


def test_partial_sells_what_each_line_got() -> None:
    lone = LoneProcessor("partial").stock(A=5, B=1, C=0)
    lone.hear(serve("x", ("C", 1), ("B", 2), ("A", 3)))
    (story,) = lone.stories
    assert (story.status, story.reason, story.short) == ("partial", None, ("B", "C"))
    assert story.filled == (0, 1, 3)
    assert [lone.units(sku) for sku in "ABC"] == [(2, 0), (0, 0), (0, 0)]


@pytest.mark.parametrize("kind", ["return", "restock"])
def test_deliveries_are_put_on_the_shelf_whatever_is_there(kind: Kind) -> None:
    lone = LoneProcessor().stock(A=0, B=5)
    lone.hear(serve("x", ("B", 2), ("A", 3), ("A", 1), kind=kind))
    (story,) = lone.stories
    assert (story.status, story.short, story.filled) == ("fulfilled", (), (2, 3, 1))
    assert [lone.units(sku) for sku in "AB"] == [(4, 0), (7, 0)]
    shelf = lone.stocks["A"]
    assert (shelf.returned, shelf.restocked) == ((4, 0) if kind == "return" else (0, 4))


# Time.


def test_each_line_of_the_order_takes_its_time() -> None:
    lone = LoneProcessor(service="1s", line="250ms").stock(A=9, B=9)
    lone.hear(serve("x", ("A", 1), ("B", 1), ("A", 1)))
    assert lone.stories[0].finished == 1.75


def test_the_processor_is_busy_until_the_last_answer() -> None:
    lone = LoneProcessor(service="1s").stock("2s", A=9, B=9)
    lone.hear(serve("x", ("A", 1), ("B", 1)))
    (story,) = lone.stories
    assert (story.started, story.finished, story.busy) == (0.0, 5.0, 5.0)
    assert lone.busy.total == 5.0
    assert lone.busy.share(10.0) == 0.5


def test_what_is_busy_in_the_warm_up_does_not_count() -> None:
    lone = LoneProcessor(service="2s", warm_up=3.0).stock(A=9)
    for when, ref in ((0.0, "a"), (2.5, "b"), (6.0, "c")):
        lone.at(when, serve(ref, ("A", 1)))
    lone.stage.play()
    assert lone.busy.total == 1.5 + 2.0
    assert lone.busy.share(8.0) == 3.5 / 5.0
    assert [story.busy for story in lone.stories] == [2.0, 2.0, 2.0]


# Backorders.


def test_a_backorder_waits_while_the_processor_is_free() -> None:
    lone = LoneProcessor("backorder").stock(A=1, B=5)
    lone.hear(serve("x", ("A", 3), ("B", 2)))
    assert lone.router.heard == [Ready(lone.me, again=True)]
    assert (lone.processor.backorders, lone.processor.in_hand) == (1, 1)
    assert [lone.units(sku) for sku in "AB"] == [(1, 1), (5, 2)]
    lone.hear(serve("y", ("B", 1)))
    assert lone.outcomes == [("y", "fulfilled", None)]
    lone.at(9.0, delivery("r", 2), "A")
    lone.stage.play()
    story = lone.stories[-1]
    assert (story.serve.order.id, story.status, story.filled) == ("x", "fulfilled", (3, 2))
    assert (story.started, story.finished, story.busy) == (0.0, 9.0, 1.0)
    assert story.short == ()
    assert lone.router.heard[-1] == Done(lone.me, False, "x", "fulfilled", None)
    assert [lone.units(sku) for sku in "AB"] == [(0, 0), (2, 0)]
    assert (lone.processor.in_hand, lone.processor.finished) == (0, 2)


def test_a_single_backordered_line_is_sold_when_it_is_complete() -> None:
    lone = LoneProcessor("backorder").stock(A=1)
    lone.hear(serve("x", ("A", 3)))
    lone.stage.tell("inventory/A", delivery("r", 5))
    lone.stage.play()
    assert lone.stories[0].filled == (3,)
    assert lone.units("A") == (3, 0)


def test_the_rest_of_a_line_may_arrive_while_later_lines_are_being_asked() -> None:
    lone = LoneProcessor("backorder")
    a, b = lone.probes("A", "B")
    x = serve("x", ("A", 3), ("B", 2))
    lone.hear(x, answer(x, 0, 1, waiting=True))
    assert len(b.heard) == 1
    lone.hear(answer(x, 0, 2))
    assert lone.stories == []
    assert lone.router.heard == []
    lone.hear(answer(x, 1, 2))
    (story,) = lone.stories
    assert (story.status, story.filled) == ("fulfilled", (3, 2))
    assert lone.router.heard == [Done(lone.me, True, "x", "fulfilled", None)]
    assert a.heard[-1] == b.heard[-1] == Settle("x", 1, commit=True)


def test_an_order_waits_for_every_line() -> None:
    lone = LoneProcessor("backorder").stock(A=0, B=0)
    lone.hear(serve("x", ("A", 1), ("B", 1)))
    lone.stage.tell("inventory/B", delivery("r", 1))
    lone.stage.play()
    assert lone.stories == []
    lone.stage.tell("inventory/A", delivery("s", 1))
    lone.stage.play()
    assert lone.outcomes == [("x", "fulfilled", None)]


def test_giving_up_ends_every_backorder_and_releases_it() -> None:
    lone = LoneProcessor("backorder").stock(A=1, B=5)
    lone.hear(serve("x", ("A", 3), ("B", 2)))
    lone.hear(serve("y", ("A", 1)))
    lone.hear(GiveUp())
    assert lone.outcomes == [
        ("x", "rejected", "out_of_stock"),
        ("y", "rejected", "out_of_stock"),
    ]
    assert [story.short for story in lone.stories] == [("A",), ("A",)]
    assert [story.filled for story in lone.stories] == [(0, 0), (0,)]
    assert [lone.units(sku) for sku in "AB"] == [(1, 0), (5, 0)]
    assert lone.router.of(Ready) == [Ready(lone.me, again=True)] * 2
    assert [done.free for done in lone.router.of(Done)] == [False, False]
    assert lone.processor.backorders == 0


def test_giving_up_with_nothing_to_give_up_is_nothing() -> None:
    lone = LoneProcessor("backorder").stock(A=1)
    lone.hear(GiveUp())
    assert lone.router.heard == lone.collector.heard == []


def test_orders_are_given_up_together_though_one_could_have_what_another_gives_back() -> None:
    """Of an order that was completed in the moment in which it was given up, only it can tell."""
    lone = LoneProcessor("backorder").stock(A=1)
    lone.hear(serve("x", ("A", 3)), serve("y", ("A", 1)), GiveUp())
    assert [story.short for story in lone.stories] == [("A",), ("A",)]
    assert lone.stocks["A"].short == 3
    assert lone.stocks["A"].stock.reserved == 0


# Luck.


def lucky(order: Serve, **luck: float) -> Serve:
    place = changed(order.place, luck=Luck(**luck))
    return changed(order, place=place)


def test_an_order_takes_as_long_as_its_own_luck_says() -> None:
    lone = LoneProcessor(service="uniform 0s..1s").stock(A=99)
    for number, luck in enumerate((0.25, 0.75, 0.5)):
        lone.at(10.0 * number, lucky(serve(str(number), ("A", 1)), service=luck))
    lone.stage.play()
    assert [story.busy for story in lone.stories] == pytest.approx([0.25, 0.75, 0.5])


def test_an_order_takes_as_long_whoever_serves_it_and_whatever_came_before() -> None:
    order = lucky(serve("x", ("A", 1), ("B", 2)), service=0.3, line=0.8)
    first, second = [LoneProcessor(service="gamma 1s 0.5", line="exponential 1s") for _ in range(2)]
    for lone in (first, second):
        lone.stock(A=99, B=99)
    first.hear(order)
    second.hear(lucky(serve("w", ("A", 5)), service=0.9, line=0.1), order)
    assert first.stories[0].busy == pytest.approx(second.stories[1].busy)


def test_a_faster_processor_is_faster_with_every_order_and_by_as_much() -> None:
    order = lucky(serve("x", ("A", 1), ("B", 2)), service=0.3, line=0.8)
    busy = []
    for service, line in (("lognormal 8s 1", "gamma 4s 0.5"), ("lognormal 2s 1", "gamma 1s 0.5")):
        lone = LoneProcessor(service=service, line=line).stock(A=99, B=99)
        lone.hear(order)
        busy.append(lone.stories[0].busy)
    assert busy[0] == pytest.approx(4 * busy[1])


def test_each_line_of_the_order_has_a_number_forked_from_the_orders() -> None:
    time = parse_distribution("exponential 1s").times()
    lone = LoneProcessor(service="0ms", line="exponential 1s").stock(A=9, B=9)
    lone.hear(lucky(serve("x", ("A", 1), ("B", 1), ("A", 1)), line=0.25))
    expected = sum(time(fork(0.25, number)) for number in range(3))
    assert lone.stories[0].busy == pytest.approx(expected)


@pytest.mark.parametrize("kind", ["sale", "restock"])
def test_inventories_are_handed_the_luck_for_their_part(kind: Kind) -> None:
    lone = LoneProcessor()
    a, b = lone.probes("A", "B")
    order = lucky(serve("x", ("A", 1), ("B", 1), kind=kind), shelf=0.125)
    lone.hear(order, answer(order, 0, 1), answer(order, 1, 1))
    for shelf in (a, b):
        request = shelf.heard[0]
        assert isinstance(request, (Reserve, Add))
        assert request.luck == 0.125
