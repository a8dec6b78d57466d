"""What the examiner says of one order's content, outcome and refusal, and what it strikes."""

from __future__ import annotations

import msgspec
import pytest
from changed import changed
from one_order import Looking, complaints, done, examined, order_of, placed, refused

from actors.messages import Fulfilment, Processed, Reason, Refused


def test_an_order_that_was_served_as_it_should_be_is_let_pass() -> None:
    assert examined(done(placed(), 0.0, 1.0), exact=True) == {}
    of_two = order_of("web-1-1", ("A", 1), ("B", 2))
    assert examined(done(placed(order=of_two), 0.0, 1.0, order=of_two), exact=True) == {}


# Shape.


@pytest.mark.parametrize(
    "story",
    [
        done(placed(), 0.0, 1.0, filled=(1,)),
        done(placed(), 0.0, 1.0, filled=(2, 0)),
        done(placed(), 0.0, 1.0, filled=()),
        done(placed(), 0.0, 1.0, reason="failed"),
        done(placed(), 0.0, 1.0, short=("A",)),
        done(placed(), 0.0, 1.0, status="rejected", reason="out_of_stock", short=("A",)),
        done(placed(), 0.0, 1.0, status="rejected"),
        done(placed(), 0.0, 1.0, status="partial"),
        done(placed(), 0.0, 1.0, status="partial", short=("A",), filled=(1,)),
    ],
)
def test_an_end_that_does_not_fit_together_is_found(story: Processed) -> None:
    found = examined(story)
    assert list(found) == ["shape"]
    assert found["shape"][0].startswith("processor/1: web-1-1 ")


def test_an_end_of_several_lines_that_does_not_fit_together_is_found() -> None:
    order = order_of("web-1-1", ("A", 1), ("B", 2))
    for filled in ((1, 1), (1,), (1, 2, 0)):
        story = done(placed(order=order), 0.0, 1.0, order=order, filled=filled)
        assert list(examined(story)) == ["shape"]


@pytest.mark.parametrize(
    ("fulfilment", "broken"), [("all_or_nothing", 1), ("backorder", 1), ("partial", 0)]
)
def test_how_orders_are_to_be_filled_decides_what_fits(fulfilment: Fulfilment, broken: int) -> None:
    story = done(placed(), 0.0, 1.0, status="partial", short=("A",), filled=(1,))
    assert len(examined(story, fulfilment=fulfilment)) == broken


def failing(kind: str) -> Processed | Refused:
    if kind == "router":
        return refused(placed(), "failed")
    if kind == "processor":
        return done(placed(), 0.0, 1.0, status="rejected", reason="failed", filled=(0,))
    order = order_of("web-1-1", ("A", 1), ("B", 2), kind="restock")
    return done(placed(order=order), 0.0, 1.0, order=order, status="partial", filled=(1, 0))


@pytest.mark.parametrize("kind", ["router", "processor", "delivery"])
def test_orders_that_met_a_mistake_are_counted_and_fit(kind: str) -> None:
    examiner = Looking().hear(failing(kind))
    assert examiner.failed == 1
    assert complaints(examiner) == {}


def test_orders_that_are_short_or_refused_met_no_mistake() -> None:
    short = done(
        placed(), 0.0, 1.0, status="rejected", reason="out_of_stock", short=("A",), filled=(0,)
    )
    partial = done(placed(), 1.0, 2.0, status="partial", short=("A",), filled=(1,))
    examiner = Looking(fulfilment="partial").hear(short, partial, refused(placed(), "interrupted"))
    assert examiner.failed == 0
    assert complaints(examiner) == {}


# Content.


@pytest.mark.parametrize(
    "served",
    [
        order_of("web-1-2"),
        order_of("web-1-1", ("A", 3)),
        order_of("web-1-1", ("B", 2)),
        order_of("web-1-1", ("A", 2), ("B", 1)),
        order_of("web-1-1", kind="return"),
        order_of("web-1-1", priority=1),
        order_of("web-1-1", at=0.5),
        msgspec.structs.replace(order_of("web-1-1"), client="web-2"),
    ],
)
def test_an_order_that_is_served_as_another_is_found(served: object) -> None:
    story = done(placed(), 0.0, 1.0, order=served)  # type: ignore[arg-type]
    assert examined(story) == {"content": ["router: web-1-1 was served as another order"]}


def test_an_order_that_its_envelope_names_otherwise_is_found() -> None:
    other = order_of("web-1-2")
    story = done(placed(order=other), 0.0, 1.0, order=other)
    assert examined(story) == {"content": ["router: web-1-1 was served as another order"]}


def test_an_order_may_be_written_in_any_way_that_says_it() -> None:
    body = (
        b'{"lines": [{"quantity": 2, "sku": "A"}], "client": "web-1", '
        b'"placed_at": 0, "id": "web-1-1"}'
    )
    assert examined(done(placed(body=body), 0.0, 1.0)) == {}


def test_an_order_that_was_none_cannot_have_been_served() -> None:
    assert list(examined(done(placed(body=b"hello"), 0.0, 1.0))) == ["content"]


# Refusals.

KNOWN = order_of("web-1-1")
UNKNOWN = order_of("web-1-1", ("A", 1), ("C", 1))


@pytest.mark.parametrize(
    "refusal",
    [
        refused(placed(body=b"hello"), "invalid"),
        refused(placed(order=order_of("web-1-2")), "invalid"),  # the envelope names another id
        refused(placed(order=UNKNOWN), "unknown_product", order=UNKNOWN),
        refused(placed(), "overloaded", order=KNOWN),
        refused(placed(), "failed"),
        refused(placed(body=b"hello"), "failed"),
        refused(placed(), "interrupted", 5.0),
        refused(placed(body=b"hello"), "interrupted"),
    ],
)
def test_an_order_that_was_refused_rightly_is_let_pass(refusal: Refused) -> None:
    assert examined(refusal, limited=True) == {}


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (refused(placed(), "invalid"), "invalid, and is valid"),
        (
            refused(placed(), "unknown_product", order=KNOWN),
            "unknown_product, and each of its products is known",
        ),
        (refused(placed(), "unknown_product"), "unknown_product, and is another order"),
        (
            refused(placed(), "unknown_product", order=UNKNOWN),
            "unknown_product, and is another order",
        ),
        (
            refused(placed(body=b"hello"), "overloaded", order=KNOWN),
            "overloaded, and is another order",
        ),
        (refused(placed(), "out_of_stock", order=KNOWN), "out_of_stock, which is not for a router"),
    ],
)
def test_an_order_that_was_refused_wrongly_is_found(refusal: Refused, words: str) -> None:
    found = examined(refusal, limited=True)
    assert list(found) == ["content"]
    assert found["content"][0].startswith(f"router: web-1-1 was refused as {words}")


def test_an_order_for_an_unknown_product_that_was_passed_on_and_failed_is_found() -> None:
    story = done(
        placed(order=UNKNOWN),
        0.0,
        1.0,
        order=UNKNOWN,
        status="rejected",
        reason="failed",
        filled=(0,) * len(UNKNOWN.lines),
    )
    assert examined(story) == {
        "content": ["router: web-1-1 was passed on, and its product is unknown"]
    }
    known = done(placed(), 0.0, 1.0, status="rejected", reason="failed", filled=(0,))
    assert examined(known) == {}


def test_nobody_is_refused_as_too_many_where_any_number_may_wait() -> None:
    refusal = refused(placed(), "overloaded", order=KNOWN)
    assert examined(refusal) == {
        "content": ["router: web-1-1 was refused as overloaded, and there is no limit"]
    }


def test_a_refusal_before_the_order_was_scheduled_is_found() -> None:
    early = refused(placed(at=2.0), "failed", 1.0)
    assert examined(early) == {"time": ["router: web-1-1 was refused before it was scheduled"]}
    assert examined(refused(placed(at=2.0), "failed", 2.0)) == {}


# The ledger and the answers.


def test_every_order_is_struck_from_the_ledger() -> None:
    examiner = Looking().hear(done(placed("a"), 0.0, 1.0), refused(placed("b"), "failed"))
    assert examiner.ledger.open() == []
    assert examiner.ledger.examples == []


def test_an_outcome_that_comes_twice_in_one_batch_is_duplicated() -> None:
    examiner, place = Looking(), placed()
    examiner.ledger.placed(place)
    examiner.take([done(place, 0.0, 1.0), done(place, 0.0, 1.0)])
    assert (examiner.ledger.duplicated, examiner.ledger.unexpected) == (1, 0)


def test_an_order_that_is_served_and_refused_has_an_outcome_too_many() -> None:
    examiner, place = Looking(), placed()
    examiner.ledger.placed(place)
    examiner.take([done(place, 0.0, 1.0)])
    examiner.take([refused(place, "failed", 1.0)])
    assert (examiner.ledger.duplicated, examiner.ledger.unexpected) == (1, 0)


@pytest.mark.parametrize("reason", [None, "failed"])
def test_an_envelope_that_was_changed_on_its_way_is_found(reason: Reason | None) -> None:
    examiner, place = Looking(), placed()
    examiner.ledger.placed(place)
    altered = changed(place, scheduled=0.25)
    if reason is None:
        examiner.take([done(altered, 0.5, 1.0)])
    else:
        examiner.take([refused(altered, reason, 1.0)])
    assert examiner.ledger.changed == 1
    assert examiner.ledger.open() == []


def test_an_outcome_out_of_nowhere_is_unexpected() -> None:
    examiner = Looking()
    examiner.take([done(placed(), 0.0, 1.0)])
    assert examiner.ledger.unexpected == 1


def test_outcomes_for_clients_that_wait_are_noted_and_no_others() -> None:
    waiting, other = placed("a", waits=True), placed("b", waits=True)
    examiner = Looking().hear(
        done(waiting, 0.0, 1.0),
        refused(other, "failed"),
        done(placed("c"), 1.0, 2.0),
        refused(placed("d"), "failed"),
    )
    expected = Looking().answers
    expected.note("b", "rejected", "failed")
    expected.note("a", "fulfilled", None)
    assert examiner.answers.count == 2
    assert examiner.answers.checksum == expected.checksum


def test_of_many_cases_the_first_three_are_kept_and_all_are_counted() -> None:
    stories = [done(placed(f"web-1-{n}"), 0.0, 0.0, reason="failed") for n in range(5)]
    examiner = Looking().hear(*stories)
    complaint = examiner.complaints["shape"]
    assert complaint.count == 5
    assert [case.split()[1] for case in complaint.cases] == ["web-1-0", "web-1-1", "web-1-2"]
