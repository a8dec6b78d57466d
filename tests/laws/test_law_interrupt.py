"""An interruption makes a run return; a later run goes on and loses nothing."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from small_actors import Do, MakeRuntime, Number, assert_settled, do, player
from speaker import Speaker

from actors.runtime.base import Runtime


def _go_on_until(halted: threading.Event, actor: Speaker) -> None:
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

    def set_timers(actor: Speaker) -> None:
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

    def interrupt_and_go_on(actor: Speaker, left: int) -> None:
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


@contextmanager
def _interrupting_at_any_moment(runtime: Runtime, pause_s: float) -> Iterator[None]:
    over = threading.Event()

    def interrupt_often() -> None:
        while not over.wait(pause_s):
            runtime.interrupt()

    interval = sys.getswitchinterval()
    impatient = threading.Thread(target=interrupt_often)
    sys.setswitchinterval(1e-6)
    impatient.start()
    try:
        yield
    finally:
        over.set()
        impatient.join()
        sys.setswitchinterval(interval)


def test_interruptions_at_any_moment_lose_nothing(runtime: Runtime) -> None:
    other = player(runtime, "other")
    names = [f"owner/{number}" for number in range(3)]
    for name in names:
        player(runtime, name)

    def send_many(actor: Speaker) -> None:
        for value in range(200):
            actor.tell("other", Number(actor.name, value))

    with _interrupting_at_any_moment(runtime, 1e-4):
        for _ in range(30):
            for name in names:
                do(runtime, name, send_many)
            runtime.run()
    while runtime.run() == "interrupted":
        pass
    for name in names:
        assert [n.value for n in other.numbers if n.sender == name] == list(range(200)) * 30
    assert runtime.counts().handled == 30 * 3 * 201
    assert_settled(runtime)


def test_interruptions_while_the_runtime_stops_do_no_harm(make_runtime: MakeRuntime) -> None:
    for _ in range(10):
        runtime = make_runtime()
        player(runtime, "owner")
        for value in range(300):
            runtime.tell("owner", Number("outside", value))
        with _interrupting_at_any_moment(runtime, 0.0):
            runtime.stop()
        assert runtime.counts().sent == 300
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
