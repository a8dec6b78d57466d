"""A run ends when nothing is queued, in a handler, or due; and not before."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_actors import Do, MakeRuntime, Number, Player, assert_settled, do, player
from speaker import Speaker

from actors.errors import BlockingInHandler
from actors.runtime.base import Runtime


def _spread(actor: Speaker, generation: int, names: tuple[str, ...]) -> None:
    """Tell two others to do the same, one of them later, until the generations end."""
    actor.tell("counter", Number(actor.name, generation))
    if generation:
        again = Do(partial(_spread, generation=generation - 1, names=names))
        actor.tell(names[(generation * 7) % len(names)], again)
        actor.after(0.0001 * (generation % 3), again)


def test_a_run_of_nothing_ends(runtime: Runtime) -> None:
    assert runtime.run() == "quiescent"
    player(runtime, "idle")
    assert runtime.run() == "quiescent"
    assert runtime.counts().sent == 0


def test_a_run_does_not_end_before_a_burst_from_many_actors_is_over(runtime: Runtime) -> None:
    counter = player(runtime, "counter")
    names = tuple(f"actor/{number}" for number in range(12))
    for name in names:
        player(runtime, name)
    for name in names:
        do(runtime, name, partial(_spread, generation=6, names=names))
    assert runtime.run() == "quiescent"
    assert len(counter.numbers) == 12 * (2**7 - 1)
    assert runtime.counts().sent == 2 * len(counter.numbers)
    assert_settled(runtime)


def test_a_run_follows_a_long_chain_from_actor_to_actor(runtime: Runtime) -> None:
    names = tuple(f"actor/{number}" for number in range(20))
    hops: list[int] = []

    def pass_on(actor: Speaker, left: int) -> None:
        hops.append(left)
        following = Do(partial(pass_on, left=left - 1))
        if left and left % 10 == 0:
            actor.after(0.0001, following)
        elif left:
            actor.tell(names[left % 20], following)

    for name in names:
        player(runtime, name)
    do(runtime, names[0], partial(pass_on, left=600))
    assert runtime.run() == "quiescent"
    assert hops == list(range(600, -1, -1))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(generations=st.lists(st.integers(0, 5), min_size=1, max_size=5))
def test_whatever_the_bursts_the_run_sees_their_end(
    make_runtime: MakeRuntime, generations: list[int]
) -> None:
    runtime = make_runtime()
    counter = player(runtime, "counter")
    names = tuple(f"actor/{number}" for number in range(len(generations)))
    for name in names:
        player(runtime, name)
    for name, generation in zip(names, generations, strict=True):
        do(runtime, name, partial(_spread, generation=generation, names=names))
    assert runtime.run() == "quiescent"
    assert len(counter.numbers) == sum(2 ** (generation + 1) - 1 for generation in generations)
    runtime.stop()


def test_a_run_sees_what_on_start_sends_and_sets(make_runtime: MakeRuntime) -> None:
    class Starter(Player):
        def on_start(self) -> None:
            for value in range(300):
                self.tell("counter", Number(self.name, value))
            self.after(0.001, Number(self.name, -1))

    for _ in range(5):
        runtime = make_runtime()
        counter = player(runtime, "counter")
        for number in range(6):
            runtime.spawn(f"starter/{number}", Starter)
        assert runtime.run() == "quiescent"
        assert len(counter.numbers) == 1800
        assert runtime.counts().handled == 1806
        assert_settled(runtime)
        runtime.stop()


def test_a_run_sees_what_an_actor_sends_while_it_is_made(runtime: Runtime) -> None:
    class Eager(Player):
        def __init__(self) -> None:
            super().__init__()
            self.tell("counter", Number(self.name, 1))
            self.tell(self.name, Number(self.name, 2))
            self.after(0.001, Number(self.name, 3))

    counter = player(runtime, "counter")
    runtime.spawn("eager", Eager)
    eager = runtime.actor("eager")
    assert isinstance(eager, Eager)
    runtime.run()
    assert counter.values == [1]
    assert eager.values == [2, 3]
    assert_settled(runtime)


def test_a_run_can_be_called_again_and_again(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    for value in range(5):
        runtime.tell("owner", Number("outside", value))
        do(runtime, "owner", lambda actor: actor.after(0.0005, Number("owner", -1)))
        assert runtime.run() == "quiescent"
        assert owner.values[-2:] == [value, -1]
        assert_settled(runtime)


def test_an_actor_spawned_by_a_handler_is_part_of_the_run(runtime: Runtime) -> None:
    counter = player(runtime, "counter")

    def spawn_next(actor: Speaker, left: int) -> None:
        actor.tell("counter", Number(actor.name, left))
        if left:
            player(runtime, f"child/{left}")
            do(runtime, f"child/{left}", partial(spawn_next, left=left - 1))

    player(runtime, "parent")
    do(runtime, "parent", partial(spawn_next, left=30))
    assert runtime.run() == "quiescent"
    assert counter.values == list(range(30, -1, -1))
    assert [box.name for box in runtime.mailboxes()][-1] == "child/1"


def test_a_handler_must_not_run_the_runtime(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    do(runtime, "owner", lambda _: runtime.run())
    assert runtime.run() == "quiescent"
    [(_, error)] = owner.crashed_on
    assert isinstance(error, BlockingInHandler)
    with pytest.raises(BlockingInHandler, match="return instead"):
        raise error


def test_a_handler_may_stop_the_runtime(runtime: Runtime) -> None:
    player(runtime, "owner")
    other = player(runtime, "other")
    do(runtime, "owner", lambda _: runtime.stop())
    runtime.run()
    assert not other.actor_ref.is_alive()
    assert runtime.crashes == 0
    runtime.stop()
    assert_settled(runtime)
