"""One heap serves thousands of timers, at their moment or after, in their order."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from doers import Doer
from speaker import Speaker
from typing_extensions import override

from actors.common.compiled import in_use
from actors.runtime.base import Runtime
from actors.runtime.pool import PoolRuntime
from actors.runtime.pool_mailbox import PoolMailbox
from actors.runtime.threads import ThreadsRuntime
from actors.runtime.timers import TimerHeap


class Sleeper(Speaker):
    """Sets timers and remembers when which came."""

    def __init__(self) -> None:
        super().__init__()
        self.fired: list[tuple[float, object]] = []

    @override
    def on_receive(self, message: object) -> None:
        if callable(message):
            message(self)
        else:
            self.fired.append((self.now, message))


@pytest.fixture(params=[ThreadsRuntime, PoolRuntime])
def runtime(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    runtime: Runtime = request.param()
    yield runtime
    runtime.stop()


def sleeper(runtime: Runtime, name: str) -> Sleeper:
    runtime.spawn(name, Sleeper)
    actor = runtime.actor(name)
    assert isinstance(actor, Sleeper)
    return actor


def test_thousands_of_timers_all_fire_and_none_early(runtime: Runtime) -> None:
    sleepers = [sleeper(runtime, f"sleeper/{number}") for number in range(10)]

    def set_many(actor: Speaker) -> None:
        began = actor.now
        delays = [random.Random(actor.name).random() * 0.05 for _ in range(500)]
        delays = [delay * (number + 1) / 500 for number, delay in enumerate(delays)]
        for delay in delays:
            actor.at(began + delay, began + delay)

    for actor in sleepers:
        runtime.tell(actor.name, set_many)
    assert runtime.run() == "quiescent"
    assert sum(len(actor.fired) for actor in sleepers) == 5_000
    for actor in sleepers:
        assert all(isinstance(due, float) and now >= due for now, due in actor.fired)


def test_an_earlier_timer_set_later_is_served_first(runtime: Runtime) -> None:
    actor = sleeper(runtime, "a")
    runtime.tell("a", lambda actor: actor.after(0.4, "late"))
    runtime.tell("a", lambda actor: actor.after(0.001, lambda actor: actor.forget_timers()))
    runtime.run()
    assert actor.fired == []
    assert runtime.now < 3600.0


def test_a_timer_in_a_thousand_years_waits_without_harm(runtime: Runtime) -> None:
    actor = sleeper(runtime, "a")
    runtime.tell("a", lambda actor: actor.after(3e10, "never"))
    runtime.tell("a", lambda actor: actor.after(float("inf"), "never ever"))
    runtime.tell("a", lambda actor: actor.after(0.002, "soon"))
    runtime.tell("a", lambda actor: actor.after(0.004, lambda actor: actor.forget_timers()))
    assert runtime.run() == "quiescent"
    assert [what for _, what in actor.fired] == ["soon"]


def test_forgetting_leaves_the_timers_of_others(runtime: Runtime) -> None:
    forgetful, other = sleeper(runtime, "forgetful"), sleeper(runtime, "other")

    def set_and_forget(actor: Speaker) -> None:
        for number in range(50):
            actor.after(0.001 * number + 100.0, number)
        actor.forget_timers()

    def set_some(actor: Speaker) -> None:
        for number in range(50):
            actor.after(0.0001 * number, number)

    runtime.tell("other", set_some)
    runtime.tell("forgetful", set_and_forget)
    runtime.run()
    assert forgetful.fired == []
    assert [what for _, what in other.fired] == list(range(50))
    counts = runtime.counts()
    assert counts.sent == counts.handled == 52


@pytest.mark.skipif(in_use(), reason="in compiled code nobody comes in between at this point")
def test_a_timer_set_while_a_forgotten_one_is_taken_off_is_not_lost() -> None:
    heap = TimerHeap(lambda: None)

    class Mailbox(PoolMailbox):
        def remembers(self, epoch: int) -> bool:  # noqa: ARG002
            # Another thread comes in between just when the heap looks at the earliest timer.
            heap.set(1.0, other, "earlier", 0)
            return False

    runtime = PoolRuntime()
    other = PoolMailbox("other", runtime, Doer, runtime.timers, runtime.lead)
    forgetful = Mailbox("forgetful", runtime, Doer, runtime.timers, runtime.lead)
    heap.set(2.0, forgetful, "forgotten", 0)
    assert heap.next() == 1.0
    runtime.stop()


def test_timers_left_at_stop_are_neither_sent_nor_lost(runtime: Runtime) -> None:
    sleeper(runtime, "a")

    def set_and_interrupt(actor: Speaker) -> None:
        for number in range(1000):
            actor.after(1000.0 + number, number)
        runtime.interrupt()

    runtime.tell("a", set_and_interrupt)
    assert runtime.run() == "interrupted"
    runtime.stop()
    counts = runtime.counts()
    assert (counts.sent, counts.handled, counts.dead_lettered) == (1, 1, 0)
