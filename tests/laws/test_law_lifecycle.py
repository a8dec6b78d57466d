"""Restart, pause and resume: on every runtime, with what waits in the mailbox intact."""

from __future__ import annotations

import itertools
from functools import partial

from small_actors import Number, Player, Poison, assert_settled, do, player
from speaker import Speaker

from actors.ref import Ref
from actors.runtime.base import Runtime


def numbers(runtime: Runtime, *values: int) -> None:
    for value in values:
        runtime.tell("owner", Number("outside", value))


def restart(runtime: Runtime, name: str, _actor: Speaker) -> None:
    runtime.restart(runtime.ref(name))


def test_a_restarted_actor_is_a_new_one_behind_the_same_reference(runtime: Runtime) -> None:
    old = player(runtime, "owner")
    ref = old.actor_ref
    numbers(runtime, 1)
    runtime.run()
    runtime.restart(ref)
    runtime.run()
    new = runtime.actor("owner")
    assert new is not old
    assert isinstance(new, Player)
    ref.tell(Number("outside", 2))
    runtime.run()
    assert (old.values, new.values) == ([1], [2])
    assert new.actor_ref is ref
    assert ref.is_alive()
    assert_settled(runtime)


def test_what_waits_at_a_restart_is_handled_by_the_new_actor(runtime: Runtime) -> None:
    old = player(runtime, "owner")
    do(runtime, "owner", partial(restart, runtime, "owner"))
    numbers(runtime, *range(50))
    runtime.run()
    new = runtime.actor("owner")
    assert isinstance(new, Player)
    assert old.values == []
    assert new.values == list(range(50))
    assert_settled(runtime)


def test_a_restart_forgets_the_old_actor_s_timers(runtime: Runtime) -> None:
    old = player(runtime, "owner")

    def set_and_restart(actor: Speaker) -> None:
        actor.after(0.01, Number("timer", 1))
        actor.after(0.0, Number("timer", 2))
        runtime.restart(runtime.ref("owner"))

    do(runtime, "owner", set_and_restart)
    assert runtime.run() == "quiescent"
    new = runtime.actor("owner")
    assert isinstance(new, Player)
    assert new is not old
    assert (old.values, new.values) == ([], [])
    assert_settled(runtime)


def test_a_new_actor_begins_with_on_start_and_the_old_has_no_on_stop(runtime: Runtime) -> None:
    said: list[str] = []
    counter = itertools.count()

    class Sayer(Player):
        def __init__(self) -> None:
            super().__init__()
            self.number = next(counter)  # type: ignore[method-assign, assignment]

        def on_start(self) -> None:
            said.append(f"start {self.number}")

        def on_stop(self) -> None:
            said.append(f"stop {self.number}")

    ref = runtime.spawn("owner", Sayer)
    runtime.run()
    runtime.restart(ref)
    runtime.run()
    runtime.stop()
    assert said == ["start 0", "start 1", "stop 1"]


def test_a_factory_that_raises_at_a_restart_stops_the_actor(runtime: Runtime) -> None:
    made: list[Player] = []

    def once() -> Player:
        if made:
            raise ValueError("only one")
        made.append(Player())
        return made[0]

    ref = runtime.spawn("owner", once)
    runtime.run()
    runtime.restart(ref)
    numbers(runtime, 1)
    runtime.run()
    assert runtime.crashes == 1
    assert not ref.is_alive()
    assert runtime.dead_letters == 1
    assert_settled(runtime)


def test_an_actor_may_restart_itself_when_it_crashed(runtime: Runtime) -> None:
    class Phoenix(Player):
        def on_crash(self, message: object, error: BaseException) -> None:  # noqa: ARG002
            runtime.restart(self.actor_ref)

    runtime.spawn("owner", Phoenix)
    old = runtime.actor("owner")
    runtime.tell("owner", Poison(ValueError("no")))
    numbers(runtime, 1, 2)
    runtime.run()
    new = runtime.actor("owner")
    assert isinstance(new, Phoenix)
    assert new is not old
    assert new.values == [1, 2]
    assert_settled(runtime)


def test_a_paused_actor_handles_nothing_and_does_not_hold_the_run_open(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    runtime.pause(owner.actor_ref)
    numbers(runtime, *range(20))
    assert runtime.run() == "quiescent"
    assert owner.values == []
    assert runtime.counts().sent == 20
    runtime.resume(owner.actor_ref)
    assert runtime.run() == "quiescent"
    assert owner.values == list(range(20))
    assert_settled(runtime)


def test_what_was_laid_aside_comes_before_what_came_after_the_resumption(
    runtime: Runtime,
) -> None:
    owner = player(runtime, "owner")
    runtime.pause(owner.actor_ref)
    numbers(runtime, 1, 2)
    runtime.run()
    runtime.resume(owner.actor_ref)
    numbers(runtime, 3, 4)
    runtime.run()
    assert owner.values == [1, 2, 3, 4]


def test_signs_are_obeyed_in_the_order_in_which_they_were_given(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    for _ in range(30):
        runtime.pause(owner.actor_ref)
        runtime.resume(owner.actor_ref)
    numbers(runtime, 1)
    runtime.run()
    assert owner.values == [1]


def test_timers_that_ring_in_a_pause_are_handled_afterwards(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    do(runtime, "owner", lambda actor: actor.after(0.005, Number("timer", 1)))
    player(runtime, "other")
    do(runtime, "other", lambda actor: actor.after(0.02, Number("timer", 9)))
    do(runtime, "owner", lambda _: runtime.pause(owner.actor_ref))
    runtime.run()
    assert owner.values == []
    runtime.resume(owner.actor_ref)
    runtime.run()
    assert owner.values == [1]
    assert_settled(runtime)


def test_a_paused_actor_can_be_restarted_and_keeps_what_waits(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    runtime.pause(owner.actor_ref)
    numbers(runtime, 1)
    runtime.run()
    runtime.restart(owner.actor_ref)
    runtime.run()
    runtime.resume(owner.actor_ref)
    runtime.run()
    new = runtime.actor("owner")
    assert isinstance(new, Player)
    assert new is not owner
    assert new.values == [1]
    assert_settled(runtime)


def test_what_waits_for_a_paused_actor_at_stop_is_a_dead_letter(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    runtime.pause(owner.actor_ref)
    numbers(runtime, 1, 2, 3)
    runtime.run()
    runtime.stop()
    assert owner.values == []
    assert runtime.dead_letters == 3
    assert_settled(runtime)


def test_restarts_under_fire_lose_no_message(runtime: Runtime) -> None:
    heard: list[int] = []

    class Sharing(Player):
        def number(self, number: Number) -> int:
            heard.append(number.value)
            return number.value

    ref: Ref[Number] = runtime.spawn("owner", Sharing)

    def fire(actor: Speaker, first: int) -> None:
        for value in range(first, first + 100):
            ref.tell(Number(actor.name, value))
            if value % 20 == 0:
                runtime.restart(ref)
            if value % 33 == 0:
                runtime.pause(ref)
                runtime.resume(ref)

    for number in range(4):
        player(runtime, f"sender/{number}")
        do(runtime, f"sender/{number}", partial(fire, first=100 * number))
    assert runtime.run() == "quiescent"
    assert sorted(heard) == list(range(400))
    assert runtime.crashes == 0
    assert_settled(runtime)


def test_a_timer_in_the_background_does_not_hold_a_run_open(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    do(runtime, "owner", lambda actor: actor.after(0.05, Number("late", 1), background=True))
    assert runtime.run() == "quiescent"
    assert owner.values == []
    assert_settled(runtime)


def test_a_timer_in_the_background_rings_while_something_else_is_to_come(
    runtime: Runtime,
) -> None:
    owner = player(runtime, "owner")

    def set_both(actor: Speaker) -> None:
        actor.at(actor.now + 0.01, Number("background", 1), background=True)
        actor.after(0.03, Number("foreground", 2))
        actor.after(500.0, Number("background", 3), background=True)

    do(runtime, "owner", set_both)
    assert runtime.run() == "quiescent"
    assert owner.values == [1, 2]
    assert_settled(runtime)


def test_a_forgotten_timer_in_the_background_never_rings(runtime: Runtime) -> None:
    owner = player(runtime, "owner")

    def set_and_forget(actor: Speaker) -> None:
        actor.after(0.0, Number("background", 1), background=True)
        actor.after(0.005, Number("background", 2), background=True)
        actor.forget_timers()
        actor.after(0.02, Number("foreground", 3))

    do(runtime, "owner", set_and_forget)
    runtime.run()
    assert owner.values == [3]
    assert_settled(runtime)


def test_two_timers_of_a_moment_ring_as_they_were_set_whichever_is_in_the_background() -> None:
    from actors.runtime.virtual import VirtualRuntime  # noqa: PLC0415 — this test alone

    runtime = VirtualRuntime()
    owner = player(runtime, "owner")

    def set_all(actor: Speaker) -> None:
        actor.at(1.0, Number("", 1))
        actor.at(1.0, Number("", 2), background=True)
        actor.at(1.0, Number("", 3))
        actor.at(1.0, Number("", 4), background=True)

    do(runtime, "owner", set_all)
    runtime.run()
    assert owner.values == [1, 2, 3, 4][: len(owner.values)]
    assert owner.values[:3] == [1, 2, 3]
    runtime.stop()
