from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from actors.common.random_streams import Chance
from actors.decisions.order_json import encode_order
from actors.decisions.routing import STRATEGIES, SharedQueue, Strategy
from actors.measure.meters import Level
from actors.messages import (
    Done,
    Duplicate,
    Leave,
    Line,
    Order,
    Outcome,
    Place,
    Ready,
    Reason,
    Refused,
    Serve,
    Status,
)
from actors.ref import Ref
from actors.router import REMEMBERED, Router
from actors.runtime.actor import Actor, receives
from actors.testing import Stage

CATALOGUE = {"A", "B"}
NAMES = ("processor/1", "processor/2")


def body_of(ref: str, *, sku: str = "A", priority: int = 0, client: str = "web-1") -> bytes:
    order = Order(id=ref, client=client, placed_at=0.0, priority=priority, lines=(Line(sku, 1),))
    return encode_order(order)


def placed(ref: str, body: bytes | None = None, reply_to: Ref[Outcome] | None = None) -> Place:
    given = body_of(ref) if body is None else body
    return Place(ref, given, 0.0, "client/web-1", "web", "peak", reply_to)


class Alone:
    """A router among probes: two processors, a collector, two clients."""

    def __init__(
        self,
        strategy: str | Callable[[Chance], Strategy[Ref[Serve]]] = "shared_queue",
        limit: int | None = None,
        processors: int = 2,
        remembered: int = REMEMBERED,
        queue: Level | None = None,
    ) -> None:
        self.stage = Stage()
        self.collector = self.stage.probe("collector")
        self.queue = queue or Level()
        self.router = self.stage.spawn(
            "router",
            lambda: Router(
                CATALOGUE,
                STRATEGIES[strategy] if isinstance(strategy, str) else strategy,
                self.collector.actor_ref,
                self.queue,
                limit,
                remembered,
            ),
        )
        self.processors = [self.stage.probe(name) for name in NAMES]
        self.client = self.stage.probe("client/web-1")
        self.other = self.stage.probe("client/web-2")
        self.me: Ref[Outcome] = self.client.actor_ref
        self.her: Ref[Outcome] = self.other.actor_ref
        self.hear(*[self.ready(number + 1) for number in range(processors)])

    def ref(self, processor: int) -> Ref[Serve]:
        return self.processors[processor - 1].actor_ref

    def ready(self, processor: int = 1) -> Ready:
        return Ready(self.ref(processor))

    def leave(self, processor: int = 1) -> Leave:
        return Leave(self.ref(processor))

    def fulfilled(self, ref: str, processor: int = 1, *, free: bool = True) -> Done:
        return Done(self.ref(processor), free, ref, "fulfilled")

    def ended(self, ref: str, status: Status, reason: Reason | None = None) -> Done:
        return Done(self.ref(1), True, ref, status, reason)

    def hear(self, *messages: object) -> None:
        for message in messages:
            self.stage.tell("router", message)
        self.stage.play()

    def served(self, number: int = 1) -> list[str]:
        return [serve.order.id for serve in self.processors[number - 1].of(Serve)]

    def refusals(self) -> list[tuple[str, str]]:
        return [(found.place.ref, found.reason) for found in self.collector.of(Refused)]


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
    alone.hear(alone.fulfilled("a"))
    assert (alone.served(), alone.router.waiting) == (["a", "b"], 1)
    assert [serve.queued for serve in alone.processors[0].of(Serve)] == [False, True]


def test_a_higher_priority_overtakes() -> None:
    alone = Alone(processors=1)
    alone.hear(placed("a"), placed("b"), placed("c", body_of("c", priority=1)))
    alone.hear(alone.fulfilled("a"), alone.fulfilled("c"))
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
        alone.hear(*[alone.fulfilled(ref, number) for number, ref in news])
    assert sorted(alone.served(1) + alone.served(2)) == sorted(refs)
    assert alone.router.waiting == 0
    assert alone.router.dispatched == 20


def test_a_processor_without_an_outcome_is_free_all_the_same() -> None:
    alone = Alone(processors=1)
    alone.hear(placed("a"), placed("b", reply_to=alone.me))
    alone.hear(alone.ready())  # it put a backorder aside
    assert alone.served() == ["a", "b"]
    alone.hear(alone.fulfilled("a", free=False))  # the stock has come; it is busy with b
    assert alone.served() == ["a", "b"]
    assert alone.client.heard == []


def test_past_the_limit_an_order_is_overloaded() -> None:
    alone = Alone(limit=2, processors=1)
    alone.hear(*[placed(ref) for ref in "abcd"])
    assert alone.refusals() == [("d", "overloaded")]
    assert alone.collector.of(Refused)[0].detail == "2 orders wait"
    alone.hear(alone.fulfilled("a"), placed("e"))
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
    alone.hear(placed("a"), placed("b", reply_to=alone.her))
    alone.hear(alone.fulfilled("a", 1), alone.fulfilled("b", 2))
    assert alone.client.heard == []
    assert alone.other.heard == [Outcome("b", "fulfilled", None)]


@pytest.mark.parametrize(
    ("body", "reason"), [(b"?", "invalid"), (body_of("a", sku="C"), "unknown_product")]
)
def test_a_client_that_waits_hears_of_a_refusal(body: bytes, reason: str) -> None:
    alone = Alone()
    alone.hear(placed("a", body, reply_to=alone.me), placed("b", body))
    (answer,) = alone.client.of(Outcome)
    assert (answer.order_id, answer.status, answer.reason) == ("a", "rejected", reason)


def test_an_id_in_flight_joins_the_first_and_shares_its_outcome() -> None:
    alone = Alone()
    again = placed("a", reply_to=alone.her)
    alone.hear(placed("a", reply_to=alone.me), again, placed("a"))
    assert alone.served(1) + alone.served(2) == ["a"]
    assert alone.collector.of(Duplicate) == [Duplicate(again), Duplicate(placed("a"))]
    alone.hear(alone.fulfilled("a"))
    assert alone.client.heard == alone.other.heard == [Outcome("a", "fulfilled", None)]
    assert alone.router.duplicates == 2


def test_an_id_in_the_waiting_line_is_in_flight_too() -> None:
    alone = Alone(processors=1)
    alone.hear(placed("a"), placed("b"), placed("b"))
    assert alone.router.waiting == 1
    assert alone.router.duplicates == 1


@pytest.mark.parametrize("reason", ["out_of_stock", "failed"])
def test_an_outcome_is_answered_again_from_memory(reason: Reason) -> None:
    alone = Alone()
    alone.hear(placed("a"))
    alone.hear(alone.ended("a", "rejected", reason))
    alone.hear(placed("a", reply_to=alone.me), placed("a"))
    assert alone.served(1) + alone.served(2) == ["a"]
    assert [(answer.status, answer.reason) for answer in alone.client.of(Outcome)] == [
        ("rejected", reason)
    ]
    assert alone.router.duplicates == 2


def test_a_refusal_is_answered_again_from_memory() -> None:
    alone = Alone(limit=0, processors=1)
    alone.hear(
        placed("a"),
        placed("b", reply_to=alone.me),
        alone.fulfilled("a"),
        placed("b", reply_to=alone.me),
    )
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
        alone.hear(placed(ref), alone.fulfilled(ref))
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
        alone.hear(placed(ref), placed(ref), placed(f"{ref}-too-many"), alone.fulfilled(ref))
    router = alone.router
    assert len(router._ended) < 2 * 3
    assert router._in_flight == {}
    assert router._joined == {}


def test_an_outcome_that_is_told_twice_frees_the_processor_all_the_same() -> None:
    alone = Alone(processors=1)
    alone.hear(placed("a", reply_to=alone.me), placed("b"), placed("c"))
    alone.hear(alone.fulfilled("a"), alone.fulfilled("a"))
    assert alone.served() == ["a", "b", "c"]
    assert alone.client.heard == [Outcome("a", "fulfilled", None)]


@dataclass(frozen=True)
class Tick:
    """It is time for the next message of a script."""


class Playing(Actor[Tick]):
    """Tells the router one message a second."""

    def __init__(self, router: Ref[Any], script: Sequence[object]) -> None:
        super().__init__()
        self.router = router
        self.script = iter(script)

    @receives(Tick)
    def tick(self, tick: Tick) -> None:
        message = next(self.script, None)
        if message is not None:
            self.router.tell(message)
            self.after(1.0, tick)


def queue_of_a_script(warm_up: float) -> Level:
    # Seconds 0..6: waiting 0, 1, 2, 1, 0.
    alone = Alone(processors=1, queue=Level(warm_up))
    script = [placed("a"), placed("b"), placed("c"), alone.fulfilled("a"), alone.fulfilled("b")]
    alone.stage.spawn("playing", lambda: Playing(alone.router.actor_ref, script))
    alone.stage.tell("playing", Tick())
    alone.stage.play()
    return alone.queue


def test_the_queue_is_averaged_over_time() -> None:
    assert queue_of_a_script(0.0).mean(5.0) == (0 + 1 + 2 + 1 + 0) / 5
    assert queue_of_a_script(2.0).mean(5.0) == (2 + 1 + 0) / 3
    assert queue_of_a_script(0.0).largest(5.0) == 2


class Stumbling(SharedQueue[Ref[Serve]]):
    """Stumbles over one order, before or after it is said to be in flight."""

    def arrive(self, serve: Serve) -> Ref[Serve] | None:
        if serve.order.id == "bad":
            raise ZeroDivisionError
        return super().arrive(serve)

    def wait(self, serve: Serve) -> None:
        if serve.order.id == "late":
            raise ZeroDivisionError
        super().wait(serve)


def test_an_order_that_crashes_the_router_fails_and_the_others_go_on() -> None:
    alone = Alone(Stumbling, processors=1)
    alone.hear(*[placed(ref, reply_to=alone.me) for ref in ("bad", "a", "late", "b")])
    alone.hear(alone.fulfilled("a"))
    assert alone.refusals() == [("bad", "failed"), ("late", "failed")]
    assert alone.served() == ["a", "b"]
    assert [answer.order_id for answer in alone.client.of(Outcome)] == ["bad", "late", "a"]
    router = alone.router
    assert router.received == router.refused + router.dispatched
    assert alone.stage.runtime.crashes == 2


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
    alone.hear(alone.fulfilled("a"), alone.fulfilled("a"))  # the second time, nobody is told
    assert alone.router.told == {"overloaded": 1, "invalid": 1, "fulfilled": 1}
    alone.hear(alone.ended("b", "rejected", "out_of_stock"), placed("b"))
    alone.hear(placed("d"), alone.ended("d", "partial"))
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


# Processors that come and go.


def test_a_processor_that_joins_gets_an_order_that_waits() -> None:
    alone = Alone(processors=0)
    alone.hear(placed("a"), placed("b"), placed("c"))
    assert (alone.served(), alone.router.waiting) == ([], 3)
    alone.hear(alone.ready(1))
    assert (alone.served(), alone.router.waiting) == (["a"], 2)
    alone.hear(alone.ready(2), alone.fulfilled("a"))
    assert (alone.served(1), alone.served(2)) == (["a", "c"], ["b"])
    assert alone.router.waiting == 0


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_orders_that_came_before_any_processor_are_served_when_one_joins(strategy: str) -> None:
    alone = Alone(strategy, processors=0)
    alone.hear(*[placed(ref) for ref in "abc"])
    alone.hear(alone.ready(2))
    for ref in "abc":
        alone.hear(alone.fulfilled(ref, 2))
    assert alone.served(2) == ["a", "b", "c"]
    assert [serve.queued for serve in alone.processors[1].of(Serve)] == [True] * 3
    assert alone.router.waiting == 0


def test_the_limit_holds_before_any_processor_has_joined() -> None:
    alone = Alone("round_robin", limit=2, processors=0)
    alone.hear(*[placed(ref) for ref in "abc"])
    assert alone.refusals() == [("c", "overloaded")]


def test_a_processor_that_joins_in_the_midst_of_a_run_gets_its_share() -> None:
    alone = Alone("round_robin", processors=1)
    alone.hear(placed("a"), placed("b"), alone.ready(2), placed("c"), placed("d"))
    alone.hear(alone.fulfilled("a"), alone.fulfilled("b"))
    assert sorted(alone.served(1) + alone.served(2)) == ["a", "b", "c", "d"]
    assert alone.served(2)


def test_a_processor_that_leaves_gets_no_more() -> None:
    alone = Alone()
    alone.hear(alone.leave(1), placed("a"), placed("b"))
    assert (alone.served(1), alone.served(2)) == ([], ["a"])
    assert alone.router.waiting == 1


def test_a_processor_that_leaves_may_still_end_its_order_and_gets_no_other() -> None:
    alone = Alone(processors=1)
    alone.hear(placed("a", reply_to=alone.me), placed("b"))
    alone.hear(alone.leave(), alone.fulfilled("a"))
    assert alone.client.heard == [Outcome("a", "fulfilled", None)]
    assert (alone.served(), alone.router.waiting) == (["a"], 1)
    assert alone.router.told == {"fulfilled": 1}


@pytest.mark.parametrize("strategy", ["round_robin", "random", "least_loaded", "hash"])
def test_what_waited_for_a_processor_that_leaves_goes_to_others(strategy: str) -> None:
    alone = Alone(strategy)
    refs = [f"web-{number}" for number in range(8)]
    alone.hear(*[placed(ref, body_of(ref, client=ref)) for ref in refs])
    stays = 2 if len(alone.served(1)) else 1
    goes = 3 - stays
    alone.hear(alone.leave(goes))
    finished: set[str] = set()
    while news := [ref for ref in alone.served(stays) if ref not in finished]:
        finished.update(news)
        alone.hear(*[alone.fulfilled(ref, stays) for ref in news])
    assert len(alone.served(goes)) <= 1  # the one in its hands
    assert sorted(alone.served(1) + alone.served(2)) == refs
    assert alone.router.waiting == 0
    assert alone.router.dispatched == 8


def test_what_waited_for_a_processor_that_leaves_is_served_at_once_by_one_that_is_free() -> None:
    alone = Alone("round_robin")
    alone.hear(placed("a"), placed("b"), placed("c"))  # c waits for the first
    alone.hear(alone.fulfilled("b", 2))
    assert (alone.served(2), alone.router.waiting) == (["b"], 1)
    alone.hear(alone.leave(1))
    assert (alone.served(2), alone.router.waiting) == (["b", "c"], 0)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_when_the_last_processor_leaves_orders_wait_for_one_to_come(strategy: str) -> None:
    alone = Alone(strategy, processors=1)
    alone.hear(placed("a"), placed("b"), alone.leave(), alone.fulfilled("a"), placed("c"))
    assert (alone.served(), alone.router.waiting) == (["a"], 2)
    alone.hear(alone.ready(2), alone.fulfilled("b", 2), alone.fulfilled("c", 2))
    assert (alone.served(2), alone.router.waiting) == (["b", "c"], 0)


def test_who_leaves_twice_or_was_never_there_has_left() -> None:
    alone = Alone(processors=1)
    alone.hear(alone.leave(2), alone.leave(1), alone.leave(1), placed("a"))
    assert alone.stage.crashes == 0
    assert (alone.served(1), alone.served(2), alone.router.waiting) == ([], [], 1)


def test_a_processor_that_has_left_does_not_join_again_by_putting_its_order_aside() -> None:
    alone = Alone(processors=1)
    alone.hear(placed("a"), placed("b"), alone.leave(), Ready(alone.ref(1), again=True))
    assert (alone.served(), alone.router.waiting) == (["a"], 1)


def test_a_processor_that_has_left_may_come_back() -> None:
    alone = Alone(processors=1)
    alone.hear(alone.leave(), placed("a"), alone.ready(), alone.fulfilled("a"), placed("b"))
    assert alone.served() == ["a", "b"]


def test_the_queue_is_measured_when_a_processor_leaves_and_when_one_joins() -> None:
    alone = Alone("round_robin", processors=1)
    alone.hear(placed("a"), placed("b"), alone.leave())
    assert alone.queue.largest(0.0) == 1
    alone.hear(alone.ready(2))
    assert alone.queue.mean(10.0) == 0.0  # all of it in the first moment
