from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add

import pytest

from actors.collector import BULK, Collector
from actors.measure.audit import Examiner, Rules
from actors.measure.journal import Detail, Event
from actors.measure.ledger import Ledger
from actors.measure.order_statistics import Ended, OrderStatistics
from actors.messages import (
    Duplicate,
    Line,
    Order,
    Place,
    Processed,
    Reason,
    Refused,
    Serve,
    Status,
)
from actors.runtime.virtual import VirtualRuntime
from actors.testing import Stage


def placed(ref: str, at: float = 0.0) -> Place:
    return Place(ref, b"", at, "client/web-1", "web", "peak")


def done(
    ref: str,
    status: Status = "fulfilled",
    reason: Reason | None = None,
    short: tuple[str, ...] = (),
) -> Processed:
    order = Order(id=ref, client="web-1", placed_at=0.0, lines=(Line("A", 2), Line("B", 1)))
    serve = Serve(order, placed(ref), False)
    return Processed(serve, "processor/1", 0.0, 1.0, 1.0, status, reason, short, (2, 1))


def refused(ref: str, why: str, reason: Reason = "invalid") -> Refused:
    return Refused(placed(ref), None, 1.0, reason, why)


class Lone:
    """A collector with its books, the examiner, and a sink that remembers its batches."""

    def __init__(self, collector: type[Collector] = Collector, bulk: int = BULK) -> None:
        self.events: list[Event] = []
        self.batches: list[list[Ended]] = []
        self.ledger = Ledger()
        self.metrics = OrderStatistics(0.0, {})
        examiner = Examiner(
            self.ledger, Rules("all_or_nothing", "AB", {"web": {"peak": (0.0, 9.0)}})
        )
        sinks = [examiner.take, self.sink]
        self.stage = Stage(VirtualRuntime(journal=self.events.append, detail=Detail.OUTCOMES))
        self.collector = self.stage.spawn(
            "collector", lambda: collector(self.ledger, self.metrics, sinks, bulk)
        )

    def sink(self, batch: Sequence[Ended]) -> None:
        self.batches.append(list(batch))

    def hear(self, *messages: object) -> None:
        for message in messages:
            self.stage.tell("collector", message)
        self.stage.play()


def test_an_order_is_struck_off_once_it_is_handed_on() -> None:
    lone = Lone()
    for ref in "abc":
        lone.ledger.placed(placed(ref))
    lone.hear(done("a"), refused("b", "not JSON"))
    assert lone.collector.recorded == 2
    assert [place.ref for place in lone.ledger.open()] == ["a", "b", "c"]
    lone.collector.hand_on()
    assert [place.ref for place in lone.ledger.open()] == ["c"]


def test_orders_are_handed_on_in_batches_in_the_order_they_ended() -> None:
    lone = Lone(bulk=3)
    stories: list[Ended] = [done("a"), refused("b", "?"), done("c"), done("d")]
    lone.hear(*stories[:2])
    assert lone.batches == []
    lone.hear(*stories[2:])
    assert lone.batches == [stories[:3]]
    lone.collector.hand_on()
    assert lone.batches == [stories[:3], stories[3:]]
    lone.collector.hand_on()
    assert sum(len(batch) for batch in lone.batches) == 4


def test_dead_letters_are_counted_by_reason_with_the_first_as_an_example() -> None:
    lone = Lone()
    lone.hear(
        refused("a", "no lines"),
        refused("b", "not JSON"),
        refused("c", "not JSON"),
        refused("d", "9 orders wait", "overloaded"),
    )
    assert [
        (letter.why, letter.count, letter.example) for letter in lone.collector.dead_letters()
    ] == [
        ("not JSON", 2, "b"),
        ("no lines", 1, "a"),
    ]


def test_beyond_fifty_reasons_the_rest_share_one_entry() -> None:
    lone = Lone()
    lone.hear(*[refused(f"first-{number}", f"reason {number}") for number in range(60)])
    lone.hear(*[refused(f"second-{number}", f"reason {number}") for number in range(60)])
    letters = {letter.why: letter for letter in lone.collector.dead_letters()}
    assert len(letters) == 51
    assert (letters["other reasons"].count, letters["other reasons"].example) == (20, "first-50")
    assert letters["reason 7"].count == 2
    assert sum(letter.count for letter in letters.values()) == 120


def test_an_id_that_came_again_is_counted_and_needs_no_outcome() -> None:
    lone = Lone()
    lone.ledger.placed(placed("a"))
    lone.ledger.placed(placed("a", 2.5))
    lone.hear(Duplicate(placed("a", 2.5)), done("a"))
    assert [place.scheduled for place in lone.ledger.open()] == [0.0]
    lone.collector.hand_on()
    assert lone.ledger.open() == []
    assert (lone.ledger.duplicated, lone.ledger.unexpected) == (0, 0)
    assert lone.collector.duplicates_scheduled == 2.5
    assert lone.metrics.block(None, None, 1.0).orders.duplicates == 1
    assert lone.collector.recorded == 1


def test_the_moments_of_many_duplicates_add_up_without_drift() -> None:
    lone = Lone()
    for _ in range(3_000):
        lone.ledger.placed(placed("a", 0.1))
    lone.hear(*[Duplicate(placed("a", 0.1))] * 3_000)
    assert lone.collector.duplicates_scheduled == pytest.approx(300, rel=1e-15)
    assert reduce(add, [0.1] * 3_000) != 300  # a plain sum drifts


def test_what_ends_is_told_to_whoever_watches() -> None:
    lone = Lone()
    lone.hear(
        done("a"),
        done("b", "rejected", "out_of_stock", ("A",)),
        done("c", "partial", None, ("B", "A")),
        refused("d", "not JSON"),
        refused("e", "A-17", "unknown_product"),
        Duplicate(placed("f")),
    )
    assert [(event.kind, event.order_id, event.text) for event in lone.events] == [
        ("fulfilled", "a", "2 lines, 3 units"),
        ("rejected", "b", "out_of_stock A"),
        ("partial", "c", "B"),
        ("dead_letter", "d", "invalid not JSON"),
        ("rejected", "e", "unknown_product A-17"),
        ("duplicate", "f", "was seen before"),
    ]
