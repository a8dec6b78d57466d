"""An interceptor sees every message of a run, on every runtime, and decides what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from small_actors import Number, Player, assert_settled, do, player
from typing_extensions import override

from actors.runtime.base import Runtime
from actors.runtime.interception import OUTSIDE, Interceptor, Transit
from actors.testing import Crashed, Mishaps

MakeRuntime = Callable[..., Runtime]


class Witness(Interceptor):
    """Writes down what passes."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, object]] = []
        self.handled: list[tuple[str, object]] = []

    @override
    def send(self, transit: Transit) -> None:
        self.sent.append((transit.sender, transit.receiver, transit.message))
        transit.deliver()

    @override
    def handle(self, receiver: str, message: object, now: float) -> None:
        assert now >= 0.0
        self.handled.append((receiver, message))


def play(make: MakeRuntime, interceptor: Interceptor, *values: int) -> tuple[Runtime, Player]:
    """A sender sends these numbers to an owner."""
    runtime = make(interceptor=interceptor)
    owner = player(runtime, "owner")
    player(runtime, "sender")

    def send(_actor: object) -> None:
        for value in values:
            owner.actor_ref.tell(Number("sender", value))

    do(runtime, "sender", send)
    assert runtime.run() == "quiescent"
    return runtime, owner


def test_it_sees_sender_receiver_and_message(make_runtime: MakeRuntime) -> None:
    witness = Witness()
    _, owner = play(make_runtime, witness, 1, 2)
    assert owner.values == [1, 2]
    assert witness.sent[0][:2] == (OUTSIDE, "sender")
    assert witness.sent[1:] == [("sender", "owner", Number("sender", value)) for value in (1, 2)]
    assert ("owner", Number("sender", 1)) in witness.handled


def test_a_dropped_message_is_lost_and_the_run_ends(make_runtime: MakeRuntime) -> None:
    mishaps = Mishaps()
    mishaps.drop("owner", Number, nth=2)
    runtime, owner = play(make_runtime, mishaps, 1, 2, 3)
    assert owner.values == [1, 3]
    assert mishaps.happened == [Number("sender", 2)]
    assert_settled(runtime)


def test_a_duplicated_message_arrives_twice(make_runtime: MakeRuntime) -> None:
    mishaps = Mishaps()
    mishaps.duplicate("owner", Number)
    runtime, owner = play(make_runtime, mishaps, 1, 2)
    assert owner.values == [1, 1, 2]
    assert_settled(runtime)


def test_a_delayed_message_is_waited_for_and_overtaken(make_runtime: MakeRuntime) -> None:
    mishaps = Mishaps()
    mishaps.delay("owner", Number, by=0.02)
    runtime, owner = play(make_runtime, mishaps, 1, 2)
    assert owner.values == [2, 1]
    assert owner.times[1] >= owner.times[0] + 0.01
    assert_settled(runtime)


def test_a_delayed_message_is_no_timer_of_the_receiver_s(make_runtime: MakeRuntime) -> None:
    mishaps = Mishaps()
    mishaps.delay("owner", Number, by=0.02)
    runtime = make_runtime(interceptor=mishaps)
    owner = player(runtime, "owner")
    runtime.tell("owner", Number("outside", 1))
    do(runtime, "owner", lambda actor: actor.forget_timers())
    runtime.run()
    assert owner.values == [1]
    assert_settled(runtime)


def test_a_held_message_arrives_when_it_is_released(make_runtime: MakeRuntime) -> None:
    mishaps = Mishaps()
    mishaps.hold("owner", Number, nth=None)
    runtime, owner = play(make_runtime, mishaps, 1, 2)
    assert owner.values == []
    mishaps.release()
    runtime.run()
    assert owner.values == [1, 2]
    mishaps.release()
    assert_settled(runtime)


def test_a_handler_that_is_made_to_crash_has_done_nothing(make_runtime: MakeRuntime) -> None:
    mishaps = Mishaps()
    mishaps.crash("owner", Number, nth=2)
    runtime, owner = play(make_runtime, mishaps, 1, 2, 3)
    assert owner.values == [1, 3]
    assert runtime.crashes == 1
    [(message, error)] = owner.crashed_on
    assert message == Number("sender", 2)
    assert isinstance(error, Crashed)
    assert_settled(runtime)


def test_a_timer_may_crash_too(make_runtime: MakeRuntime) -> None:
    mishaps = Mishaps()
    mishaps.crash("owner", Number)
    runtime = make_runtime(interceptor=mishaps)
    owner = player(runtime, "owner")
    do(runtime, "owner", lambda actor: actor.after(0.001, Number("timer", 1)))
    runtime.run()
    assert owner.values == []
    assert runtime.crashes == 1


def test_delayed_messages_that_never_arrive_are_not_counted(make_runtime: MakeRuntime) -> None:
    mishaps = Mishaps()
    mishaps.delay("owner", Number, by=500.0)
    runtime = make_runtime(interceptor=mishaps)
    player(runtime, "owner")
    runtime.tell("owner", Number("outside", 1))
    do(runtime, "owner", lambda _: runtime.interrupt())
    assert runtime.run() == "interrupted"
    runtime.stop()
    assert_settled(runtime)


def test_whom_nobody_intercepts_has_a_plain_reference(make_runtime: MakeRuntime) -> None:
    runtime = make_runtime()
    ref: Any = player(runtime, "owner").actor_ref
    assert type(ref).__name__ == "Ref"
    watched = make_runtime(interceptor=Interceptor())
    assert type(player(watched, "owner").actor_ref) is not type(ref)


@pytest.mark.parametrize("error", [KeyError("x"), SystemExit()])
def test_an_interceptor_that_raises_while_a_message_is_sent_makes_the_sender_crash(
    make_runtime: MakeRuntime, error: BaseException
) -> None:
    class Broken(Interceptor):
        @override
        def send(self, transit: Transit) -> None:
            if transit.receiver == "owner":
                raise error
            transit.deliver()

    runtime, owner = play(make_runtime, Broken(), 1)
    assert owner.values == []
    assert runtime.crashes == 1
    assert_settled(runtime)
