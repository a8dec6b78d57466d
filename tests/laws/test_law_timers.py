"""A timer never fires early, timers fire in order, and a forgotten one never fires."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_actors import Do, MakeRuntime, Number, assert_settled, do, player
from speaker import Speaker

from actors.runtime.base import Runtime

DELAYS = st.lists(st.floats(min_value=1e-6, max_value=0.004), min_size=1, max_size=12)


def test_a_timer_never_fires_early(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    due: list[float] = []

    def set_timers(actor: Speaker) -> None:
        for value in range(50):
            delay = 0.0004 * value
            due.append(actor.now + delay)
            actor.after(delay, Number("owner", value))

    do(runtime, "owner", set_timers)
    runtime.run()
    assert owner.values == list(range(50))
    assert all(fired >= moment for fired, moment in zip(owner.times, due, strict=True))


def test_at_means_an_absolute_moment(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    moments = [0.011, 0.003, 0.007]

    def set_timers(actor: Speaker) -> None:
        for value, moment in enumerate(moments):
            actor.at(began + moment, Number("owner", value))

    began = runtime.now
    do(runtime, "owner", set_timers)
    runtime.run()
    fired = dict(zip(owner.values, owner.times, strict=True))
    assert sorted(fired) == [0, 1, 2]
    assert all(fired[value] >= began + moment for value, moment in enumerate(moments))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(delays=DELAYS)
def test_timers_fire_in_the_order_of_their_moments(
    make_runtime: MakeRuntime, delays: list[float]
) -> None:
    runtime = make_runtime()
    owner = player(runtime, "owner")
    # Set in order: a slow machine may reach a moment before its timer is set.
    moments = sorted(runtime.now + delay for delay in delays)

    def set_timers(actor: Speaker) -> None:
        for value, moment in enumerate(moments):
            actor.at(moment, Number("owner", value))

    do(runtime, "owner", set_timers)
    runtime.run()
    runtime.stop()
    assert owner.values == list(range(len(delays)))
    assert all(fired >= moment for fired, moment in zip(owner.times, moments, strict=True))


def test_a_timer_set_late_does_not_overtake_an_earlier_one(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    rounds = 300

    def set_both(actor: Speaker) -> None:
        # The first is due at once or nearly so; by the second call its moment may have passed.
        moment = actor.now + 2e-6
        actor.at(moment, Number("first", 0))
        actor.at(moment, Number("second", 0))

    for _ in range(rounds):
        do(runtime, "owner", set_both)
    runtime.run()
    senders = [number.sender for number in owner.numbers]
    assert len(senders) == 2 * rounds
    behind = 0
    for sender in senders:
        behind += 1 if sender == "first" else -1
        assert behind >= 0


@pytest.mark.parametrize("delay", [0.0, -1.0])
def test_a_delay_of_nothing_is_a_message_sent_now(runtime: Runtime, delay: float) -> None:
    owner = player(runtime, "owner")

    def send(actor: Speaker) -> None:
        actor.tell("owner", Number("owner", 1))
        actor.after(delay, Number("owner", 2))
        actor.tell("owner", Number("owner", 3))

    do(runtime, "owner", send)
    runtime.run()
    assert owner.values == [1, 2, 3]


def test_a_moment_that_has_passed_is_now(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    do(runtime, "owner", lambda actor: actor.at(actor.now - 5.0, Number("owner", 1)))
    do(runtime, "owner", lambda actor: actor.at(actor.now, Number("owner", 2)))
    runtime.run()
    assert owner.values == [1, 2]


def test_a_chain_of_timers_is_played_to_its_end(runtime: Runtime) -> None:
    owner = player(runtime, "owner")

    def next_link(actor: Speaker) -> None:
        owner.numbers.append(Number("owner", len(owner.numbers)))
        if len(owner.numbers) < 60:
            actor.after(0.0003, Do(next_link))

    do(runtime, "owner", next_link)
    assert runtime.run() == "quiescent"
    assert len(owner.numbers) == 60
    assert_settled(runtime)


def test_forgotten_timers_never_fire_nor_keep_the_run_alive(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    other = player(runtime, "other")

    def set_and_forget(actor: Speaker) -> None:
        for value in range(100):
            actor.after(1000.0 + value, Number("owner", value))
        actor.forget_timers()
        actor.after(0.002, Number("owner", -1))

    do(runtime, "other", lambda actor: actor.after(0.001, Number("other", 7)))
    do(runtime, "owner", set_and_forget)
    assert runtime.run() == "quiescent"
    assert owner.values == [-1]
    assert other.values == [7]
    assert runtime.now < 1000.0
    assert runtime.counts().handled == 4
    assert_settled(runtime)


def test_forgetting_reaches_a_timer_that_is_due_and_waits_in_the_queue(runtime: Runtime) -> None:
    owner = player(runtime, "owner")

    def set_due_ones_and_forget(actor: Speaker) -> None:
        actor.tell("owner", Number("owner", 1))
        actor.after(0.0, Number("owner", 2))
        actor.at(actor.now, Number("owner", 3))
        actor.tell("owner", Number("owner", 4))
        actor.forget_timers()
        actor.after(0.0, Number("owner", 5))

    do(runtime, "owner", set_due_ones_and_forget)
    assert runtime.run() == "quiescent"
    assert owner.values == [1, 4, 5]
    assert runtime.counts().handled == 4
    assert runtime.counts().dead_lettered == 0
    assert_settled(runtime)


def test_forgetting_at_the_very_moment_of_the_others_silences_them(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    bystander = player(runtime, "bystander")
    moment = runtime.now + 0.005

    def set_them(actor: Speaker) -> None:
        actor.at(moment, Do(lambda owner: owner.forget_timers()))
        for value in range(20):
            actor.at(moment, Number("owner", value))

    do(runtime, "owner", set_them)
    do(runtime, "bystander", lambda actor: actor.at(moment, Number("bystander", 1)))
    runtime.run()
    assert owner.values == []
    assert bystander.values == [1]
    assert_settled(runtime)


def test_forgetting_races_with_timers_and_the_counts_still_agree(runtime: Runtime) -> None:
    rounds = itertools.count()
    owner = player(runtime, "owner")

    def once_more(actor: Speaker) -> None:
        for value in range(5):
            actor.after(1e-5 * value, Number("owner", value))
        actor.forget_timers()
        if next(rounds) < 100:
            actor.after(2e-5, Do(once_more))

    do(runtime, "owner", once_more)
    assert runtime.run() == "quiescent"
    assert owner.numbers == []
    assert_settled(runtime)
