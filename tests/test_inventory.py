from __future__ import annotations

import pytest
from changed import changed
from lone_shelf import ME, Shelf, add, commit, release, reserve, take

from actors import inventory as module
from actors.chance import fork
from actors.inventory import Inventory
from actors.messages import Answer, Fulfilment, Message, Settle
from actors.scenario.sampling import parse_distribution
from actors.testing import Stage


def test_taking_sells_at_once() -> None:
    shelf = Shelf(5)
    shelf.hear(take("a", 2))
    assert shelf.probe.heard == [Answer("a", 1, 0, "A", 2)]
    assert (shelf.units, shelf.inventory.sold) == ((3, 0), 2)


def test_out_of_stock_means_that_available_was_short_at_that_moment() -> None:
    shelf = Shelf(5)
    shelf.hear(reserve("a", 4), take("b", 2), release("a"), take("c", 2))
    assert shelf.granted == [("a", 4), ("b", 0), ("c", 2)]
    assert shelf.units == (3, 0)


def test_what_is_reserved_stays_on_the_shelf_until_it_is_sold() -> None:
    shelf = Shelf(5)
    shelf.hear(reserve("a", 3))
    assert (shelf.units, shelf.inventory.sold) == ((5, 3), 0)
    shelf.hear(commit("a"))
    assert (shelf.units, shelf.inventory.sold) == ((2, 0), 3)


def test_what_is_released_is_there_again() -> None:
    shelf = Shelf(5)
    shelf.hear(reserve("a", 3), release("a"))
    assert (shelf.units, shelf.inventory.sold) == ((5, 0), 0)


@pytest.mark.parametrize("taking", [True, False])
def test_a_partial_request_gets_what_there_is(taking: bool) -> None:
    shelf = Shelf(5)
    shelf.hear(reserve("a", 8, "partial", take=taking))
    assert shelf.probe.heard == [Answer("a", 1, 0, "A", 5)]
    shelf.hear(commit("a"))
    assert (shelf.units, shelf.inventory.sold) == ((0, 0), 5)


def test_returns_and_restocks_are_counted_apart() -> None:
    shelf = Shelf(5)
    shelf.hear(add("a", 2, "return"), add("b", 10, "restock"))
    assert shelf.granted == [("a", 2), ("b", 10)]
    assert (shelf.inventory.returned, shelf.inventory.restocked) == (2, 10)
    assert shelf.units == (17, 0)


@pytest.mark.parametrize("settle", [commit("x"), release("x"), commit("a", 2), release("a", 0)])
def test_a_settlement_of_nothing_held_or_of_another_attempt_is_ignored(settle: Settle) -> None:
    shelf = Shelf(5)
    shelf.hear(reserve("a", 3), settle)
    assert (shelf.units, shelf.inventory.sold) == ((5, 3), 0)


@pytest.mark.parametrize("settle", [commit("a"), release("a")])
def test_a_settlement_that_comes_twice_is_applied_once(settle: Settle) -> None:
    shelf = Shelf(9)
    shelf.hear(reserve("a", 3), reserve("b", 3), settle)
    once = shelf.units
    shelf.hear(settle)
    assert shelf.units == once


# The key: (order id, attempt).


@pytest.mark.parametrize("request_", [take("a", 2), reserve("a", 2), add("a", 2)])
def test_the_same_request_twice_is_answered_twice_and_applied_once(request_: Message) -> None:
    shelf = Shelf(5)
    shelf.hear(request_)
    once = shelf.units
    shelf.hear(request_)
    assert shelf.units == once
    first, second = shelf.probe.heard
    assert first == second


def test_a_request_whose_answer_is_forgotten_is_still_held_once() -> None:
    shelf = Shelf(2_000)
    shelf.hear(reserve("a", 3))
    shelf.hear(*[take(str(number), 1) for number in range(2 * module.REMEMBERED)])
    before = shelf.units
    shelf.hear(reserve("a", 3))
    assert shelf.units == before
    assert shelf.granted[-1] == ("a", 3)
    shelf.hear(commit("a"))
    assert shelf.inventory.stock.reserved == 0


def test_a_waiting_request_whose_answer_is_forgotten_waits_once() -> None:
    shelf = Shelf(1)
    shelf.hear(reserve("a", 3, "backorder"))
    shelf.hear(*[take(str(number), 1) for number in range(2 * module.REMEMBERED)])
    shelf.hear(reserve("a", 3, "backorder"))
    assert shelf.probe.of(Answer)[-1] == Answer("a", 1, 0, "A", 1, waiting=True)
    shelf.hear(add("r", 9))
    assert shelf.units == (10, 3)


def test_an_older_attempt_is_ignored() -> None:
    shelf = Shelf(5)
    shelf.hear(reserve("a", 2, attempt=3), reserve("a", 4, attempt=2))
    assert shelf.granted == [("a", 2)]
    assert shelf.units == (5, 2)
    shelf.hear(*[take(str(number), 1) for number in range(2 * module.REMEMBERED)])
    heard = len(shelf.probe.heard)
    shelf.hear(reserve("a", 1, attempt=2))
    assert len(shelf.probe.heard) == heard


def test_a_newer_attempt_takes_the_place_of_what_the_older_holds() -> None:
    shelf = Shelf(5)
    shelf.hear(reserve("a", 4, attempt=1), reserve("a", 3, attempt=2))
    assert shelf.granted == [("a", 4), ("a", 3)]
    assert shelf.units == (5, 3)
    shelf.hear(commit("a", 1), commit("a", 2))
    assert (shelf.units, shelf.inventory.sold) == ((2, 0), 3)


def test_a_newer_attempt_takes_the_older_ones_place_in_the_waiting_line() -> None:
    shelf = Shelf(1)
    shelf.hear(reserve("a", 4, "backorder", attempt=1), reserve("a", 3, "backorder", attempt=2))
    assert shelf.units == (1, 1)
    shelf.hear(add("r", 9))
    assert shelf.units == (10, 3)
    assert shelf.probe.of(Answer)[2:] == [Answer("r", 1, 0, "A", 9), Answer("a", 2, 0, "A", 2)]


def test_memory_stays_flat() -> None:
    shelf = Shelf(0)
    inventory = shelf.inventory
    for number in range(5 * module.REMEMBERED // 2):
        shelf.hear(reserve(str(number), 1, "backorder"), release(str(number)))
        assert len(inventory._answers) < 2 * module.REMEMBERED
    assert not inventory._held
    assert not inventory._backorders


# Backorders.


def test_what_is_missing_waits_and_comes_in_a_second_answer() -> None:
    shelf = Shelf(2)
    shelf.hear(take("a", 5, "backorder"))
    assert shelf.probe.heard == [Answer("a", 1, 0, "A", 2, waiting=True)]
    assert shelf.units == (2, 2)
    shelf.hear(add("r", 1), add("s", 9))
    assert shelf.probe.heard[-1] == Answer("a", 1, 0, "A", 3)
    assert shelf.units == (12, 5)
    shelf.hear(commit("a"))
    assert (shelf.units, shelf.inventory.sold) == ((7, 0), 5)


def test_backorders_are_served_first_come_first_served() -> None:
    shelf = Shelf(0)
    shelf.hear(*[take(ref, 3, "backorder") for ref in "abc"], add("r", 5))
    assert shelf.granted[3:] == [("r", 5), ("a", 3)]
    assert shelf.units == (5, 5)  # b has 2 of its 3
    shelf.hear(add("s", 1))
    assert shelf.granted[5:] == [("s", 1), ("b", 3)]
    shelf.hear(add("t", 9))
    assert shelf.granted[7:] == [("t", 9), ("c", 3)]


def test_a_newcomer_does_not_overtake_those_who_wait() -> None:
    shelf = Shelf(0)
    shelf.hear(take("a", 9, "backorder"), add("r", 5), take("b", 1, "backorder"))
    assert shelf.granted[-1] == ("b", 0)
    assert shelf.units == (5, 5)


def test_a_release_frees_for_those_who_wait() -> None:
    shelf = Shelf(4)
    shelf.hear(reserve("a", 3), reserve("b", 3, "backorder"), release("a"))
    assert shelf.granted == [("a", 3), ("b", 1), ("b", 2)]
    assert shelf.units == (4, 3)


def test_one_who_gives_up_waiting_gives_back_what_was_held_for_it() -> None:
    shelf = Shelf(2)
    shelf.hear(reserve("a", 5, "backorder"), reserve("b", 2, "backorder"), release("a"))
    assert shelf.granted[-1] == ("b", 2)
    assert shelf.units == (2, 2)
    shelf.hear(add("r", 9))
    assert shelf.units == (11, 2)  # nobody waits any more


# With a service time: a server with a line of its own.


def test_requests_are_served_one_at_a_time() -> None:
    shelf = Shelf(10, "2s")
    shelf.hear(take("a", 1), take("b", 1))
    shelf.at(5.0, take("c", 1))
    shelf.stage.play()
    assert shelf.probe.heard_at == [2.0, 4.0, 7.0]
    assert shelf.inventory.busy.total == 6.0
    assert shelf.inventory.busy.share(10.0) == 0.6


def test_stock_is_decided_when_the_request_has_been_served() -> None:
    shelf = Shelf(1, "2s")
    shelf.hear(take("a", 1))
    shelf.at(2.0, take("b", 1))
    shelf.at(3.0, add("r", 1))
    shelf.at(4.5, take("c", 1))
    shelf.stage.play()
    assert shelf.granted == [("a", 1), ("b", 0), ("r", 1), ("c", 1)]


def test_settlements_do_not_stand_in_line() -> None:
    shelf = Shelf(3, "2s")
    shelf.at(0.0, reserve("a", 3))
    shelf.at(2.5, take("b", 3))
    shelf.at(3.0, release("a"))
    shelf.stage.play()
    assert shelf.granted == [("a", 3), ("b", 3)]


def test_a_settlement_that_overtakes_its_request_leaves_nothing_held() -> None:
    shelf = Shelf(5, "2s")
    shelf.hear(reserve("a", 1))
    shelf.at(2.0, reserve("b", 3), reserve("c", 1))
    shelf.at(3.0, release("b"))  # while its request is being served
    shelf.at(3.0, release("c"))  # while its request waits
    shelf.stage.play()
    assert shelf.granted == [("a", 1), ("b", 0), ("c", 0)]
    assert shelf.units == (5, 1)


def test_what_is_served_in_the_warm_up_is_not_busy_time() -> None:
    stage = Stage()
    service = parse_distribution("2s")
    inventory = stage.spawn("inventory/A", lambda: Inventory("A", 9, service, 3.0))
    stage.probe(ME)
    for ref in "ab":
        stage.tell("inventory/A", take(ref, 1))
    stage.play()
    assert inventory.busy.total == 1.0


# Figures and events.


def test_sold_out_is_when_nothing_is_left_to_promise_for_the_first_time() -> None:
    shelf = Shelf(5)
    shelf.at(1.0, take("a", 2))
    shelf.at(2.0, take("b", 9))  # refused, but something is left
    shelf.at(3.0, reserve("c", 3))
    shelf.at(4.0, release("c"))
    shelf.at(5.0, take("d", 3))
    shelf.stage.play()
    assert shelf.inventory.sold_out_at == 3.0
    assert shelf.inventory.lowest == 0


def test_a_product_without_stock_is_sold_out_from_the_start() -> None:
    assert Shelf(0).inventory.sold_out_at == 0.0
    assert Shelf(1).inventory.sold_out_at is None


# What was refused.


@pytest.mark.parametrize(
    ("fulfilment", "taking", "short"),
    [
        ("all_or_nothing", True, 8),
        ("all_or_nothing", False, 8),
        ("partial", True, 3),
        ("partial", False, 3),
    ],
)
def test_units_that_were_not_granted_are_short(
    fulfilment: Fulfilment, taking: bool, short: int
) -> None:
    shelf = Shelf(5)
    shelf.hear(reserve("a", 8, fulfilment, take=taking))
    assert shelf.inventory.short == short
    shelf.hear(commit("a"))
    assert shelf.inventory.short == short


@pytest.mark.parametrize("fulfilment", ["all_or_nothing", "partial", "backorder"])
def test_units_that_were_granted_are_not_short_whatever_becomes_of_them(
    fulfilment: Fulfilment,
) -> None:
    shelf = Shelf(9)
    shelf.hear(reserve("a", 3, fulfilment), reserve("b", 3, fulfilment))
    shelf.hear(release("a"), commit("b"), add("r", 2))
    assert shelf.inventory.short == 0


def test_what_waits_is_short_only_when_it_is_given_up_and_then_all_of_it() -> None:
    # The order is rejected: what was held of the line for it was not sold either.
    shelf = Shelf(5)
    shelf.hear(reserve("a", 8, "backorder"))
    assert shelf.inventory.short == 0
    shelf.hear(release("a"))
    assert shelf.inventory.short == 8


def test_what_waits_and_comes_was_never_short() -> None:
    shelf = Shelf(5)
    shelf.hear(reserve("a", 8, "backorder"), add("r", 1), add("s", 2), commit("a"))
    assert (shelf.inventory.short, shelf.inventory.sold) == (0, 8)


def test_what_came_in_time_is_not_short_when_it_is_given_back() -> None:
    # Another product of the order never came, and that one is short.
    shelf = Shelf(5)
    shelf.hear(reserve("a", 8, "backorder"), add("r", 3), release("a"))
    assert shelf.inventory.short == 0


@pytest.mark.parametrize("fulfilment", ["all_or_nothing", "partial", "backorder"])
def test_a_request_that_comes_twice_is_short_once(fulfilment: Fulfilment) -> None:
    shelf = Shelf(5)
    request = reserve("a", 8, fulfilment)
    shelf.hear(request, request, release("a"), release("a"), request)
    assert shelf.inventory.short == (3 if fulfilment == "partial" else 8)


def test_a_request_whose_answer_is_forgotten_is_short_once() -> None:
    shelf = Shelf(5)
    shelf.hear(reserve("a", 8, "partial"))
    shelf.hear(*[add(str(number), 1) for number in range(2 * module.REMEMBERED)])
    shelf.hear(reserve("a", 8, "partial"))
    assert shelf.inventory.short == 3


def test_an_attempt_that_a_newer_one_takes_the_place_of_is_not_short() -> None:
    shelf = Shelf(1)
    shelf.hear(reserve("a", 4, "backorder", attempt=1), reserve("a", 3, "backorder", attempt=2))
    assert shelf.inventory.short == 0
    shelf.hear(release("a", 1), release("a", 2))
    assert shelf.inventory.short == 3


def test_an_older_attempt_that_comes_late_is_not_short() -> None:
    shelf = Shelf(5)
    shelf.hear(reserve("a", 2, attempt=3), reserve("a", 9, attempt=2))
    assert shelf.inventory.short == 0


def test_a_request_that_is_settled_before_it_is_served_is_not_short() -> None:
    shelf = Shelf(1, "2s")
    shelf.hear(take("a", 1))
    shelf.at(2.0, take("x", 1, "partial"), reserve("b", 3))
    shelf.at(3.0, release("b"))
    shelf.stage.play()
    assert shelf.granted == [("a", 1), ("x", 0), ("b", 0)]
    assert shelf.inventory.short == 1  # of x


# Luck.


def test_a_request_takes_as_long_as_its_luck_and_its_line_say() -> None:
    time = parse_distribution("uniform 0s..1s").times()
    shelf = Shelf(99, "uniform 0s..1s")
    requests = [
        changed(reserve("a", 1, line=0), luck=0.25),
        changed(reserve("b", 1, line=2), luck=0.25),
        changed(add("c", 1), luck=0.75),
    ]
    for number, request in enumerate(requests):
        shelf.at(10.0 * number, request)
    shelf.stage.play()
    took = [at - 10.0 * number for number, at in enumerate(shelf.probe.heard_at)]
    assert took == pytest.approx([0.25, time(fork(0.25, 2)), 0.75])


def test_the_line_before_an_inventory_leaves_every_request_its_luck() -> None:
    shelf = Shelf(99, "uniform 0s..1s")
    lucks = [0.5, 0.125, 0.75]
    shelf.hear(*[changed(reserve(str(number), 1), luck=luck) for number, luck in enumerate(lucks)])
    assert shelf.probe.heard_at == pytest.approx([0.5, 0.625, 1.375])
