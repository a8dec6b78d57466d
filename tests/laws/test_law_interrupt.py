"""An interruption makes a run return; a later run goes on and loses nothing."""

from __future__ import annotations

import signal
import threading
from functools import partial

from small_actors import Do, MakeRuntime, Number, assert_settled, do, player

from actors.runtime.actor import Actor
from actors.runtime.base import Runtime


def _go_on_until(halted: threading.Event, actor: Actor) -> None:
    actor.tell("counter", Number(actor.name, 1))
    if not halted.is_set():
        actor.tell(actor.name, Do(partial(_go_on_until, halted)))


def test_an_interruption_from_another_thread_ends_an_endless_run(runtime: Runtime) -> None:
    counter = player(runtime, "counter")
    player(runtime, "restless")
    halted = threading.Event()
    do(runtime, "restless", partial(_go_on_until, halted))
    threading.Timer(0.01, runtime.interrupt).start()
    assert runtime.run() == "interrupted"
    halted.set()
    assert runtime.run() == "quiescent"
    counts = runtime.counts()
    assert counts.handled == 2 * len(counter.numbers)
    assert counts.sent == counts.handled


def test_an_interruption_from_a_timer_ends_the_run(runtime: Runtime) -> None:
    owner = player(runtime, "owner")

    def set_timers(actor: Actor) -> None:
        actor.after(0.001, Do(lambda _: runtime.interrupt()))
        actor.after(0.050, Number("owner", 1))

    do(runtime, "owner", set_timers)
    assert runtime.run() == "interrupted"
    assert runtime.run() == "quiescent"
    assert owner.values == [1]
    assert_settled(runtime)


def test_an_interruption_before_the_run_is_for_the_run(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    runtime.tell("owner", Number("outside", 1))
    runtime.interrupt()
    assert runtime.run() == "interrupted"
    assert runtime.run() == "quiescent"
    assert owner.values == [1]


def test_several_interruptions_at_once_are_one(runtime: Runtime) -> None:
    player(runtime, "owner")
    for _ in range(3):
        runtime.interrupt()
    assert runtime.run() == "interrupted"
    assert runtime.run() == "quiescent"


def test_many_interruptions_lose_nothing(runtime: Runtime) -> None:
    owner = player(runtime, "owner")

    def interrupt_and_go_on(actor: Actor, left: int) -> None:
        actor.tell("owner", Number("owner", left))
        if left:
            actor.after(0.0001, Do(partial(interrupt_and_go_on, left=left - 1)))
        runtime.interrupt()

    do(runtime, "owner", partial(interrupt_and_go_on, left=30))
    endings = ["interrupted"]
    while endings[-1] == "interrupted":
        endings.append(runtime.run())
    assert len(endings) > 2
    assert owner.values == list(range(30, -1, -1))
    assert_settled(runtime)


def test_a_signal_handler_may_interrupt(make_runtime: MakeRuntime) -> None:
    runtime = make_runtime(speed=1.0)
    owner = player(runtime, "owner")
    do(runtime, "owner", lambda actor: actor.after(3600.0, Number("owner", 1)))
    before = signal.signal(signal.SIGINT, lambda *_: runtime.interrupt())
    try:
        threading.Timer(0.02, signal.raise_signal, [signal.SIGINT]).start()
        assert runtime.run() == "interrupted"
    finally:
        signal.signal(signal.SIGINT, before)
    do(runtime, "owner", lambda actor: actor.forget_timers())
    assert runtime.run() == "quiescent"
    assert owner.values == []
    assert_settled(runtime)
