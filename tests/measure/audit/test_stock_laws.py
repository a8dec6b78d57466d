from __future__ import annotations

import msgspec
import pytest
from sound_run import STOCK, broken, with_, with_stock

from actors.measure.audit import StockEvidence
from actors.messages import Fulfilment


@pytest.mark.parametrize("step", [-1, 1])
@pytest.mark.parametrize(
    ("field", "laws"),
    [
        ("initial", ["stock conserved"]),
        ("sold", ["stock conserved", "sales agree"]),
        ("returned", ["stock conserved", "sales agree"]),
        ("restocked", ["stock conserved", "sales agree"]),
        ("final", ["stock conserved"]),
        ("heard_sold", ["sales agree", "demand explained"]),
        ("heard_returned", ["sales agree"]),
        ("heard_restocked", ["sales agree"]),
        ("reserved", ["nothing left reserved"]),
        ("heard_asked", ["demand explained"]),
        ("heard_short", ["demand explained"]),
        ("short", ["demand explained"]),
    ],
)
def test_a_product_whose_units_do_not_add_up_is_named(
    field: str, laws: list[str], step: int
) -> None:
    found = broken(with_stock(**{field: getattr(STOCK, field) + step}))
    assert list(found) == laws
    assert all("BAD: " in words for words in found.values())
    assert all(words.startswith("culprit: ") for words in found.values())


def test_every_figure_of_a_product_is_watched() -> None:
    for field in StockEvidence.__struct_fields__[1:]:
        step = -1 if field == "lowest" else 1
        assert broken(with_stock(**{field: getattr(STOCK, field) + step})), field


def test_stock_that_was_below_zero_for_a_moment_is_found() -> None:
    assert broken(with_stock(lowest=-3)) == {
        "never oversold": "culprit: inventory BAD: stock fell to -3"
    }


def test_stock_that_ends_below_zero_is_found_whatever_its_lowest_says() -> None:
    ended = with_stock(final=-2, sold=62, heard_sold=62, heard_asked=65)
    assert list(broken(ended)) == ["never oversold"]
    assert "never oversold" in broken(with_stock(reserved=31))


def test_several_culprits_are_named_up_to_three() -> None:
    bad = [msgspec.structs.replace(STOCK, sku=f"BAD-{n}", final=9) for n in range(5)]
    detail = broken(with_(stock=bad))["stock conserved"]
    assert [f"BAD-{n}" in detail for n in range(5)] == [True, True, True, False, False]


# Demand.


@pytest.mark.parametrize("fulfilment", ["all_or_nothing", "backorder"])
def test_where_orders_are_filled_wholly_units_may_go_unsold_for_anothers_sake(
    fulfilment: Fulfilment,
) -> None:
    more = msgspec.structs.replace(with_stock(heard_asked=40), fulfilment=fulfilment)
    assert broken(more) == {}
    assert list(broken(with_stock(heard_asked=40))) == ["demand explained"]


@pytest.mark.parametrize("fulfilment", ["all_or_nothing", "backorder", "partial"])
def test_more_cannot_be_sold_and_short_than_was_asked_for(fulfilment: Fulfilment) -> None:
    less = msgspec.structs.replace(with_stock(heard_asked=32), fulfilment=fulfilment)
    assert broken(less) == {
        "demand explained": "culprit: processors: BAD: asked 32, sold 30, short 3"
    }


def test_an_inventory_that_refused_other_units_than_orders_say_is_named() -> None:
    assert broken(with_stock(short=4)) == {
        "demand explained": "culprit: inventory BAD: refused 4 units, orders say 3"
    }


def test_a_store_that_counts_no_refusals_is_not_asked_for_them() -> None:
    assert broken(with_stock(short=None)) == {}
