from __future__ import annotations

import pytest
from changed import changed
from lone_desk import ME, Desk, answer, serve

from actors.chance import fork
from actors.messages import (
    Add,
    Done,
    GiveUp,
    Kind,
    Luck,
    Processed,
    Reserve,
    Serve,
    Settle,
)
from actors.scenario.sampling import parse_distribution


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
    assert desk.stories == [Processed(a, ME, 0.0, 1.0, 1.0, "fulfilled", None, (), (3,))]


def test_one_line_that_is_short_is_out_of_stock() -> None:
    desk = Desk().stock(A=2)
    desk.hear(serve("a", ("A", 3)))
    (story,) = desk.stories
    assert (story.status, story.reason, story.short) == ("rejected", "out_of_stock", ("A",))
    assert story.filled == (0,)
    assert desk.units("A") == (2, 0)
    assert desk.router.heard == [Done(ME, True, "a", "rejected", "out_of_stock")]


def test_one_partial_line_sells_what_there_is() -> None:
    desk = Desk("partial").stock(A=2)
    desk.hear(serve("a", ("A", 3)))
    (story,) = desk.stories
    assert (story.status, story.reason, story.short) == ("partial", None, ("A",))
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
    assert (story.status, story.reason, story.short) == ("rejected", "out_of_stock", ("C",))
    assert story.filled == (0, 0, 0, 0)
    assert [desk.units(sku) for sku in "ABCD"] == [(5, 0), (5, 0), (0, 0), (5, 0)]
    assert desk.stocks["D"]._mailbox.handled == 0  # nobody asked for what came after


def test_partial_sells_what_each_line_got() -> None:
    desk = Desk("partial").stock(A=5, B=1, C=0)
    desk.hear(serve("x", ("C", 1), ("B", 2), ("A", 3)))
    (story,) = desk.stories
    assert (story.status, story.reason, story.short) == ("partial", None, ("B", "C"))
    assert story.filled == (0, 1, 3)
    assert [desk.units(sku) for sku in "ABC"] == [(2, 0), (0, 0), (0, 0)]


@pytest.mark.parametrize("kind", ["return", "restock"])
def test_deliveries_are_put_on_the_shelf_whatever_is_there(kind: Kind) -> None:
    desk = Desk().stock(A=0, B=5)
    desk.hear(serve("x", ("B", 2), ("A", 3), ("A", 1), kind=kind))
    (story,) = desk.stories
    assert (story.status, story.short, story.filled) == ("fulfilled", (), (2, 3, 1))
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
    assert story.short == ()
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
    assert [story.short for story in desk.stories] == [("A",), ("A",)]
    assert [story.filled for story in desk.stories] == [(0, 0), (0,)]
    assert [desk.units(sku) for sku in "AB"] == [(1, 0), (5, 0)]
    assert [done.free for done in desk.router.of(Done)] == [True, True, False, False]
    assert desk.processor.backorders == 0


def test_giving_up_with_nothing_to_give_up_is_nothing() -> None:
    desk = Desk("backorder").stock(A=1)
    desk.hear(GiveUp())
    assert desk.router.heard == desk.collector.heard == []


def test_orders_are_given_up_together_though_one_could_have_what_another_gives_back() -> None:
    """Of an order that was completed in the moment in which it was given up, only it can tell."""
    desk = Desk("backorder").stock(A=1)
    desk.hear(serve("x", ("A", 3)), serve("y", ("A", 1)), GiveUp())
    assert [story.short for story in desk.stories] == [("A",), ("A",)]
    assert desk.stocks["A"].short == 3
    assert desk.stocks["A"].stock.reserved == 0


# Luck.


def lucky(order: Serve, **luck: float) -> Serve:
    place = changed(order.place, luck=Luck(**luck))
    return changed(order, place=place)


def test_an_order_takes_as_long_as_its_own_luck_says() -> None:
    desk = Desk(service="uniform 0s..1s").stock(A=99)
    for number, luck in enumerate((0.25, 0.75, 0.5)):
        desk.at(10.0 * number, lucky(serve(str(number), ("A", 1)), service=luck))
    desk.stage.play()
    assert [story.busy for story in desk.stories] == pytest.approx([0.25, 0.75, 0.5])


def test_an_order_takes_as_long_whoever_serves_it_and_whatever_came_before() -> None:
    order = lucky(serve("x", ("A", 1), ("B", 2)), service=0.3, line=0.8)
    first, second = [Desk(service="gamma 1s 0.5", line="exponential 1s") for _ in range(2)]
    for desk in (first, second):
        desk.stock(A=99, B=99)
    first.hear(order)
    second.hear(lucky(serve("w", ("A", 5)), service=0.9, line=0.1), order)
    assert first.stories[0].busy == pytest.approx(second.stories[1].busy)


def test_a_faster_processor_is_faster_with_every_order_and_by_as_much() -> None:
    order = lucky(serve("x", ("A", 1), ("B", 2)), service=0.3, line=0.8)
    busy = []
    for service, line in (("lognormal 8s 1", "gamma 4s 0.5"), ("lognormal 2s 1", "gamma 1s 0.5")):
        desk = Desk(service=service, line=line).stock(A=99, B=99)
        desk.hear(order)
        busy.append(desk.stories[0].busy)
    assert busy[0] == pytest.approx(4 * busy[1])


def test_each_line_of_the_order_has_a_number_forked_from_the_orders() -> None:
    time = parse_distribution("exponential 1s").times()
    desk = Desk(service="0ms", line="exponential 1s").stock(A=9, B=9)
    desk.hear(lucky(serve("x", ("A", 1), ("B", 1), ("A", 1)), line=0.25))
    expected = sum(time(fork(0.25, number)) for number in range(3))
    assert desk.stories[0].busy == pytest.approx(expected)


@pytest.mark.parametrize("kind", ["sale", "restock"])
def test_inventories_are_handed_the_luck_for_their_part(kind: Kind) -> None:
    desk = Desk()
    a, b = desk.probes("A", "B")
    order = lucky(serve("x", ("A", 1), ("B", 1), kind=kind), shelf=0.125)
    desk.hear(order, answer(order, 0, 1), answer(order, 1, 1))
    for shelf in (a, b):
        request = shelf.heard[0]
        assert isinstance(request, (Reserve, Add))
        assert request.luck == 0.125
