from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

import pytest

from actors.decisions.order_json import encode_order
from actors.decisions.routing import STRATEGIES, SharedQueue
from actors.messages import (
    Done,
    Duplicate,
    Line,
    Order,
    Outcome,
    Place,
    Refused,
    Serve,
)
from actors.router import REMEMBERED, Router
from actors.runtime.actor import Actor, receives
from actors.testing import Probe, Stage

CATALOGUE = {"A", "B"}
NAMES = ("processor/1", "processor/2")


def body_of(ref: str, *, sku: str = "A", priority: int = 0, client: str = "web-1") -> bytes:
    order = Order(id=ref, client=client, placed_at=0.0, priority=priority, lines=(Line(sku, 1),))
    return encode_order(order)


def placed(
    ref: str, body: bytes | None = None, *, waits: bool = False, sender: str = "client/web-1"
) -> Place:
    return Place(ref, body_of(ref) if body is None else body, 0.0, sender, "web", "peak", waits)


class Alone:
    """A router among probes: two processors, a collector, two clients."""

    def __init__(
        self,
        strategy: str = "shared_queue",
        limit: int | None = None,
        router: type[Router] = Router,
        processors: int = 2,
        remembered: int = REMEMBERED,
    ) -> None:
        self.stage = Stage()
        names = NAMES[:processors]
        factory = partial(STRATEGIES[strategy], names)
        self.router = self.stage.spawn(
            "router", lambda: router(CATALOGUE, factory, limit, remembered=remembered)
        )
        self.processors = [self.stage.probe(name) for name in NAMES]
        self.collector = self.stage.probe("collector")
        self.client = self.stage.probe("client/web-1")
        self.other = self.stage.probe("client/web-2")

    def hear(self, *messages: object) -> None:
        for message in messages:
            self.stage.tell("router", message)
        self.stage.play()

    def served(self, number: int = 1) -> list[str]:
        return [serve.order.id for serve in self.processors[number - 1].of(Serve)]

    def refusals(self) -> list[tuple[str, str]]:
        return [(found.place.ref, found.reason) for found in self.collector.of(Refused)]


def fulfilled(ref: str, processor: int = 1, *, free: bool = True) -> Done:
    return Done(f"processor/{processor}", free, ref, "fulfilled")


def test_an_order_goes_to_a_free_processor_at_once() -> None:
    alone = Alone()
    alone.hear(placed("a"))
    (serve,) = alone.processors[0].of(Serve)
    assert serve.order.id == "a"
    assert serve.place == placed("a")
    assert not serve.queued
    assert alone.router.dispatched == 1
    assert alone.collector.heard == []


def test_an_order_waits_until_a_processor_says_that_it_is_free() -> None:
    alone = Alone(processors=1)
    alone.hear(placed("a"), placed("b"), placed("c"))
    assert (alone.served(), alone.router.waiting) == (["a"], 2)
    alone.hear(fulfilled("a"))
    assert (alone.served(), alone.router.waiting) == (["a", "b"], 1)
    assert [serve.queued for serve in alone.processors[0].of(Serve)] == [False, True]


def test_a_higher_priority_overtakes() -> None:
    alone = Alone(processors=1)
    alone.hear(placed("a"), placed("b"), placed("c", body_of("c", priority=1)))
    alone.hear(fulfilled("a"), fulfilled("c"))
    assert alone.served() == ["a", "c", "b"]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_serves_every_order_once(strategy: str) -> None:
    alone = Alone(strategy)
    refs = [f"web-{number}" for number in range(20)]
    alone.hear(*[placed(ref, body_of(ref, client=ref)) for ref in refs])
    finished: set[tuple[int, str]] = set()
    for _ in range(20):
        news = [
            (number, ref)
            for number in (1, 2)
            for ref in alone.served(number)
            if (number, ref) not in finished
        ]
        finished.update(news)
        alone.hear(*[fulfilled(ref, number) for number, ref in news])
    assert sorted(alone.served(1) + alone.served(2)) == sorted(refs)
    assert alone.router.waiting == 0
    assert alone.router.dispatched == 20


def test_a_processor_without_an_outcome_is_free_all_the_same() -> None:
    alone = Alone(processors=1)
    alone.hear(placed("a"), placed("b", waits=True))
    alone.hear(Done("processor/1", free=True))  # it put a backorder aside
    assert alone.served() == ["a", "b"]
    alone.hear(fulfilled("a", free=False))  # the stock has come; it is busy with b
    assert alone.served() == ["a", "b"]
    assert alone.client.heard == []


def test_past_the_limit_an_order_is_overloaded() -> None:
    alone = Alone(limit=2, processors=1)
    alone.hear(*[placed(ref) for ref in "abcd"])
    assert alone.refusals() == [("d", "overloaded")]
    assert alone.collector.of(Refused)[0].detail == "2 orders wait"
    alone.hear(fulfilled("a"), placed("e"))
    assert alone.refusals() == [("d", "overloaded")]


def test_with_a_limit_of_zero_nobody_waits() -> None:
    alone = Alone(limit=0, processors=1)
    alone.hear(placed("a"), placed("b"))
    assert alone.refusals() == [("b", "overloaded")]


def test_what_is_no_order_is_a_dead_letter_with_its_reason() -> None:
    alone = Alone()
    alone.hear(placed("a", b"hello"), placed("b", b"{}"))
    first, second = alone.collector.of(Refused)
    assert (first.reason, first.order) == ("invalid", None)
    assert first.detail == "not JSON: invalid character"
    assert second.detail == "Object missing required field `id`"
    assert alone.router.refused == 2


def test_an_envelope_must_name_the_order_in_it() -> None:
    alone = Alone()
    alone.hear(placed("a", body_of("b")))
    (refused,) = alone.collector.of(Refused)
    assert (refused.reason, refused.detail) == ("invalid", "the envelope names another id")


def test_a_product_that_does_not_exist_is_named() -> None:
    alone = Alone()
    body = json.dumps(
        {
            "id": "a",
            "client": "web-1",
            "placed_at": 0,
            "lines": [{"sku": "A", "quantity": 1}, {"sku": "C", "quantity": 1}],
        }
    )
    alone.hear(placed("a", body.encode()))
    (refused,) = alone.collector.of(Refused)
    assert (refused.reason, refused.detail) == ("unknown_product", "C")
    assert refused.order is not None


def test_only_clients_that_wait_are_answered() -> None:
    alone = Alone()
    alone.hear(placed("a"), placed("b", waits=True, sender="client/web-2"))
    alone.hear(fulfilled("a", 1), fulfilled("b", 2))
    assert alone.client.heard == []
    assert alone.other.heard == [Outcome("b", "fulfilled", None)]


@pytest.mark.parametrize(
    ("body", "reason"), [(b"?", "invalid"), (body_of("a", sku="C"), "unknown_product")]
)
def test_a_client_that_waits_hears_of_a_refusal(body: bytes, reason: str) -> None:
    alone = Alone()
    alone.hear(placed("a", body, waits=True), placed("b", body))
    (answer,) = alone.client.of(Outcome)
    assert (answer.order_id, answer.status, answer.reason) == ("a", "rejected", reason)


def test_an_id_in_flight_joins_the_first_and_shares_its_outcome() -> None:
    alone = Alone()
    again = placed("a", waits=True, sender="client/web-2")
    alone.hear(placed("a", waits=True), again, placed("a"))
    assert alone.served(1) + alone.served(2) == ["a"]
    assert alone.collector.of(Duplicate) == [Duplicate(again), Duplicate(placed("a"))]
    alone.hear(fulfilled("a"))
    assert alone.client.heard == alone.other.heard == [Outcome("a", "fulfilled", None)]
    assert alone.router.duplicates == 2


def test_an_id_in_the_waiting_line_is_in_flight_too() -> None:
    alone = Alone(processors=1)
    alone.hear(placed("a"), placed("b"), placed("b"))
    assert alone.router.waiting == 1
    assert alone.router.duplicates == 1


@pytest.mark.parametrize("reason", ["out_of_stock", "failed"])
def test_an_outcome_is_answered_again_from_memory(reason: str) -> None:
    alone = Alone()
    alone.hear(placed("a"))
    alone.hear(Done("processor/1", True, "a", "rejected", reason))  # type: ignore[arg-type]
    alone.hear(placed("a", waits=True), placed("a"))
    assert alone.served(1) + alone.served(2) == ["a"]
    assert [(answer.status, answer.reason) for answer in alone.client.of(Outcome)] == [
        ("rejected", reason)
    ]
    assert alone.router.duplicates == 2


def test_a_refusal_is_answered_again_from_memory() -> None:
    alone = Alone(limit=0, processors=1)
    alone.hear(placed("a"), placed("b", waits=True), fulfilled("a"), placed("b", waits=True))
    assert alone.served() == ["a"]
    assert alone.client.of(Outcome) == [Outcome("b", "rejected", "overloaded")] * 2
    assert alone.refusals() == [("b", "overloaded")]
    assert alone.router.duplicates == 1


def test_an_invalid_order_does_not_use_up_its_id() -> None:
    alone = Alone()
    alone.hear(placed("a", b"?"), placed("a"))
    assert alone.served() == ["a"]
    assert alone.router.duplicates == 0


def test_beyond_what_it_remembers_an_id_is_a_new_order() -> None:
    alone = Alone(remembered=3)
    for ref in "abcdef":
        alone.hear(placed(ref), fulfilled(ref))
    alone.hear(placed("d"), placed("a"))
    assert alone.router.duplicates == 1  # d is remembered, a is not
    serves = alone.processors[0].of(Serve) + alone.processors[1].of(Serve)
    attempts = [serve.attempt for serve in serves if serve.order.id == "a"]
    assert len(attempts) == 2
    assert attempts[0] < attempts[1]  # an inventory that remembers the old one is not misled


def test_memory_is_as_long_as_the_documented_limit() -> None:
    assert REMEMBERED == 65_536


def test_nothing_is_kept_of_orders_beyond_the_memory() -> None:
    alone = Alone(limit=0, processors=1, remembered=3)
    for number in range(20):
        ref = str(number)
        alone.hear(placed(ref), placed(ref), placed(f"{ref}-too-many"), fulfilled(ref))
    router = alone.router
    assert len(router._ended) < 2 * 3
    assert router._in_flight == {}
    assert router._joined == {}


def test_an_outcome_that_is_told_twice_frees_the_processor_all_the_same() -> None:
    alone = Alone(processors=1)
    alone.hear(placed("a", waits=True), placed("b"), placed("c"))
    alone.hear(fulfilled("a"), fulfilled("a"))
    assert alone.served() == ["a", "b", "c"]
    assert alone.client.heard == [Outcome("a", "fulfilled", None)]


class Tick:
    """It is time for the next message of a script."""


class Playing(Actor):
    """Tells the router one message a second."""

    def __init__(self, script: Sequence[object]) -> None:
        super().__init__()
        self.script = iter(script)

    @receives(Tick)
    def tick(self, tick: Tick) -> None:
        message = next(self.script, None)
        if message is not None:
            self.tell("router", message)
            self.after(1.0, tick)


def play_script(warm_up: float, script: Sequence[object]) -> Router:
    stage = Stage()
    strategy = partial(SharedQueue, NAMES[:1])
    router = stage.spawn("router", lambda: Router(CATALOGUE, strategy, None, warm_up))
    for name in ("processor/1", "collector"):
        stage.probe(name)
    stage.spawn("playing", lambda: Playing(script))
    stage.tell("playing", Tick())
    stage.play()
    return router


def test_the_queue_is_averaged_over_time() -> None:
    # Seconds 0..6: waiting 0, 1, 2, 1, 0.
    script = [placed("a"), placed("b"), placed("c"), fulfilled("a"), fulfilled("b")]
    assert play_script(0.0, script).queue.mean(5.0) == (0 + 1 + 2 + 1 + 0) / 5
    assert play_script(2.0, script).queue.mean(5.0) == (2 + 1 + 0) / 3
    assert play_script(0.0, script).queue.largest(5.0) == 2


class Stumbling(SharedQueue):
    """Stumbles over one order, before or after it is said to be in flight."""

    def arrive(self, serve: Serve) -> str | None:
        if serve.order.id == "bad":
            raise ZeroDivisionError
        return super().arrive(serve)

    def wait(self, serve: Serve) -> None:
        if serve.order.id == "late":
            raise ZeroDivisionError
        super().wait(serve)


def test_an_order_that_crashes_the_router_fails_and_the_others_go_on() -> None:
    stage = Stage()
    router = stage.spawn("router", lambda: Router(CATALOGUE, lambda rng: Stumbling(NAMES[:1], rng)))
    collector, client = stage.probe("collector"), stage.probe("client/web-1")
    processor: Probe = stage.probe("processor/1")
    for ref in ("bad", "a", "late", "b"):
        stage.tell("router", placed(ref, waits=True))
    stage.play()
    stage.tell("router", fulfilled("a"))
    stage.play()
    assert [(found.place.ref, found.reason) for found in collector.of(Refused)] == [
        ("bad", "failed"),
        ("late", "failed"),
    ]
    assert [serve.order.id for serve in processor.of(Serve)] == ["a", "b"]
    assert [answer.order_id for answer in client.of(Outcome)] == ["bad", "late", "a"]
    assert router.received == router.refused + router.dispatched
    assert stage.runtime.crashes == 2


def test_the_counts_follow_every_order() -> None:
    alone = Alone(limit=1, processors=1)
    alone.hear(
        placed("a"), placed("b"), placed("c"), placed("a"), placed("x", b"?"), placed("x", b"?")
    )
    router = alone.router
    assert (router.received, router.refused, router.duplicates) == (6, 3, 1)
    assert (router.dispatched, router.waiting) == (1, 1)


def test_outcomes_are_told_by_status_and_rejected_ones_by_reason_each_once() -> None:
    alone = Alone(limit=1, processors=1)
    alone.hear(placed("a"), placed("b"), placed("c"), placed("a"), placed("x", b"?"))
    assert alone.router.told == {"overloaded": 1, "invalid": 1}
    alone.hear(fulfilled("a"), fulfilled("a"))  # the second time, nobody is told
    assert alone.router.told == {"overloaded": 1, "invalid": 1, "fulfilled": 1}
    alone.hear(Done("processor/1", True, "b", "rejected", "out_of_stock"), placed("b"))
    alone.hear(placed("d"), Done("processor/1", True, "d", "partial"))
    assert alone.router.told == {
        "overloaded": 1,
        "invalid": 1,
        "fulfilled": 1,
        "out_of_stock": 1,
        "partial": 1,
    }


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_that_is_there_keeps_its_lines(strategy: str) -> None:
    # The audit holds the router to it.
    assert STRATEGIES[strategy].in_line
