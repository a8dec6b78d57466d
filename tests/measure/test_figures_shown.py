from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.measure.figures import count_of, fill_rate, share_of, totals_of
from actors.measure.result import OrderCounts, ProductTotals
from actors.vocabulary.outcomes import REASONS, STATUSES

ORDERS = OrderCounts(
    placed=200,
    fulfilled=150,
    partial=20,
    rejected=30,
    rejected_by={"out_of_stock": 25, "invalid": 5},
    by_kind={"sale": 200},
    duplicates=3,
)
NONE = OrderCounts(
    placed=0, fulfilled=0, partial=0, rejected=0, rejected_by={}, by_kind={}, duplicates=0
)


def totals(
    asked: int = 0, sold: int = 0, short: int = 0, revenue: float | None = None, units: int = 0
) -> ProductTotals:
    return ProductTotals(
        initial=units,
        asked=asked,
        sold=sold,
        short=short,
        returned=2 * units,
        restocked=3 * units,
        final=4 * units,
        fill=fill_rate(asked, sold, short),
        revenue=revenue,
    )


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("placed", 200),
        ("fulfilled", 150),
        ("partial", 20),
        ("rejected", 30),
        ("out_of_stock", 25),
        ("invalid", 5),
        ("overloaded", 0),  # the document leaves out what did not happen
    ],
)
def test_orders_are_counted_by_outcome_and_by_reason(name: str, count: int) -> None:
    assert count_of(name, ORDERS) == count
    assert share_of(name, ORDERS) == count / 200


@pytest.mark.parametrize("name", [*STATUSES, *REASONS])
def test_a_share_of_no_orders_is_no_figure_but_a_count_is(name: str) -> None:
    assert share_of(name, NONE) is None
    assert count_of(name, NONE) == 0


@pytest.mark.parametrize(
    ("asked", "sold", "short", "fill"),
    [
        (10, 10, 0, 1.0),
        (10, 7, 3, 0.7),
        (10, 0, 10, 0.0),
        (10, 4, 0, 1.0),  # the rest went unsold because of other products
        (10, 0, 4, 0.6),
        (10, 0, 0, None),  # all of it did: its own stock decided nothing
        (0, 0, 0, None),
    ],
)
def test_fill_is_the_share_of_demand_that_a_products_own_stock_could_meet(
    asked: int, sold: int, short: int, fill: float | None
) -> None:
    assert fill_rate(asked, sold, short) == fill


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_fill_is_a_share_wherever_it_is_a_figure(sold: int, short: int, beside: int) -> None:
    fill = fill_rate(sold + short + beside, sold, short)
    assert (fill is None) == (sold == short == 0)
    if fill is not None:
        assert 0 <= fill <= 1
        assert (fill == 1) == (short == 0)


def test_the_totals_are_the_sums_and_the_fill_is_of_all_demand() -> None:
    found = totals_of([totals(10, 10, 0, 1.5, 1), totals(30, 10, 20, 2.25, 2)])
    assert found == ProductTotals(
        initial=3,
        asked=40,
        sold=20,
        short=20,
        returned=6,
        restocked=9,
        final=12,
        fill=0.5,
        revenue=3.75,
    )


def test_revenue_is_that_of_the_products_with_a_price() -> None:
    assert totals_of([totals(revenue=None), totals(revenue=2.5)]).revenue == 2.5
    assert totals_of([totals(revenue=0.0), totals(revenue=None)]).revenue == 0.0
    assert totals_of([totals(revenue=None)]).revenue is None


def test_revenue_adds_up_to_the_cent() -> None:
    assert totals_of([totals(revenue=0.1)] * 3).revenue == 0.3
    assert totals_of([totals(revenue=0.125), totals(revenue=0.25)]).revenue == 0.38


def test_the_totals_of_no_products_are_nothing() -> None:
    assert totals_of([]) == totals()
    assert totals_of(iter([totals(4, 1, 3)])).fill == 0.25  # of whatever can be gone through once
