from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from one_order import done, order_of, placed

from actors.decisions.order_in_service import begin_service
from actors.decisions.stock import Stock, conclude, grant
from actors.measure.audit.shape import misshapen
from actors.messages import Fulfilment, Kind, Processed, Reason, Status

TWO = (("A", 2), ("B", 3))


def ended(
    status: Status,
    filled: tuple[int, ...],
    reason: Reason | None = None,
    short: tuple[str, ...] = (),
    *,
    kind: Kind = "sale",
    lines: tuple[tuple[str, int], ...] = TWO,
) -> Processed:
    order = order_of("web-1-1", *lines, kind=kind)
    place = placed(order=order)
    outcome = {"status": status, "reason": reason, "short": short, "filled": filled}
    return done(place, 0.0, 1.0, order=order, **outcome)  # type: ignore[arg-type]


WELL_SHAPED: list[tuple[Processed, Fulfilment]] = [
    (ended("fulfilled", (2, 3)), "all_or_nothing"),
    (ended("fulfilled", (2, 3)), "partial"),
    (ended("fulfilled", (2, 3)), "backorder"),
    (ended("fulfilled", (2, 3), kind="return"), "all_or_nothing"),
    (ended("rejected", (0, 0), "out_of_stock", ("A",)), "all_or_nothing"),
    (ended("rejected", (0, 0), "out_of_stock", ("A", "B")), "partial"),
    (ended("rejected", (0, 0), "out_of_stock", ("B",)), "backorder"),
    (ended("rejected", (0, 0), "failed"), "partial"),
    (ended("rejected", (0, 0), "failed", kind="restock"), "backorder"),
    (ended("partial", (2, 1), None, ("B",)), "partial"),
    (ended("partial", (0, 1), None, ("A", "B")), "partial"),
    (ended("partial", (0, 1), None, ("B", "A")), "partial"),
    (ended("partial", (2, 1), None, ("A",), lines=(("A", 2), ("A", 3))), "partial"),
    # A delivery that a crash cut off: what is on the shelf stays there.
    (ended("partial", (2, 0), kind="restock"), "all_or_nothing"),
]


@pytest.mark.parametrize(("done_", "fulfilment"), WELL_SHAPED)
def test_an_end_that_fits_together_is_let_pass(done_: Processed, fulfilment: Fulfilment) -> None:
    assert misshapen(done_, fulfilment) is None


@pytest.mark.parametrize(
    ("done_", "fulfilment", "words"),
    [
        (ended("fulfilled", (2,)), "partial", "has 2 lines and tells of 1"),
        (ended("fulfilled", (2, 3, 0)), "partial", "has 2 lines and tells of 3"),
        (ended("fulfilled", ()), "partial", "has 2 lines and tells of 0"),
        (ended("fulfilled", (2, 4)), "partial", "got 4 of 3 × B"),
        (ended("partial", (-1, 3)), "partial", "got -1 of 2 × A"),
        (ended("rejected", (-2, 2), "failed"), "partial", "got -2 of 2 × A"),
        (ended("fulfilled", (2, 2)), "partial", "is fulfilled with 4 of 5 units"),
        (ended("fulfilled", (0, 0)), "partial", "is fulfilled with 0 of 5 units"),
        (ended("fulfilled", (2, 3), "failed"), "partial", "is fulfilled and has a reason not to"),
        (ended("fulfilled", (2, 3), None, ("A",)), "partial", "is fulfilled and has a reason"),
        (ended("rejected", (0, 1), "out_of_stock", ("A",)), "partial", "is rejected and got 1 u"),
        (ended("rejected", (2, 3), "failed"), "partial", "is rejected and got 5 units"),
        (ended("rejected", (0, 0)), "partial", "was rejected as None by a processor"),
        (ended("rejected", (0, 0), "invalid"), "partial", "was rejected as invalid by a proc"),
        (ended("rejected", (0, 0), "overloaded"), "partial", "was rejected as overloaded by a"),
        (
            ended("rejected", (0, 0), "out_of_stock", ("A",), kind="restock"),
            "partial",
            "is a restock and out of stock",
        ),
        (
            ended("rejected", (0, 0), "out_of_stock"),
            "all_or_nothing",
            "is out of stock, of none of its products",
        ),
        (
            ended("rejected", (0, 0), "out_of_stock", ("A", "C")),
            "all_or_nothing",
            "is out of stock, of none of its products",
        ),
        (ended("partial", (0, 0), None, ("A", "B")), "partial", "is partial with 0 of 5 units"),
        (ended("partial", (2, 3)), "partial", "is partial with 5 of 5 units"),
        (ended("partial", (2, 3), kind="return"), "partial", "is partial with 5 of 5 units"),
        (ended("partial", (2, 1), None, ("B",)), "all_or_nothing", "is partial under all_or_"),
        (ended("partial", (2, 1), None, ("B",)), "backorder", "is partial under backorder"),
        (ended("partial", (2, 1), "failed", ("B",)), "partial", "is partial and failed"),
        (ended("partial", (2, 1)), "partial", "is short of other products than it says"),
        (ended("partial", (2, 1), None, ("A",)), "partial", "is short of other products than"),
        (ended("partial", (2, 1), None, ("A", "B")), "partial", "is short of other products"),
        (ended("partial", (1, 1), None, ("B",)), "partial", "is short of other products than"),
    ],
)
def test_an_end_that_does_not_fit_together_is_put_into_words(
    done_: Processed, fulfilment: Fulfilment, words: str
) -> None:
    assert str(misshapen(done_, fulfilment)).startswith(words)


orders = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 5)), min_size=1, max_size=5).map(
    tuple
)
shelves = st.dictionaries(st.sampled_from("ABC"), st.integers(0, 9))
fulfilments: st.SearchStrategy[Fulfilment] = st.sampled_from(
    ["all_or_nothing", "partial", "backorder"]
)


@given(orders, shelves, fulfilments)
def test_what_processors_really_conclude_always_fits_together(
    lines: tuple[tuple[str, int], ...], units: dict[str, int], fulfilment: Fulfilment
) -> None:
    story = ended("fulfilled", (), lines=lines)
    work = begin_service(story.serve, 0.0)
    for number, (sku, wanted) in enumerate(zip(work.skus, work.wanted, strict=True)):
        work.asked = number + 1
        granted = work.granted[number] = grant(Stock(units.get(sku, 0)), wanted, fulfilment)
        if granted < wanted and fulfilment == "all_or_nothing":
            break  # one line is short, and nobody asks for the others
    status = conclude(work.wanted, work.granted, fulfilment)
    short = () if status == "fulfilled" else work.short_of()
    if status == "rejected":
        work.granted = [0] * len(work.granted)
    reason: Reason | None = "out_of_stock" if status == "rejected" else None
    assert misshapen(ended(status, work.filled(), reason, short, lines=lines), fulfilment) is None


@given(orders, st.lists(st.integers(-1, 6), max_size=6), fulfilments, st.data())
def test_whatever_is_let_pass_sold_what_it_says(
    lines: tuple[tuple[str, int], ...],
    filled: list[int],
    fulfilment: Fulfilment,
    data: st.DataObject,
) -> None:
    status: Status = data.draw(st.sampled_from(["fulfilled", "partial", "rejected"]))
    reason: Reason | None = data.draw(st.sampled_from([None, "out_of_stock", "failed"]))
    short = tuple(data.draw(st.sets(st.sampled_from("ABC"))))
    found = misshapen(ended(status, tuple(filled), reason, short, lines=lines), fulfilment)
    if found is not None:
        return
    wanted = [quantity for _, quantity in lines]
    assert len(filled) == len(wanted)
    assert all(0 <= got <= want for got, want in zip(filled, wanted, strict=True))
    assert (filled == wanted) == (status == "fulfilled")
    assert (not any(filled)) == (status == "rejected")
    assert (reason is None) == (status != "rejected")
    assert not (status == "partial" and fulfilment != "partial")
    if status == "partial":
        assert {sku for (sku, want), got in zip(lines, filled, strict=True) if got < want} == set(
            short
        )
