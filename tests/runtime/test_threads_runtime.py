"""True concurrency: a thread for each actor, and none left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from doers import Doer, doer
from typing_extensions import override

from actors.errors import UsageError
from actors.runtime import threads
from actors.runtime.actor import Actor
from actors.runtime.threads import ThreadsRuntime


@pytest.fixture
def runtime() -> Iterator[ThreadsRuntime]:
    runtime = ThreadsRuntime()
    yield runtime
    runtime.stop()


def test_stop_ends_all_threads() -> None:
    before = set(threading.enumerate())
    runtime = ThreadsRuntime()
    for number in range(50):
        doer(runtime, f"actor/{number}")
    runtime.tell("actor/7", lambda actor: actor.stop())
    runtime.tell("actor/8", lambda actor: actor.after(500.0, "never"))
    runtime.tell("actor/9", lambda _: runtime.interrupt())
    assert len(set(threading.enumerate()) - before) >= 50
    runtime.run()
    runtime.stop()
    assert set(threading.enumerate()) <= before


def test_each_actor_runs_on_one_thread_of_its_own(runtime: ThreadsRuntime) -> None:
    seen: dict[str, set[str]] = {"a": set(), "b": set()}

    def look(actor: Actor) -> None:
        seen[actor.name].add(threading.current_thread().name)
        actor.after(0.0001, look_again)

    def look_again(actor: Actor) -> None:
        seen[actor.name].add(threading.current_thread().name)

    for name in seen:
        doer(runtime, name)
        runtime.tell(name, look)
    runtime.run()
    assert seen == {"a": {"a"}, "b": {"b"}}


def test_actors_really_run_at_once(runtime: ThreadsRuntime) -> None:
    # Each waits inside its handler for the other: one thread alone would never get through.
    meeting = threading.Barrier(2, timeout=60)
    for name in ("a", "b"):
        doer(runtime, name)
        runtime.tell(name, lambda _: meeting.wait())
    assert runtime.run() == "quiescent"
    assert runtime.crashes == 0


def test_a_run_waits_for_a_handler_that_takes_long(runtime: ThreadsRuntime) -> None:
    release = threading.Event()
    slow = doer(runtime, "slow")

    def wait(actor: Actor) -> None:
        release.wait(60)
        actor.tell("slow", "done")

    runtime.tell("slow", wait)
    threading.Timer(0.05, release.set).start()
    assert runtime.run() == "quiescent"
    assert slow.heard == ["done"]


def test_a_run_waits_for_an_on_start_that_takes_long(runtime: ThreadsRuntime) -> None:
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


def test_a_message_that_passes_the_watcher_by_is_not_overlooked() -> None:
    # While the watcher adds up, one message is handled that it has seen sent, and sends one
    # that it has not: read in the wrong order, the sums would agree.
    first, second = threading.Event(), threading.Event()

    class Watched(ThreadsRuntime):
        @override
        def _handled(self) -> int:
            first.set()
            while not watched.actor("a")._mailbox.handled:
                time.sleep(0)
            return super()._handled()

    def hand_on(actor: Actor) -> None:
        first.wait(60)
        actor.tell("b", lambda _: second.wait(60))

    watched = Watched()
    doer(watched, "a")
    doer(watched, "b")
    watched.tell("a", hand_on)
    assert not watched.quiet()
    second.set()
    assert watched.run() == "quiescent"
    assert watched.counts().handled == 2
    watched.stop()


def test_speed_makes_scenario_time_go_faster() -> None:
    runtime = ThreadsRuntime(speed=1000.0)
    fast = doer(runtime, "fast")
    fired: list[float] = []
    began, real = runtime.now, time.monotonic()
    runtime.tell("fast", lambda actor: actor.after(20.0, lambda actor: fired.append(actor.now)))
    runtime.run()
    assert fired[0] - began >= 20.0
    assert time.monotonic() - real >= 0.02
    assert fast.errors == []
    runtime.stop()


def test_speed_makes_scenario_time_go_slower() -> None:
    runtime = ThreadsRuntime(speed=0.1)
    doer(runtime, "slow")
    real = time.monotonic()
    runtime.tell("slow", lambda actor: actor.after(0.003, "late"))
    runtime.run()
    assert time.monotonic() - real >= 0.03
    runtime.stop()


def test_start_sets_the_clock_to_zero(runtime: ThreadsRuntime) -> None:
    doer(runtime, "a")
    runtime._began -= 3600.0  # as if it had been made an hour ago
    assert runtime.now >= 3600.0
    runtime.start()
    assert 0.0 <= runtime.now < 3600.0


def test_too_many_actors_are_refused_with_the_way_out(
    runtime: ThreadsRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert threads.ThreadsRuntime.most_actors == 5_000
    monkeypatch.setattr(threads.ThreadsRuntime, "most_actors", 3)
    for name in ("a", "b", "c"):
        doer(runtime, name)
    with pytest.raises(UsageError, match=r"over 3 actors .* use --runtime pool"):
        doer(runtime, "d")
    assert runtime.find("d") is None
    runtime.tell("c", "still here")
    assert runtime.run() == "quiescent"


def test_a_machine_without_threads_left_is_reported(
    runtime: ThreadsRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    other = doer(runtime, "other")
    with monkeypatch.context() as machine:
        machine.setattr(threading.Thread, "start", refuse)
        with pytest.raises(UsageError, match="no thread left for a: use --runtime pool"):
            doer(runtime, "a")
    assert runtime.find("a") is None
    runtime.tell("other", "still here")
    runtime.tell("a", "nobody")
    assert runtime.run() == "quiescent"
    assert other.heard == ["still here"]
    assert runtime.dead_letters == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt(), BaseException("whatever")])
def test_nothing_that_a_handler_raises_ends_its_thread(
    runtime: ThreadsRuntime, error: BaseException
) -> None:
    def raise_it(_actor: Actor) -> None:
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
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(threads, "JOIN_S", 0.01)
    runtime = ThreadsRuntime()
    release, inside = threading.Event(), threading.Event()
    stuck = doer(runtime, "stuck")

    def wait(_actor: Actor) -> None:
        inside.set()
        release.wait(60)

    runtime.tell("stuck", wait)
    assert inside.wait(60)
    runtime.stop()
    assert "stuck does not come to the end of its message" in caplog.text
    assert stuck.actor_ref.is_alive()  # nothing of it runs beside its own handler
    release.set()
    monkeypatch.undo()
    runtime.stop()
    assert not stuck.actor_ref.is_alive()


def test_crashes_on_many_threads_are_all_counted(runtime: ThreadsRuntime) -> None:
    def fail(_actor: Actor) -> None:
        raise ValueError

    for number in range(8):
        doer(runtime, f"actor/{number}")
    for _ in range(100):
        for number in range(8):
            runtime.tell(f"actor/{number}", fail)
    runtime.run()
    assert runtime.crashes == 800


def test_messages_from_many_outside_threads_are_all_counted(runtime: ThreadsRuntime) -> None:
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


def test_messages_in_between_are_never_more_than_sent(runtime: ThreadsRuntime) -> None:
    seen: list[bool] = []

    def keep_going(actor: Actor, left: int = 150) -> None:
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
