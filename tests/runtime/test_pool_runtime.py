"""A pool: few threads for many actors, and a way on when handlers block."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from doers import Doer, doer
from speaker import Speaker
from typing_extensions import override

from actors.errors import BlockingInHandler
from actors.runtime import pool_crew
from actors.runtime.mailbox import SENT
from actors.runtime.pool import PoolRuntime
from actors.runtime.pool_mailbox import BACK, NEXT, PoolMailbox
from actors.runtime.signs import START, Sign

IMPATIENT = 1e-4  # seconds; a pool that takes the lead from almost any handler
NEVER = 3600.0  # seconds; a pool that waits for ever for a handler to end


@pytest.fixture
def make() -> Iterator[Callable[..., PoolRuntime]]:
    made: list[PoolRuntime] = []

    def make_one(**settings: float) -> PoolRuntime:
        made.append(PoolRuntime(**settings))  # type: ignore[arg-type]
        return made[-1]

    yield make_one
    for runtime in made:
        runtime.stop()


@pytest.fixture
def runtime(make: Callable[..., PoolRuntime]) -> PoolRuntime:
    return make()


def workers() -> set[str]:
    """The names of the threads that pools work on."""
    names = (thread.name for thread in threading.enumerate())
    return {name for name in names if name.startswith("pool-") and name != "pool-watch"}


def ask(who: Speaker, message: object, _actor: Speaker) -> object:
    """What a handler does that asks and waits."""
    return who.actor_ref.ask(message, timeout=60)


def test_a_thousand_actors_share_one_thread_when_nobody_blocks(
    make: Callable[..., PoolRuntime],
) -> None:
    runtime = make(patience=NEVER)
    seen: set[str] = set()
    for number in range(1_000):
        doer(runtime, f"actor/{number}")
        runtime.tell(f"actor/{number}", lambda _: seen.add(threading.current_thread().name))
    runtime.run()
    assert len(seen) == 1
    assert len(workers()) == 1


def test_messages_are_handled_in_the_order_they_were_sent_whoever_they_are_for(
    make: Callable[..., PoolRuntime],
) -> None:
    runtime = make(patience=NEVER)
    heard: list[int] = []
    for name in ("a", "b", "c"):
        doer(runtime, name)

    def send(actor: Speaker) -> None:
        for number in range(300):
            actor.tell("abc"[number * number % 3], lambda _, number=number: heard.append(number))

    runtime.tell("a", send)
    runtime.run()
    assert heard == list(range(300))


def test_two_handlers_that_wait_for_others_do_not_keep_each_other_waiting(
    make: Callable[..., PoolRuntime],
) -> None:
    runtime = make(patience=NEVER)
    others = [doer(runtime, name) for name in ("c", "d")]
    asking = [doer(runtime, name) for name in ("a", "b")]
    futures = [
        actor.actor_ref.ask(partial(ask, other, actor.name), block=False)
        for actor, other in zip(asking, others, strict=True)
    ]
    assert [future.get(timeout=60) for future in futures] == ["a", "b"]


def test_a_handler_that_waits_for_something_else_does_not_hold_the_others_up(
    runtime: PoolRuntime,
) -> None:
    # Only the other actor's message lets the first one's handler go on.
    release = threading.Event()
    blocked = doer(runtime, "blocked")
    doer(runtime, "other")
    runtime.tell("blocked", lambda _: release.wait(60))
    runtime.tell("blocked", "next")
    runtime.tell("other", lambda _: release.set())
    assert runtime.run() == "quiescent"
    assert release.is_set()
    assert blocked.heard == ["next"]


def test_what_comes_for_a_blocked_actor_waits_and_keeps_its_order(runtime: PoolRuntime) -> None:
    release = threading.Event()
    blocked = doer(runtime, "blocked")
    doer(runtime, "sender")

    def send(actor: Speaker) -> None:
        for number in range(200):
            actor.tell("blocked", number)
        actor.tell("sender", lambda _: release.set())

    runtime.tell("blocked", lambda _: release.wait(60))
    runtime.tell("sender", send)
    runtime.tell("blocked", lambda actor: actor.tell("blocked", "last"))
    assert runtime.run() == "quiescent"
    assert blocked.heard[-1] == "last"
    assert blocked.heard[:-1] == list(range(200))
    counts = runtime.counts()
    assert counts.sent == counts.handled + counts.dead_lettered


def test_timers_of_a_blocked_actor_can_still_be_forgotten(runtime: PoolRuntime) -> None:
    blocked = doer(runtime, "blocked")

    def set_wait_and_forget(actor: Speaker) -> None:
        for number in range(20):
            actor.after(0.0002 * number, number)
        time.sleep(0.05)  # the leader is another by now, and has laid the timers' messages aside
        actor.forget_timers()
        actor.after(0.001, "after")

    runtime.tell("blocked", set_wait_and_forget)
    assert runtime.run() == "quiescent"
    assert blocked.heard == ["after"]
    counts = runtime.counts()
    assert (counts.sent, counts.handled, counts.dead_lettered) == (2, 2, 0)


def test_a_mailbox_is_never_on_two_threads_however_often_the_lead_changes(
    make: Callable[..., PoolRuntime],
) -> None:
    runtime = make(patience=IMPATIENT)
    inside = threading.Lock()
    heard: list[int] = []

    def alone(number: int, actor: Speaker) -> None:
        assert inside.acquire(blocking=False)
        if number % 25 == 0:
            time.sleep(0.001)
        elif number % 10 == 0:
            other.actor_ref.ask(number, timeout=60)
        heard.append(number)
        actor.tell("other", number)
        inside.release()

    other, guarded = doer(runtime, "other"), doer(runtime, "guarded")
    for number in range(1_000):
        runtime.tell("guarded", partial(alone, number))
    assert runtime.run() == "quiescent"
    assert guarded.errors == []
    assert heard == list(range(1_000))
    asked = [number for number in range(1_000) if number % 10 == 0 and number % 25]
    assert sorted(other.heard, key=str) == sorted([*heard, *asked], key=str)


def test_asking_often_with_a_long_queue_takes_no_longer_for_each(runtime: PoolRuntime) -> None:
    # What was laid aside must not be carried back to the queue again at every question.
    other = doer(runtime, "other")
    doer(runtime, "asking")
    for number in range(2_000):
        runtime.tell("asking", partial(ask, other, number))
    moved = 0
    admit = PoolMailbox.admit

    def counting(self: PoolMailbox, message: object, epoch: int) -> object:
        nonlocal moved
        moved += 1
        return admit(self, message, epoch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PoolMailbox, "admit", counting)
        assert runtime.run() == "quiescent"
    assert len(other.heard) == 2_000
    assert moved < 5 * 2_000


def test_more_waiting_handlers_than_workers_are_refused_with_the_way_out(
    make: Callable[..., PoolRuntime],
) -> None:
    runtime = make(workers=3, patience=NEVER)
    line = [doer(runtime, f"actor/{number}") for number in range(6)]

    def ask_on(place: int, actor: Speaker) -> object:
        if place + 1 == len(line):
            return "the end"
        return ask(line[place + 1], partial(ask_on, place + 1), actor)

    with pytest.raises(BlockingInHandler, match="all 3 workers of the pool wait already"):
        line[0].actor_ref.ask(partial(ask_on, 0), timeout=60)
    assert line[0].actor_ref.ask("still here", timeout=60) == "still here"
    assert line[3].actor_ref.ask(partial(ask_on, 3), timeout=60) == "the end"


def test_a_machine_without_threads_left_lets_the_others_work(
    make: Callable[..., PoolRuntime], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    runtime = make()
    asking, other = doer(runtime, "asking"), doer(runtime, "other")
    with monkeypatch.context() as machine:
        machine.setattr(threading.Thread, "start", refuse)
        runtime.tell("asking", partial(ask, other, "question"))
        runtime.tell("other", "still here")
        assert runtime.run() == "quiescent"
    assert [type(error) for error in asking.errors] == [BlockingInHandler]
    assert "still here" in other.heard


def test_spare_workers_end_when_nobody_needs_them(
    make: Callable[..., PoolRuntime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_crew, "KEPT_S", 0.01)
    runtime = make()
    most = 10
    meeting = threading.Barrier(most, timeout=60)
    for number in range(most):
        doer(runtime, f"actor/{number}")
        runtime.tell(f"actor/{number}", lambda _: meeting.wait())
    runtime.run()
    assert runtime.crashes == 0
    deadline = time.monotonic() + 60
    while len(workers()) > 1 and time.monotonic() < deadline:
        time.sleep(0.005)
    assert len(workers()) == 1
    assert doer(runtime, "late").actor_ref.ask("question", timeout=60) == "question"


def test_a_spare_that_has_ended_makes_room_for_another(
    make: Callable[..., PoolRuntime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_crew, "KEPT_S", 0.001)
    runtime = make(workers=2)
    asking, other = doer(runtime, "asking"), doer(runtime, "other")
    for number in range(6):
        question = partial(ask, other, number)
        assert asking.actor_ref.ask(question, timeout=60) == number
        deadline = time.monotonic() + 60
        while len(workers()) > 1 and time.monotonic() < deadline:
            time.sleep(0.001)


def test_a_timer_fires_in_the_middle_of_endless_work(make: Callable[..., PoolRuntime]) -> None:
    runtime = make(throughput=10)
    over: list[float] = []

    def go_on(actor: Speaker) -> None:
        if not over:
            actor.tell(actor.name, go_on)

    doer(runtime, "restless")
    doer(runtime, "clock")
    runtime.tell("restless", go_on)
    runtime.tell("clock", lambda actor: actor.after(0.002, lambda actor: over.append(actor.now)))
    assert runtime.run() == "quiescent"
    assert len(over) == 1


def test_stop_from_a_handler_that_has_lost_the_lead_stops_it_too(runtime: PoolRuntime) -> None:
    stopped: list[str] = []

    class Leaving(Doer):
        @override
        def on_stop(self) -> None:
            stopped.append(self.name)

    for name in ("a", "b"):
        runtime.spawn(name, Leaving)

    def wait_and_stop(_actor: Speaker) -> None:
        time.sleep(0.05)  # long enough to lose the lead
        runtime.stop()

    runtime.tell("a", wait_and_stop)
    assert runtime.run() == "quiescent"
    assert sorted(stopped) == ["a", "b"]
    assert runtime.crashes == 0


def test_what_waits_behind_a_handler_that_stop_cannot_end_is_not_handled(
    runtime: PoolRuntime,
) -> None:
    release, inside = threading.Event(), threading.Event()
    blocked = doer(runtime, "blocked")

    def wait(_actor: Speaker) -> None:
        inside.set()
        release.wait(60)

    runtime.tell("blocked", wait)
    assert inside.wait(60)
    for number in range(100):
        runtime.tell("blocked", number)
    deadline = time.monotonic() + 60
    while runtime.lead.ready and time.monotonic() < deadline:
        time.sleep(0.001)  # until all is laid aside
    runtime.join_s = 0.2
    began = time.process_time()
    runtime.stop()
    assert time.process_time() - began < 0.1  # it waits and does not spin
    runtime.join_s = 60.0
    release.set()
    runtime.stop()
    assert blocked.heard == []
    counts = runtime.counts()
    assert (counts.sent, counts.handled, counts.dead_lettered) == (101, 1, 100)


def test_a_run_never_ends_before_a_timer_that_the_last_message_has_set(
    runtime: PoolRuntime,
) -> None:
    owner = doer(runtime, "owner")
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for number in range(300):
            runtime.tell("owner", lambda actor, number=number: actor.after(0.0002, number))
            runtime.run()
            assert owner.heard == list(range(number + 1))
    finally:
        sys.setswitchinterval(interval)


def test_an_actor_spawned_while_the_runtime_stops_is_stopped_too(runtime: PoolRuntime) -> None:
    class Child(Doer):
        @override
        def on_stop(self) -> None:
            stopped.append(self.name)

    class Mother(Doer):
        @override
        def on_stop(self) -> None:
            runtime.spawn("child", Child)
            stopped.append(self.name)

    stopped: list[str] = []
    runtime.spawn("mother", Mother)
    runtime.run()
    runtime.stop()
    assert stopped == ["mother", "child"]


def test_ten_thousand_actors_run_and_stop_in_no_time(runtime: PoolRuntime) -> None:
    began = time.monotonic()
    count = 10_000

    def pass_on(place: int, actor: Speaker) -> None:
        if place:
            actor.tell(f"actor/{place - 1}", partial(pass_on, place - 1))

    for number in range(count):
        doer(runtime, f"actor/{number}")
    runtime.tell(f"actor/{count - 1}", partial(pass_on, count - 1))
    assert runtime.run() == "quiescent"
    runtime.stop()
    assert runtime.counts().handled == count
    assert not any(box.actor.actor_ref.is_alive() for box in runtime.mailboxes())
    assert time.monotonic() - began < 20  # under one on an idle machine


def test_the_mailbox_leaves_nothing_to_pykka_s_own_drain(runtime: PoolRuntime) -> None:
    doer(runtime, "a")
    box = runtime.find("a")
    assert box is not None
    assert box.empty()
    with pytest.raises(IndexError):
        box.get()


def test_queue_max_counts_what_waits(make: Callable[..., PoolRuntime]) -> None:
    runtime = make(patience=NEVER)
    doer(runtime, "a")

    def send(actor: Speaker) -> None:
        for number in range(500):
            actor.tell("a", number)

    runtime.tell("a", send)
    runtime.run()
    box = runtime.find("a")
    assert box is not None
    assert 400 < box.queue_max <= 500


def test_a_mailbox_stays_shut_while_it_is_to_be_called() -> None:
    runtime = PoolRuntime()
    runtime.stop()  # nobody leads: what the leader does is done here, one step after the other
    mailbox = PoolMailbox("a", runtime, Doer, runtime.timers, runtime.lead)
    for message in ("first", "second"):
        assert mailbox.admit(message, SENT) is None
    assert taken(mailbox, START) is START
    assert taken(mailbox, NEXT) == "first"  # and is to be called for the second
    mailbox.part()
    assert taken(mailbox, BACK) == "second"  # the handler was over before the call
    assert mailbox.shut
    assert mailbox.admit("third", SENT) is None
    assert taken(mailbox, NEXT) == "third"
    assert not mailbox.shut


def taken(mailbox: PoolMailbox, sign: Sign) -> object:
    due = mailbox.admit(sign, SENT)
    return None if due is None else due[0]
