from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from actors.measure.products import ProductBook
from actors.messages import Kind, Line, Order, Place, Processed, Reason, Refused, Serve, Status

PLACE = Place("web-1", b"", 0.0, "client/web-1", "web", "peak")


def done(
    lines: dict[str, int],
    filled: tuple[int, ...],
    status: Status = "fulfilled",
    *,
    kind: Kind = "sale",
    reason: Reason | None = None,
    short: tuple[str, ...] = (),
    at: float = 1.0,
) -> Processed:
    order = Order(
        id="web-1",
        client="web",
        kind=kind,
        placed_at=0.0,
        lines=tuple(Line(sku, quantity) for sku, quantity in lines.items()),
    )
    serve = Serve(order, PLACE, False)
    return Processed(serve, "processor/1", 0.0, at, at, status, reason, short, filled)


def test_a_product_nobody_asked_for_has_an_empty_tally() -> None:
    tally = ProductBook().of("A")
    assert (tally.asked, tally.sold, tally.returned, tally.restocked) == (0, 0, 0, 0)
    assert (tally.refused, tally.short_since) == (0, None)


def test_sales_add_up_by_product() -> None:
    book = ProductBook()
    book.take([done({"A": 2, "B": 5}, (2, 5)), done({"A": 3}, (1,), "partial", short=("A",))])
    assert (book.of("A").asked, book.of("A").sold) == (5, 3)
    assert (book.of("B").asked, book.of("B").sold) == (5, 5)


def test_lines_of_one_product_add_up() -> None:
    order = Order(id="o", client="c", placed_at=0.0, lines=(Line("A", 2), Line("A", 3)))
    serve = Serve(order, PLACE, False)
    book = ProductBook()
    book.take([Processed(serve, "processor/1", 0.0, 1.0, 1.0, "partial", None, ("A",), (2, 1))])
    assert (book.of("A").asked, book.of("A").sold) == (5, 3)


def test_returns_and_restocks_are_no_demand() -> None:
    book = ProductBook()
    book.take([done({"A": 4}, (4,), kind="return"), done({"A": 9}, (9,), kind="restock")])
    tally = book.of("A")
    assert (tally.returned, tally.restocked, tally.asked, tally.sold) == (4, 9, 0, 0)


def test_an_order_is_refused_because_of_the_product_that_was_short() -> None:
    book = ProductBook()
    refusal = done(
        {"A": 1, "B": 1}, (0, 0), "rejected", reason="out_of_stock", short=("B",), at=7.0
    )
    later = done({"B": 1}, (0,), "rejected", reason="out_of_stock", short=("B",), at=8.0)
    book.take([refusal, later])
    assert (book.of("A").refused, book.of("B").refused) == (0, 2)
    assert (book.of("A").short_since, book.of("B").short_since) == (None, 7.0)
    assert book.of("A").asked == 1


def test_a_partial_order_was_short_but_not_refused() -> None:
    book = ProductBook()
    book.take([done({"A": 3}, (1,), "partial", short=("A",), at=4.0)])
    assert (book.of("A").refused, book.of("A").short_since) == (0, 4.0)


def test_orders_that_no_processor_saw_are_not_in_the_book() -> None:
    book = ProductBook()
    order = done({"A": 1}, (1,)).serve.order
    book.take([Refused(PLACE, order, 1.0, "overloaded", "")])
    assert book.of("A").asked == 0


def test_units_are_short_because_of_the_product_that_was_short() -> None:
    book = ProductBook()
    book.take(
        [
            done({"A": 2, "B": 3}, (0, 0), "rejected", reason="out_of_stock", short=("B",)),
            done({"A": 5, "B": 4}, (1, 3), "partial", short=("A", "B")),
            done({"A": 1}, (1,)),
        ]
    )
    assert (book.of("A").asked, book.of("A").sold, book.of("A").short) == (8, 2, 4)
    assert (book.of("B").asked, book.of("B").sold, book.of("B").short) == (7, 3, 4)


def test_of_several_short_products_in_one_rejected_order_each_is_charged() -> None:
    book = ProductBook()
    lines = {"A": 2, "B": 3, "C": 4}
    refusal = done(lines, (0, 0, 0), "rejected", reason="out_of_stock", short=("A", "C"), at=7.0)
    book.take([refusal])
    assert [book.of(sku).short for sku in "ABC"] == [2, 0, 4]
    assert [book.of(sku).refused for sku in "ABC"] == [1, 0, 1]
    assert [book.of(sku).short_since for sku in "ABC"] == [7.0, None, 7.0]
    assert [book.of(sku).asked for sku in "ABC"] == [2, 3, 4]


def test_lines_of_one_short_product_are_one_refusal_of_all_their_units() -> None:
    order = Order(id="o", client="c", placed_at=0.0, lines=(Line("A", 2), Line("A", 3)))
    outcome = Processed(
        Serve(order, PLACE, False), "p", 0.0, 1.0, 1.0, "rejected", "out_of_stock", ("A",), (0, 0)
    )
    book = ProductBook()
    book.take([outcome])
    assert (book.of("A").short, book.of("A").refused) == (5, 1)


def test_an_order_that_failed_is_demand_and_nobodys_shortage() -> None:
    book = ProductBook()
    book.take([done({"A": 3}, (0,), "rejected", reason="failed")])
    tally = book.of("A")
    assert (tally.asked, tally.sold, tally.short, tally.refused) == (3, 0, 0, 0)


orders = st.lists(
    st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 9)), min_size=1, max_size=4),
    max_size=12,
)


@given(orders, st.dictionaries(st.sampled_from("ABC"), st.integers(0, 20)))
def test_where_orders_are_filled_in_part_all_demand_was_sold_or_short(
    wanted: list[list[tuple[str, int]]], units: dict[str, int]
) -> None:
    book, left = ProductBook(), dict(units)
    for lines in wanted:
        filled = []
        for sku, quantity in lines:
            filled.append(min(quantity, left.get(sku, 0)))
            left[sku] = left.get(sku, 0) - filled[-1]
        missing = {
            sku for (sku, quantity), got in zip(lines, filled, strict=True) if got < quantity
        }
        status: Status = "partial" if any(filled) else "rejected"
        if not missing:
            status = "fulfilled"
        order = Order(id="o", client="c", placed_at=0.0, lines=tuple(Line(*line) for line in lines))
        serve, short = Serve(order, PLACE, False), tuple(sorted(missing))
        book.take([Processed(serve, "p", 0.0, 1.0, 1.0, status, None, short, tuple(filled))])
    for sku in "ABC":
        tally = book.of(sku)
        assert tally.asked == tally.sold + tally.short
        assert tally.sold == units.get(sku, 0) - left.get(sku, 0)
