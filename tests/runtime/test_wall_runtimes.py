"""Runtimes on the wall clock: what they promise beyond the laws, threads and pool alike."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pykka
import pytest
from doers import Doer, doer
from speaker import Speaker
from typing_extensions import override

from actors.runtime.base import Runtime
from actors.runtime.pool import PoolRuntime
from actors.runtime.threads import ThreadsRuntime
from actors.runtime.wall import WallRuntime

Make = Callable[..., Runtime]


@pytest.fixture(params=[ThreadsRuntime, PoolRuntime])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    """Makes runtimes of one kind."""
    made: list[Runtime] = []

    def make_one(**settings: object) -> Runtime:
        runtime: Runtime = request.param(**settings)
        made.append(runtime)
        return runtime

    yield make_one
    for runtime in made:
        runtime.stop()


@pytest.fixture
def runtime(make: Make) -> Runtime:
    """A runtime; the test runs once on each kind."""
    return make()


def test_stop_ends_all_threads(make: Make) -> None:
    before = set(threading.enumerate())
    runtime = make()
    for number in range(50):
        doer(runtime, f"actor/{number}")
    runtime.tell("actor/7", lambda actor: actor.stop())
    runtime.tell("actor/8", lambda actor: actor.after(500.0, "never"))
    runtime.tell("actor/9", lambda _: runtime.interrupt())
    assert set(threading.enumerate()) - before
    runtime.run()
    runtime.stop()
    assert set(threading.enumerate()) <= before


def test_actors_really_run_at_once(runtime: Runtime) -> None:
    # Each waits inside its handler for the other: one thread alone would never get through.
    meeting = threading.Barrier(2, timeout=60)
    for name in ("a", "b"):
        doer(runtime, name)
        runtime.tell(name, lambda _: meeting.wait())
    assert runtime.run() == "quiescent"
    assert runtime.crashes == 0


def test_a_run_waits_for_a_handler_that_takes_long(runtime: Runtime) -> None:
    release = threading.Event()
    slow = doer(runtime, "slow")

    def wait(actor: Speaker) -> None:
        release.wait(60)
        actor.tell("slow", "done")

    runtime.tell("slow", wait)
    threading.Timer(0.05, release.set).start()
    assert runtime.run() == "quiescent"
    assert slow.heard == ["done"]


def test_a_run_waits_for_an_on_start_that_takes_long(runtime: Runtime) -> None:
    release = threading.Event()

    class Slow(Doer):
        @override
        def on_start(self) -> None:
            release.wait(60)
            self.tell("other", "started")

    other = doer(runtime, "other")
    runtime.spawn("slow", Slow)
    threading.Timer(0.05, release.set).start()
    assert runtime.run() == "quiescent"
    assert other.heard == ["started"]


def test_speed_makes_scenario_time_go_faster(make: Make) -> None:
    runtime = make(speed=1000.0)
    fast = doer(runtime, "fast")
    fired: list[float] = []
    began, real = runtime.now, time.monotonic()
    runtime.tell("fast", lambda actor: actor.after(20.0, lambda actor: fired.append(actor.now)))
    runtime.run()
    assert fired[0] - began >= 20.0
    assert time.monotonic() - real >= 0.02
    assert fast.errors == []
    runtime.stop()


def test_speed_makes_scenario_time_go_slower(make: Make) -> None:
    runtime = make(speed=0.1)
    doer(runtime, "slow")
    real = time.monotonic()
    runtime.tell("slow", lambda actor: actor.after(0.003, "late"))
    runtime.run()
    assert time.monotonic() - real >= 0.03
    runtime.stop()


def test_start_sets_the_clock_to_zero(runtime: Runtime) -> None:
    doer(runtime, "a")
    assert isinstance(runtime, WallRuntime)
    runtime._began -= 3600.0  # as if it had been made an hour ago
    assert runtime.now >= 3600.0
    runtime.start()
    assert 0.0 <= runtime.now < 3600.0


@pytest.mark.parametrize("error", [KeyboardInterrupt(), BaseException("whatever")])
def test_nothing_that_a_handler_raises_ends_its_thread(
    runtime: Runtime, error: BaseException
) -> None:
    def raise_it(_actor: Speaker) -> None:
        raise error

    owner = doer(runtime, "owner")
    runtime.tell("owner", raise_it)
    runtime.tell("owner", "next")
    with pytest.raises(type(error)):
        owner.actor_ref.ask(raise_it, timeout=60)
    assert runtime.run() == "quiescent"
    assert owner.heard == ["next"]
    assert owner.errors == [error]


def test_a_handler_that_does_not_end_is_named_at_stop(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    assert isinstance(runtime, WallRuntime)
    runtime.join_s = 0.05
    release, inside = threading.Event(), threading.Event()
    stuck = doer(runtime, "stuck")

    def wait(_actor: Speaker) -> None:
        inside.set()
        release.wait(60)

    runtime.tell("stuck", wait)
    assert inside.wait(60)
    runtime.stop()
    assert "stuck does not come to the end of its message" in caplog.text
    assert stuck.actor_ref.is_alive()  # nothing of it runs beside its own handler
    release.set()
    runtime.join_s = 60.0
    runtime.stop()
    assert not stuck.actor_ref.is_alive()


def test_crashes_on_many_threads_are_all_counted(runtime: Runtime) -> None:
    def fail(_actor: Speaker) -> None:
        raise ValueError

    for number in range(8):
        doer(runtime, f"actor/{number}")
    for _ in range(100):
        for number in range(8):
            runtime.tell(f"actor/{number}", fail)
    runtime.run()
    assert runtime.crashes == 800


def test_messages_from_many_outside_threads_are_all_counted(runtime: Runtime) -> None:
    doer(runtime, "a")

    def tell_many() -> None:
        for number in range(300):
            runtime.tell("a" if number % 2 else "nobody", number)

    outside = [threading.Thread(target=tell_many) for _ in range(6)]
    for thread in outside:
        thread.start()
    for thread in outside:
        thread.join()
    runtime.run()
    counts = runtime.counts()
    assert (counts.sent, counts.handled, counts.dead_lettered) == (1800, 900, 900)


def test_messages_in_between_are_never_more_than_sent(runtime: Runtime) -> None:
    seen: list[bool] = []

    def keep_going(actor: Speaker, left: int = 150) -> None:
        if left:
            actor.after(1e-5, lambda actor: keep_going(actor, left - 1))
            actor.tell("b", left)
            counts = runtime.counts()
            seen.append(counts.sent >= counts.handled + counts.dead_lettered)

    doer(runtime, "a")
    doer(runtime, "b")
    runtime.tell("a", keep_going)
    runtime.run()
    assert len(seen) == 150
    assert all(seen)


def test_a_handler_may_wait_for_the_answer_of_another(runtime: Runtime) -> None:
    other, asking = doer(runtime, "other"), doer(runtime, "asking")
    runtime.tell("asking", lambda actor: actor.tell("asking", other.actor_ref.ask("question")))
    assert runtime.run() == "quiescent"
    assert other.heard == asking.heard == ["question"]
    assert runtime.crashes == 0


def test_an_on_start_may_wait_for_the_answer_of_another(runtime: Runtime) -> None:
    other = doer(runtime, "other")

    class Asking(Doer):
        @override
        def on_start(self) -> None:
            self.heard.append(other.actor_ref.ask("question"))

    runtime.spawn("asking", Asking)
    runtime.tell("asking", "told")
    runtime.run()
    asking = runtime.actor("asking")
    assert isinstance(asking, Doer)
    assert asking.heard == ["question", "told"]


def test_handlers_that_wait_for_each_other_s_neighbours_all_get_their_answers(
    runtime: Runtime,
) -> None:
    # A line of twenty, each waiting for the next, begun at every place at once.
    line = [doer(runtime, f"actor/{number}") for number in range(20)]

    def ask_on(place: int, _actor: Speaker) -> int:
        if place + 1 == len(line):
            return 1
        return 1 + int(line[place + 1].actor_ref.ask(partial(ask_on, place + 1), block=True))

    answers = [
        actor.actor_ref.ask(partial(ask_on, place), block=False) for place, actor in enumerate(line)
    ]
    assert pykka.get_all(answers, timeout=60) == list(range(20, 0, -1))


def test_an_answer_that_does_not_come_in_time_is_a_timeout(runtime: Runtime) -> None:
    owner = doer(runtime, "owner")
    runtime.tell("owner", lambda actor: actor.actor_ref.ask("myself", timeout=0.02))
    runtime.tell("owner", "next")
    assert runtime.run() == "quiescent"
    assert [type(error) for error in owner.errors] == [pykka.Timeout]
    assert sorted(map(str, owner.heard)) == ["myself", "next"]


def test_a_handler_that_waits_for_an_actor_that_is_stopped_hears_of_it(runtime: Runtime) -> None:
    asked = threading.Event()
    release = threading.Event()
    busy, waiting = doer(runtime, "busy"), doer(runtime, "waiting")

    def ask(_actor: Speaker) -> None:
        future = busy.actor_ref.ask("question", block=False)
        asked.set()
        future.get()

    runtime.tell("busy", lambda _: release.wait(60))
    runtime.tell("waiting", ask)
    assert asked.wait(60)
    threading.Timer(0.02, release.set).start()
    runtime.stop()
    assert [type(error) for error in waiting.errors] == [pykka.ActorDeadError]
    counts = runtime.counts()
    assert counts.sent == counts.handled + counts.dead_lettered == 3


def test_forgetting_does_not_search_the_timers_of_others(runtime: Runtime) -> None:
    forgetful = doer(runtime, "forgetful")
    assert isinstance(runtime, WallRuntime)
    others = 1_000

    def set_many(actor: Speaker) -> None:
        for number in range(others):
            actor.after(1_000.0 + number, number)

    def set_and_forget(actor: Speaker) -> None:
        actor.after(2_000.0, "never")
        actor.forget_timers()

    doer(runtime, "other")
    runtime.tell("other", set_many)
    runtime.tell("forgetful", set_and_forget)
    runtime.tell("forgetful", lambda _: runtime.interrupt())
    assert runtime.run() == "interrupted"
    runtime.tell("other", lambda actor: actor.forget_timers())
    assert runtime.run() == "quiescent"
    assert forgetful.heard == []
    counts = runtime.counts()
    assert counts.sent == counts.handled == 4
