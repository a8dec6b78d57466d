"""Virtual time: one order of events, a clock that jumps, nothing that blocks."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scribes import Log, scribes
from speaker import Speaker

from actors.runtime.virtual import VirtualRuntime

MOMENTS = st.lists(st.floats(0.0, 1e6), min_size=1, max_size=30)


@pytest.fixture
def log() -> Log:
    return []


@pytest.fixture
def virtual() -> Iterator[VirtualRuntime]:
    runtime = VirtualRuntime()
    yield runtime
    runtime.stop()


def test_the_clock_jumps_to_the_next_timer(virtual: VirtualRuntime, log: Log) -> None:
    scribes(virtual, log, "a")
    virtual.tell("a", lambda actor: actor.after(86_400.0, "tomorrow"))
    virtual.tell("a", lambda actor: actor.at(1e9, "much later"))
    assert virtual.run() == "quiescent"
    assert log == [(86_400.0, "a", "tomorrow"), (1e9, "a", "much later")]
    assert virtual.now == 1e9


@given(moments=MOMENTS)
def test_time_is_exact_at_each_moment_and_ties_keep_their_order(moments: list[float]) -> None:
    log: Log = []
    runtime = VirtualRuntime()
    scribes(runtime, log, "a", "b")

    def set_all(actor: Speaker) -> None:
        for number, moment in enumerate(moments):
            actor.at(moment, number)

    runtime.tell("a", set_all)
    runtime.run()
    in_order = sorted(enumerate(moments), key=lambda pair: pair[1])  # stable: ties as set
    assert log == [(moment, "a", number) for number, moment in in_order]


def test_ties_between_actors_are_by_order_of_setting(virtual: VirtualRuntime, log: Log) -> None:
    scribes(virtual, log, "a", "b")
    for number, name in enumerate("abba"):
        virtual.tell(name, lambda actor, number=number: actor.at(1.0, number))
    virtual.run()
    assert [entry[1:] for entry in log] == [("a", 0), ("b", 1), ("b", 2), ("a", 3)]


def test_what_is_due_now_comes_before_any_timer(virtual: VirtualRuntime, log: Log) -> None:
    scribes(virtual, log, "a", "b")

    def send_all(actor: Speaker) -> None:
        actor.after(1e-12, "timer")
        actor.after(0.0, "first")
        actor.tell("b", lambda other: other.tell("a", "third"))
        actor.at(actor.now, "second")

    virtual.tell("a", send_all)
    virtual.run()
    assert [message for _, _, message in log] == ["first", "second", "third", "timer"]


def test_a_message_sent_at_a_moment_comes_after_that_moment_s_timers(
    virtual: VirtualRuntime, log: Log
) -> None:
    scribes(virtual, log, "a")

    def set_both(actor: Speaker) -> None:
        actor.at(1.0, lambda actor: actor.tell("a", "sent at 1"))
        actor.at(1.0, "timer of 1")

    virtual.tell("a", set_both)
    virtual.run()
    assert log == [(1.0, "a", "timer of 1"), (1.0, "a", "sent at 1")]


def test_a_delay_too_small_to_move_the_clock_is_now(virtual: VirtualRuntime, log: Log) -> None:
    scribes(virtual, log, "a")
    virtual.tell("a", lambda actor: actor.at(1e9, lambda actor: actor.after(1e-9, "now")))
    virtual.run()
    assert log == [(1e9, "a", "now")]


def test_forgotten_timers_do_not_move_the_clock(virtual: VirtualRuntime, log: Log) -> None:
    scribes(virtual, log, "a", "b")

    def set_and_forget(actor: Speaker) -> None:
        actor.at(1.0, "forgotten")
        actor.at(5.0, "forgotten")
        actor.at(99.0, "forgotten")
        actor.forget_timers()

    virtual.tell("b", lambda actor: actor.at(5.0, "kept"))
    virtual.tell("a", set_and_forget)
    virtual.run()
    assert log == [(5.0, "b", "kept")]
    assert virtual.now == 5.0


def test_one_moment_s_timers_may_be_silenced_by_the_first_of_them(
    virtual: VirtualRuntime, log: Log
) -> None:
    scribes(virtual, log, "a", "b")

    def set_all(actor: Speaker) -> None:
        actor.at(1.0, lambda actor: actor.forget_timers())
        actor.at(1.0, "silenced")
        actor.at(1.0, "silenced")

    virtual.tell("a", set_all)
    virtual.tell("b", lambda actor: actor.at(1.0, "heard"))
    virtual.run()
    assert log == [(1.0, "b", "heard")]
    assert virtual.counts().sent == virtual.counts().handled == 4


def test_what_is_struck_out_is_no_dead_letter_at_stop(virtual: VirtualRuntime, log: Log) -> None:
    scribes(virtual, log, "a")

    def set_forget_and_interrupt(actor: Speaker) -> None:
        actor.after(0.0, "silenced")
        actor.forget_timers()
        virtual.interrupt()

    virtual.tell("a", set_forget_and_interrupt)
    assert virtual.run() == "interrupted"
    virtual.stop()
    assert virtual.dead_letters == 0
    assert virtual.counts().sent == virtual.counts().handled == 1


def _busy_run(speed: float | None = None) -> Log:
    log: Log = []
    runtime = VirtualRuntime(seed=7, speed=speed)
    names = [f"actor/{number}" for number in range(9)]
    scribes(runtime, log, *names)
    budget = iter(range(400))

    def act(actor: Speaker) -> None:
        log.append((actor.now, actor.name, "acts"))
        for _ in range(2):
            if next(budget, None) is None:
                return
            draw = actor.rng("who").random
            other = names[int(draw() * len(names))]
            if draw() < 0.5:
                actor.tell(other, act)
            else:
                actor.after(round(draw(), 1) / 1000, act)

    for name in names:
        runtime.tell(name, act)
    runtime.run()
    return log


def test_the_same_seed_gives_the_same_events_in_the_same_order() -> None:
    first = _busy_run()
    assert len(first) > 400
    assert _busy_run() == first


def test_pacing_changes_no_event() -> None:
    assert _busy_run(speed=10.0) == _busy_run()


def test_queue_max_is_the_most_that_ever_waited(virtual: VirtualRuntime, log: Log) -> None:
    scribes(virtual, log, "a", "b")
    for number in range(5):
        virtual.tell("a", number)
    virtual.tell("b", "alone")
    virtual.run()
    virtual.tell("a", 5)
    virtual.run()
    assert {box.name: box.queue_max for box in virtual.mailboxes()} == {"a": 5, "b": 1}
    assert {box.name: box.handled for box in virtual.mailboxes()} == {"a": 6, "b": 1}


@pytest.mark.parametrize("speed", [0.5, 1.0, 20.0])
def test_speed_paces_the_run_by_the_real_clock(speed: float, log: Log) -> None:
    runtime = VirtualRuntime(speed=speed)
    scribes(runtime, log, "a")
    runtime.start()
    began = time.monotonic()
    runtime.tell("a", lambda actor: actor.at(0.03 * speed, "paced"))
    assert runtime.run() == "quiescent"
    assert time.monotonic() - began >= 0.03
    assert log == [(0.03 * speed, "a", "paced")]


def test_an_interrupted_pace_loses_neither_timer_nor_order(log: Log) -> None:
    runtime = VirtualRuntime(speed=1.0)
    scribes(runtime, log, "a")

    def set_all(actor: Speaker) -> None:
        actor.at(1e6, "first")
        actor.at(1e6, "second")

    runtime.tell("a", set_all)
    threading.Timer(0.02, runtime.interrupt).start()
    assert runtime.run() == "interrupted"
    assert runtime.now == 0.0
    runtime.interrupt()
    assert runtime.run() == "interrupted"
    runtime._speed = None  # the rest of the days unpaced
    assert runtime.run() == "quiescent"
    assert log == [(1e6, "a", "first"), (1e6, "a", "second")]


def test_an_interruption_comes_before_what_is_queued(virtual: VirtualRuntime, log: Log) -> None:
    scribes(virtual, log, "a")
    virtual.tell("a", lambda _: virtual.interrupt())
    virtual.tell("a", "queued")
    assert virtual.run() == "interrupted"
    assert log == []
    assert virtual.run() == "quiescent"
    assert log == [(0.0, "a", "queued")]


def test_a_timer_that_never_comes_is_not_waited_for_when_forgotten(
    virtual: VirtualRuntime, log: Log
) -> None:
    scribes(virtual, log, "a")
    virtual.tell("a", lambda actor: actor.after(math.inf, "never"))
    virtual.tell("a", lambda actor: actor.forget_timers())
    assert virtual.run() == "quiescent"
    assert virtual.now == 0.0


def test_the_mailbox_itself_holds_nothing(virtual: VirtualRuntime, log: Log) -> None:
    scribes(virtual, log, "a")
    virtual.tell("a", 1)
    box = virtual.find("a")
    assert box is not None
    assert box.empty()
    with pytest.raises(IndexError):
        box.get()
