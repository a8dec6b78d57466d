from __future__ import annotations

import pytest
from changed import changed
from lone_inventory import LoneInventory, add, commit, release, reserve, take

from actors import inventory as module
from actors.common.random_streams import fork
from actors.messages import Answer, Fulfilment, Message, Settle
from actors.scenario.written_distributions import parse_distribution


def test_taking_sells_at_once() -> None:
    lone = LoneInventory(5)
    lone.hear(take("a", 2))
    assert lone.probe.heard == [Answer("a", 1, 0, "A", 2)]
    assert (lone.units, lone.inventory.sold) == ((3, 0), 2)


def test_out_of_stock_means_that_available_was_short_at_that_moment() -> None:
    lone = LoneInventory(5)
    lone.hear(reserve("a", 4), take("b", 2), release("a"), take("c", 2))
    assert lone.granted == [("a", 4), ("b", 0), ("c", 2)]
    assert lone.units == (3, 0)


def test_what_is_reserved_stays_on_the_shelf_until_it_is_sold() -> None:
    lone = LoneInventory(5)
    lone.hear(reserve("a", 3))
    assert (lone.units, lone.inventory.sold) == ((5, 3), 0)
    lone.hear(commit("a"))
    assert (lone.units, lone.inventory.sold) == ((2, 0), 3)


def test_what_is_released_is_there_again() -> None:
    lone = LoneInventory(5)
    lone.hear(reserve("a", 3), release("a"))
    assert (lone.units, lone.inventory.sold) == ((5, 0), 0)


@pytest.mark.parametrize("taking", [True, False])
def test_a_partial_request_gets_what_there_is(taking: bool) -> None:
    lone = LoneInventory(5)
    lone.hear(reserve("a", 8, "partial", take=taking))
    assert lone.probe.heard == [Answer("a", 1, 0, "A", 5)]
    lone.hear(commit("a"))
    assert (lone.units, lone.inventory.sold) == ((0, 0), 5)


def test_returns_and_restocks_are_counted_apart() -> None:
    lone = LoneInventory(5)
    lone.hear(add("a", 2, "return"), add("b", 10, "restock"))
    assert lone.granted == [("a", 2), ("b", 10)]
    assert (lone.inventory.returned, lone.inventory.restocked) == (2, 10)
    assert lone.units == (17, 0)


@pytest.mark.parametrize("settle", [commit("x"), release("x"), commit("a", 2), release("a", 0)])
def test_a_settlement_of_nothing_held_or_of_another_attempt_is_ignored(settle: Settle) -> None:
    lone = LoneInventory(5)
    lone.hear(reserve("a", 3), settle)
    assert (lone.units, lone.inventory.sold) == ((5, 3), 0)


@pytest.mark.parametrize("settle", [commit("a"), release("a")])
def test_a_settlement_that_comes_twice_is_applied_once(settle: Settle) -> None:
    lone = LoneInventory(9)
    lone.hear(reserve("a", 3), reserve("b", 3), settle)
    once = lone.units
    lone.hear(settle)
    assert lone.units == once


# The key: (order id, attempt).


@pytest.mark.parametrize("request_", [take("a", 2), reserve("a", 2), add("a", 2)])
def test_the_same_request_twice_is_answered_twice_and_applied_once(request_: Message) -> None:
    lone = LoneInventory(5)
    lone.hear(request_)
    once = lone.units
    lone.hear(request_)
    assert lone.units == once
    first, second = lone.probe.heard
    assert first == second


def test_a_request_whose_answer_is_forgotten_is_still_held_once() -> None:
    lone = LoneInventory(2_000)
    lone.hear(reserve("a", 3))
    lone.hear(*[take(str(number), 1) for number in range(2 * module.REMEMBERED)])
    before = lone.units
    lone.hear(reserve("a", 3))
    assert lone.units == before
    assert lone.granted[-1] == ("a", 3)
    lone.hear(commit("a"))
    assert lone.inventory.stock.reserved == 0


def test_a_waiting_request_whose_answer_is_forgotten_waits_once() -> None:
    lone = LoneInventory(1)
    lone.hear(reserve("a", 3, "backorder"))
    lone.hear(*[take(str(number), 1) for number in range(2 * module.REMEMBERED)])
    lone.hear(reserve("a", 3, "backorder"))
    assert lone.probe.of(Answer)[-1] == Answer("a", 1, 0, "A", 1, waiting=True)
    lone.hear(add("r", 9))
    assert lone.units == (10, 3)


def test_an_older_attempt_is_ignored() -> None:
    lone = LoneInventory(5)
    lone.hear(reserve("a", 2, attempt=3), reserve("a", 4, attempt=2))
    assert lone.granted == [("a", 2)]
    assert lone.units == (5, 2)
    lone.hear(*[take(str(number), 1) for number in range(2 * module.REMEMBERED)])
    heard = len(lone.probe.heard)
    lone.hear(reserve("a", 1, attempt=2))
    assert len(lone.probe.heard) == heard


def test_a_newer_attempt_takes_the_place_of_what_the_older_holds() -> None:
    lone = LoneInventory(5)
    lone.hear(reserve("a", 4, attempt=1), reserve("a", 3, attempt=2))
    assert lone.granted == [("a", 4), ("a", 3)]
    assert lone.units == (5, 3)
    lone.hear(commit("a", 1), commit("a", 2))
    assert (lone.units, lone.inventory.sold) == ((2, 0), 3)


def test_a_newer_attempt_takes_the_older_ones_place_in_the_waiting_line() -> None:
    lone = LoneInventory(1)
    lone.hear(reserve("a", 4, "backorder", attempt=1), reserve("a", 3, "backorder", attempt=2))
    assert lone.units == (1, 1)
    lone.hear(add("r", 9))
    assert lone.units == (10, 3)
    assert lone.probe.of(Answer)[2:] == [Answer("r", 1, 0, "A", 9), Answer("a", 2, 0, "A", 2)]


def test_memory_stays_flat() -> None:
    lone = LoneInventory(0)
    inventory = lone.inventory
    for number in range(5 * module.REMEMBERED // 2):
        lone.hear(reserve(str(number), 1, "backorder"), release(str(number)))
        assert len(inventory._answers) < 2 * module.REMEMBERED
    assert not inventory._held
    assert not inventory._backorders


# Backorders.


def test_what_is_missing_waits_and_comes_in_a_second_answer() -> None:
    lone = LoneInventory(2)
    lone.hear(take("a", 5, "backorder"))
    assert lone.probe.heard == [Answer("a", 1, 0, "A", 2, waiting=True)]
    assert lone.units == (2, 2)
    lone.hear(add("r", 1), add("s", 9))
    assert lone.probe.heard[-1] == Answer("a", 1, 0, "A", 3)
    assert lone.units == (12, 5)
    lone.hear(commit("a"))
    assert (lone.units, lone.inventory.sold) == ((7, 0), 5)


def test_backorders_are_served_first_come_first_served() -> None:
    lone = LoneInventory(0)
    lone.hear(*[take(ref, 3, "backorder") for ref in "abc"], add("r", 5))
    assert lone.granted[3:] == [("r", 5), ("a", 3)]
    assert lone.units == (5, 5)  # b has 2 of its 3
    lone.hear(add("s", 1))
    assert lone.granted[5:] == [("s", 1), ("b", 3)]
    lone.hear(add("t", 9))
    assert lone.granted[7:] == [("t", 9), ("c", 3)]


def test_a_newcomer_does_not_overtake_those_who_wait() -> None:
    lone = LoneInventory(0)
    lone.hear(take("a", 9, "backorder"), add("r", 5), take("b", 1, "backorder"))
    assert lone.granted[-1] == ("b", 0)
    assert lone.units == (5, 5)


def test_a_release_frees_for_those_who_wait() -> None:
    lone = LoneInventory(4)
    lone.hear(reserve("a", 3), reserve("b", 3, "backorder"), release("a"))
    assert lone.granted == [("a", 3), ("b", 1), ("b", 2)]
    assert lone.units == (4, 3)


def test_one_who_gives_up_waiting_gives_back_what_was_held_for_it() -> None:
    lone = LoneInventory(2)
    lone.hear(reserve("a", 5, "backorder"), reserve("b", 2, "backorder"), release("a"))
    assert lone.granted[-1] == ("b", 2)
    assert lone.units == (2, 2)
    lone.hear(add("r", 9))
    assert lone.units == (11, 2)  # nobody waits any more


# With a service time: a server with a line of its own.


def test_requests_are_served_one_at_a_time() -> None:
    lone = LoneInventory(10, "2s")
    lone.hear(take("a", 1), take("b", 1))
    lone.at(5.0, take("c", 1))
    lone.stage.play()
    assert lone.probe.heard_at == [2.0, 4.0, 7.0]
    assert lone.busy.total == 6.0
    assert lone.busy.share(10.0) == 0.6


def test_stock_is_decided_when_the_request_has_been_served() -> None:
    lone = LoneInventory(1, "2s")
    lone.hear(take("a", 1))
    lone.at(2.0, take("b", 1))
    lone.at(3.0, add("r", 1))
    lone.at(4.5, take("c", 1))
    lone.stage.play()
    assert lone.granted == [("a", 1), ("b", 0), ("r", 1), ("c", 1)]


def test_settlements_do_not_stand_in_line() -> None:
    lone = LoneInventory(3, "2s")
    lone.at(0.0, reserve("a", 3))
    lone.at(2.5, take("b", 3))
    lone.at(3.0, release("a"))
    lone.stage.play()
    assert lone.granted == [("a", 3), ("b", 3)]


def test_a_settlement_that_overtakes_its_request_leaves_nothing_held() -> None:
    lone = LoneInventory(5, "2s")
    lone.hear(reserve("a", 1))
    lone.at(2.0, reserve("b", 3), reserve("c", 1))
    lone.at(3.0, release("b"))  # while its request is being served
    lone.at(3.0, release("c"))  # while its request waits
    lone.stage.play()
    assert lone.granted == [("a", 1), ("b", 0), ("c", 0)]
    assert lone.units == (5, 1)


def test_what_is_served_in_the_warm_up_is_not_busy_time() -> None:
    lone = LoneInventory(9, "2s", warm_up=3.0)
    lone.hear(take("a", 1), take("b", 1))
    assert lone.busy.total == 1.0


# Figures and events.


def test_sold_out_is_when_nothing_is_left_to_promise_for_the_first_time() -> None:
    lone = LoneInventory(5)
    lone.at(1.0, take("a", 2))
    lone.at(2.0, take("b", 9))  # refused, but something is left
    lone.at(3.0, reserve("c", 3))
    lone.at(4.0, release("c"))
    lone.at(5.0, take("d", 3))
    lone.stage.play()
    assert lone.inventory.sold_out_at == 3.0
    assert lone.inventory.lowest == 0


def test_a_product_without_stock_is_sold_out_from_the_start() -> None:
    assert LoneInventory(0).inventory.sold_out_at == 0.0
    assert LoneInventory(1).inventory.sold_out_at is None


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
    lone = LoneInventory(5)
    lone.hear(reserve("a", 8, fulfilment, take=taking))
    assert lone.inventory.short == short
    lone.hear(commit("a"))
    assert lone.inventory.short == short


@pytest.mark.parametrize("fulfilment", ["all_or_nothing", "partial", "backorder"])
def test_units_that_were_granted_are_not_short_whatever_becomes_of_them(
    fulfilment: Fulfilment,
) -> None:
    lone = LoneInventory(9)
    lone.hear(reserve("a", 3, fulfilment), reserve("b", 3, fulfilment))
    lone.hear(release("a"), commit("b"), add("r", 2))
    assert lone.inventory.short == 0


def test_what_waits_is_short_only_when_it_is_given_up_and_then_all_of_it() -> None:
    # The order is rejected: what was held of the line for it was not sold either.
    lone = LoneInventory(5)
    lone.hear(reserve("a", 8, "backorder"))
    assert lone.inventory.short == 0
    lone.hear(release("a"))
    assert lone.inventory.short == 8


def test_what_waits_and_comes_was_never_short() -> None:
    lone = LoneInventory(5)
    lone.hear(reserve("a", 8, "backorder"), add("r", 1), add("s", 2), commit("a"))
    assert (lone.inventory.short, lone.inventory.sold) == (0, 8)


def test_what_came_in_time_is_not_short_when_it_is_given_back() -> None:
    # Another product of the order never came, and that one is short.
    lone = LoneInventory(5)
    lone.hear(reserve("a", 8, "backorder"), add("r", 3), release("a"))
    assert lone.inventory.short == 0


@pytest.mark.parametrize("fulfilment", ["all_or_nothing", "partial", "backorder"])
def test_a_request_that_comes_twice_is_short_once(fulfilment: Fulfilment) -> None:
    lone = LoneInventory(5)
    request = reserve("a", 8, fulfilment)
    lone.hear(request, request, release("a"), release("a"), request)
    assert lone.inventory.short == (3 if fulfilment == "partial" else 8)


def test_a_request_whose_answer_is_forgotten_is_short_once() -> None:
    lone = LoneInventory(5)
    lone.hear(reserve("a", 8, "partial"))
    lone.hear(*[add(str(number), 1) for number in range(2 * module.REMEMBERED)])
    lone.hear(reserve("a", 8, "partial"))
    assert lone.inventory.short == 3


def test_an_attempt_that_a_newer_one_takes_the_place_of_is_not_short() -> None:
    lone = LoneInventory(1)
    lone.hear(reserve("a", 4, "backorder", attempt=1), reserve("a", 3, "backorder", attempt=2))
    assert lone.inventory.short == 0
    lone.hear(release("a", 1), release("a", 2))
    assert lone.inventory.short == 3


def test_an_older_attempt_that_comes_late_is_not_short() -> None:
    lone = LoneInventory(5)
    lone.hear(reserve("a", 2, attempt=3), reserve("a", 9, attempt=2))
    assert lone.inventory.short == 0


def test_a_request_that_is_settled_before_it_is_served_is_not_short() -> None:
    lone = LoneInventory(1, "2s")
    lone.hear(take("a", 1))
    lone.at(2.0, take("x", 1, "partial"), reserve("b", 3))
    lone.at(3.0, release("b"))
    lone.stage.play()
    assert lone.granted == [("a", 1), ("x", 0), ("b", 0)]
    assert lone.inventory.short == 1  # of x


# Luck.


def test_a_request_takes_as_long_as_its_luck_and_its_line_say() -> None:
    time = parse_distribution("uniform 0s..1s").times()
    lone = LoneInventory(99, "uniform 0s..1s")
    requests = [
        changed(reserve("a", 1, line=0), luck=0.25),
        changed(reserve("b", 1, line=2), luck=0.25),
        changed(add("c", 1), luck=0.75),
    ]
    for number, request in enumerate(requests):
        lone.at(10.0 * number, request)
    lone.stage.play()
    took = [at - 10.0 * number for number, at in enumerate(lone.probe.heard_at)]
    assert took == pytest.approx([0.25, time(fork(0.25, 2)), 0.75])


def test_the_line_before_an_inventory_leaves_every_request_its_luck() -> None:
    lone = LoneInventory(99, "uniform 0s..1s")
    lucks = [0.5, 0.125, 0.75]
    lone.hear(*[changed(reserve(str(number), 1), luck=luck) for number, luck in enumerate(lucks)])
    assert lone.probe.heard_at == pytest.approx([0.5, 0.625, 1.375])
