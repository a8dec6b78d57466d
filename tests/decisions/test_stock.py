from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from actors.decisions.stock import Stock, apply, conclude, grant
from actors.messages import Fulfilment

FULFILMENTS: tuple[Fulfilment, ...] = ("all_or_nothing", "partial", "backorder")
units = st.integers(0, 20)
fulfilments = st.sampled_from(FULFILMENTS)


class StockLaws(RuleBasedStateMachine):
    """Orders come and go in any order; the shelf is counted by hand beside the functions."""

    def __init__(self) -> None:
        super().__init__()
        self.stock = Stock(10)
        self.shelf = 10
        self.held: list[int] = []

    @rule(wanted=units, fulfilment=fulfilments)
    def take(self, wanted: int, fulfilment: Fulfilment) -> None:
        granted = grant(self.stock, wanted, fulfilment)
        self.stock = apply(self.stock, "take", granted)
        self.shelf -= granted

    @rule(wanted=units, fulfilment=fulfilments)
    def reserve(self, wanted: int, fulfilment: Fulfilment) -> None:
        granted = grant(self.stock, wanted, fulfilment)
        self.stock = apply(self.stock, "reserve", granted)
        self.held.append(granted)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), commit=st.booleans())
    def settle(self, data: st.DataObject, commit: bool) -> None:
        held = self.held.pop(data.draw(st.integers(0, len(self.held) - 1)))
        self.stock = apply(self.stock, "commit" if commit else "release", held)
        self.shelf -= held if commit else 0

    @rule(quantity=units)
    def add(self, quantity: int) -> None:
        self.stock = apply(self.stock, "add", quantity)
        self.shelf += quantity

    @invariant()
    def nothing_is_lost_or_made(self) -> None:
        assert self.stock.on_hand == self.shelf
        assert self.stock.reserved == sum(self.held)

    @invariant()
    def nothing_is_below_zero(self) -> None:
        assert 0 <= self.stock.reserved <= self.stock.on_hand
        assert self.stock.available == self.stock.on_hand - self.stock.reserved


TestStockLaws = StockLaws.TestCase
TestStockLaws.settings = settings(max_examples=40, stateful_step_count=25)


@given(units, units, units, fulfilments)
def test_a_grant_is_never_more_than_wanted_or_available(
    free: int, reserved: int, wanted: int, fulfilment: Fulfilment
) -> None:
    granted = grant(Stock(free + reserved, reserved), wanted, fulfilment)
    assert granted in ((wanted, 0) if fulfilment == "all_or_nothing" else (min(wanted, free),))
    assert 0 <= granted <= min(wanted, free)


@pytest.mark.parametrize("fulfilment", FULFILMENTS)
def test_what_is_there_is_granted_whatever_the_fulfilment(fulfilment: Fulfilment) -> None:
    assert grant(Stock(5, 2), 3, fulfilment) == 3


def test_what_is_short_is_granted_in_part_or_not_at_all() -> None:
    assert grant(Stock(5, 3), 3, "all_or_nothing") == 0
    assert grant(Stock(5, 3), 3, "partial") == 2
    assert grant(Stock(5, 3), 3, "backorder") == 2


def test_each_change_moves_what_it_says() -> None:
    stock = Stock(10, 4)
    assert apply(stock, "take", 3) == Stock(7, 4)
    assert apply(stock, "reserve", 3) == Stock(10, 7)
    assert apply(stock, "commit", 3) == Stock(7, 1)
    assert apply(stock, "release", 3) == Stock(10, 1)
    assert apply(stock, "add", 3) == Stock(13, 4)


@given(units, units, units)
def test_what_is_reserved_and_given_back_was_never_there(
    free: int, reserved: int, held: int
) -> None:
    stock = Stock(free + reserved, reserved)
    assert apply(apply(stock, "reserve", held), "release", held) == stock
    assert apply(apply(stock, "reserve", held), "commit", held) == apply(stock, "take", held)


@pytest.mark.parametrize("fulfilment", FULFILMENTS)
def test_an_order_that_got_everything_is_fulfilled(fulfilment: Fulfilment) -> None:
    assert conclude([2, 3], [2, 3], fulfilment) == "fulfilled"
    assert conclude([2, 3], [0, 0], fulfilment) == "rejected"


def test_an_order_that_got_something_is_partial_only_where_that_may_be() -> None:
    assert conclude([2, 3], [2, 0], "partial") == "partial"
    assert conclude([2, 3], [1, 1], "partial") == "partial"
    assert conclude([2, 3], [2, 2], "all_or_nothing") == "rejected"
    assert conclude([2, 3], [2, 2], "backorder") == "rejected"


def test_lines_and_grants_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="as many"):
        conclude([2, 3], [2], "partial")
