"""A processor under stray answers, crashes, and whatever is ordered."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lone_processor import LoneProcessor, answer, delivery, failure, serve

from actors.measure.audit.shape import misshapen
from actors.messages import (
    Add,
    Answer,
    Done,
    Fulfilment,
    GiveUp,
    Kind,
    Message,
    Ready,
    Serve,
    Settle,
)
from actors.processor import Processor
from actors.runtime.actor import receives


@pytest.mark.parametrize(
    "stray",
    [
        Answer("x", 1, 0, "A", 0),  # an older attempt's
        Answer("z", 2, 0, "A", 0),  # another order's
        Answer("x", 2, 1, "B", 0),  # a line that was not asked for yet
    ],
)
def test_a_stray_answer_is_ignored(stray: Answer) -> None:
    lone = LoneProcessor()
    lone.probes("A", "B")
    x = serve("x", ("A", 1), ("B", 1), attempt=2)
    lone.hear(x, stray)
    assert lone.stories == []
    lone.hear(answer(x, 0, 1), answer(x, 1, 1))
    assert lone.stories[0].filled == (1, 1)


def test_an_answer_that_comes_twice_counts_once() -> None:
    lone = LoneProcessor("backorder")
    lone.probes("A", "B")
    x = serve("x", ("A", 3), ("B", 2))
    first, rest = answer(x, 0, 1, waiting=True), answer(x, 0, 2)
    lone.hear(x, first, first, answer(x, 1, 2), answer(x, 1, 2), first)
    assert lone.router.heard == [Ready(lone.me, again=True)]
    lone.hear(rest, rest)
    assert [story.filled for story in lone.stories] == [(3, 2)]
    assert len(lone.router.heard) == 2


# Crashes.


def test_a_crashed_inventory_ends_the_order_as_failed_and_releases_the_rest() -> None:
    lone = LoneProcessor()
    a, b, c = lone.probes("A", "B", "C")
    x = serve("x", ("A", 1), ("B", 1), ("C", 1))
    lone.hear(x, answer(x, 0, 1), failure(x, 1))
    (story,) = lone.stories
    assert (story.status, story.reason, story.short) == ("rejected", "failed", ())
    assert story.filled == (0, 0, 0)
    assert a.heard[-1] == b.heard[-1] == Settle("x", 1, commit=False)
    assert c.heard == []
    assert lone.router.heard == [Done(lone.me, True, "x", "rejected", "failed")]


def test_a_crash_in_the_midst_of_a_delivery_reports_what_is_on_the_shelf_already() -> None:
    lone = LoneProcessor()
    lone.probes("A", "B")
    x = serve("x", ("A", 4), ("B", 1), kind="restock")
    lone.hear(x, answer(x, 0, 4), failure(x, 1))
    (story,) = lone.stories
    assert (story.status, story.reason, story.filled) == ("partial", None, (4, 0))


def test_a_crash_before_anything_is_delivered_fails_the_delivery() -> None:
    lone = LoneProcessor()
    (shelf,) = lone.probes("A")
    x = serve("x", ("A", 4), kind="return")
    lone.hear(x, failure(x, 0))
    assert lone.outcomes == [("x", "rejected", "failed")]
    assert [type(message) for message in shelf.heard] == [Add]


class Clumsy(Processor):
    """Crashes at an order called `serve`, and at every answer for orders called `answer…`."""

    @receives(Serve)
    def serve(self, serve: Serve) -> None:
        if serve.order.id == "serve":
            raise ZeroDivisionError
        super().serve(serve)

    @receives(Answer)
    def answered(self, answer: Answer) -> None:
        if answer.order_id == "answer" or (answer.order_id == "answer-late" and not answer.waiting):
            raise ZeroDivisionError
        super().answered(answer)


@pytest.mark.parametrize("ref", ["serve", "answer"])
def test_its_own_crash_ends_the_order_as_failed_and_frees_the_processor(ref: str) -> None:
    lone = LoneProcessor(processor=Clumsy).stock(A=5, B=5)
    lone.hear(serve(ref, ("A", 1), ("B", 1)))
    assert lone.outcomes == [(ref, "rejected", "failed")]
    assert lone.router.heard == [Done(lone.me, True, ref, "rejected", "failed")]
    assert [lone.units(sku) for sku in "AB"] == [(5, 0), (5, 0)]
    lone.hear(serve("next", ("A", 1), ("B", 1)))
    assert lone.outcomes[1:] == [("next", "fulfilled", None)]
    assert lone.stage.runtime.crashes == 1


def test_a_crash_over_a_backorder_fails_that_order_and_not_the_one_in_hand() -> None:
    lone = LoneProcessor("backorder", processor=Clumsy).stock(A=0, B=5)
    lone.hear(serve("answer-late", ("A", 1)))
    lone.at(2.0, serve("in-hand", ("B", 1)))
    lone.at(2.5, delivery("r", 1), "A")
    lone.stage.play()
    assert lone.outcomes == [
        ("answer-late", "rejected", "failed"),
        ("in-hand", "fulfilled", None),
    ]
    assert [story.finished for story in lone.stories] == [2.5, 3.0]
    assert [lone.units(sku) for sku in "AB"] == [(1, 0), (4, 0)]


class Poke(Message, frozen=True):
    """A message that the processor stumbles over."""


class Poked(Processor):
    """Crashes at a message that has nothing to do with an order."""

    @receives(Poke)
    def poke(self, _poke: Poke) -> None:
        raise ZeroDivisionError


def test_the_service_time_of_a_failed_order_does_not_end_in_the_next_ones() -> None:
    lone = LoneProcessor(service="2s", processor=Poked).stock(A=5)
    lone.at(0.0, serve("x", ("A", 1)))
    lone.at(1.0, Poke())
    lone.at(1.5, serve("y", ("A", 1)))
    lone.stage.play()
    assert lone.outcomes == [("x", "rejected", "failed"), ("y", "fulfilled", None)]
    assert [story.finished for story in lone.stories] == [1.0, 3.5]


def test_a_crash_with_no_order_in_hand_harms_none() -> None:
    lone = LoneProcessor(processor=Poked).stock(A=5)
    lone.hear(Poke(), serve("x", ("A", 1)))
    assert lone.outcomes == [("x", "fulfilled", None)]


class Hasty(Processor):
    """Crashes when it should give up."""

    @receives(GiveUp)
    def give_up(self, _give_up: GiveUp) -> None:
        raise ZeroDivisionError


def test_a_crash_while_giving_up_leaves_the_order_in_hand_alone() -> None:
    lone = LoneProcessor(service="2s", processor=Hasty).stock(A=5)
    lone.at(0.0, serve("x", ("A", 1)))
    lone.at(1.0, GiveUp())
    lone.stage.play()
    assert lone.outcomes == [("x", "fulfilled", None)]


# Laws.

orders = st.lists(
    st.tuples(
        st.sampled_from(["sale", "sale", "sale", "return", "restock"]),
        st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 4)), min_size=1, max_size=4),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(
    orders,
    st.sampled_from(["all_or_nothing", "partial", "backorder"]),
    st.sampled_from(["0ms", "300ms"]),
)
def test_whatever_is_ordered_the_lines_add_up_to_what_the_shelves_moved(
    script: list[tuple[Kind, list[tuple[str, int]]]], fulfilment: Fulfilment, service: str
) -> None:
    lone = LoneProcessor(fulfilment).stock(service, A=5, B=3, C=0)
    for number, (kind, lines) in enumerate(script):
        lone.hear(serve(str(number), *lines, kind=kind))
    lone.hear(GiveUp())
    assert lone.processor.in_hand == 0
    assert sorted(story.serve.order.id for story in lone.stories) == sorted(
        str(number) for number in range(len(script))
    )
    moved = {(sku, kind): 0 for sku in "ABC" for kind in ("sale", "return", "restock")}
    for story in lone.stories:
        order = story.serve.order
        for line, filled in zip(order.lines, story.filled, strict=True):
            assert 0 <= filled <= line.quantity
            moved[line.sku, order.kind] += filled
        assert misshapen(story, fulfilment) is None
        full = all(
            filled == line.quantity for line, filled in zip(order.lines, story.filled, strict=True)
        )
        assert full == (story.status == "fulfilled")
        assert (story.status == "rejected") == (not any(story.filled))
        if fulfilment != "partial":
            assert story.status != "partial"
    for sku, shelf in lone.stocks.items():
        assert shelf.stock.reserved == 0
        assert shelf.sold == moved[sku, "sale"]
        assert shelf.returned == moved[sku, "return"]
        assert shelf.restocked == moved[sku, "restock"]
    free = sum(done.free for done in lone.router.of(Done))
    assert free + len(lone.router.of(Ready)) == len(script)
