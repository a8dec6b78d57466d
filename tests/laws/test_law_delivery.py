"""Messages between two actors arrive in order, one handler at a time, each exactly once."""

from __future__ import annotations

from collections import defaultdict
from functools import partial

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_actors import Do, Guarded, MakeRuntime, Number, assert_settled, do, player
from speaker import Speaker

from actors.runtime.base import Runtime

NAMES = ("a", "b", "c")
SENDS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=60)


def _say(name: str, values: range, actor: Speaker) -> None:
    for value in values:
        actor.tell(name, Number(actor.name, value))


def test_messages_between_two_actors_arrive_in_order(runtime: Runtime) -> None:
    receiver = player(runtime, "receiver")
    for name in NAMES:
        player(runtime, name)
        do(runtime, name, partial(_say, "receiver", range(1000)))
    assert runtime.run() == "quiescent"
    for name in NAMES:
        assert [n.value for n in receiver.numbers if n.sender == name] == list(range(1000))
    assert len(receiver.numbers) == 3000


def test_messages_from_outside_arrive_in_order(runtime: Runtime) -> None:
    receiver = player(runtime, "receiver")
    for value in range(1000):
        runtime.tell("receiver", Number("outside", value))
    runtime.run()
    assert receiver.values == list(range(1000))


def test_messages_told_through_a_pykka_reference_keep_their_place_too(runtime: Runtime) -> None:
    receiver = player(runtime, "receiver")
    for value in range(0, 100, 2):
        runtime.tell("receiver", Number("outside", value))
        receiver.actor_ref.tell(Number("outside", value + 1))
    runtime.run()
    assert receiver.values == list(range(100))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sends=SENDS)
def test_whoever_sends_to_whom_each_pair_keeps_its_order(
    make_runtime: MakeRuntime, sends: list[tuple[str, str]]
) -> None:
    runtime = make_runtime()
    players = {name: player(runtime, name) for name in NAMES}
    expected: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, (sender, receiver) in enumerate(sends):
        expected[sender, receiver].append(number)
        do(runtime, sender, partial(_say, receiver, range(number, number + 1)))
    runtime.run()
    runtime.stop()
    heard: dict[tuple[str, str], list[int]] = defaultdict(list)
    for receiver, found in players.items():
        for heard_number in found.numbers:
            heard[heard_number.sender, receiver].append(heard_number.value)
    assert heard == expected
    assert runtime.counts().handled == 2 * len(sends)
    assert_settled(runtime)


def test_a_handler_never_runs_twice_at_once(runtime: Runtime) -> None:
    runtime.spawn("guarded", Guarded)
    guarded = runtime.actor("guarded")
    assert isinstance(guarded, Guarded)
    for number in range(8):
        player(runtime, f"sender/{number}")
        do(runtime, f"sender/{number}", partial(_say, "guarded", range(200)))
    for number in range(200):
        runtime.tell("guarded", Number("outside", number))
    runtime.run()
    assert runtime.crashes == 0
    assert len(guarded.numbers) == 1800


def test_on_start_has_the_actor_to_itself(runtime: Runtime) -> None:
    class Slow(Guarded):
        def on_start(self) -> None:
            with self._inside:
                for value in range(1000):
                    self.tell("sink", Number(self.name, value))

    player(runtime, "sink")
    runtime.spawn("slow", Slow)
    for value in range(100):
        runtime.tell("slow", Number("outside", value))
    runtime.run()
    assert runtime.crashes == 0


def test_an_actor_can_tell_itself(runtime: Runtime) -> None:
    alone = player(runtime, "alone")

    def count_down(actor: Speaker, left: int) -> None:
        actor.tell("alone", Number("alone", left))
        if left:
            actor.tell("alone", Do(partial(count_down, left=left - 1)))

    do(runtime, "alone", partial(count_down, left=500))
    runtime.run()
    assert alone.values == list(range(500, -1, -1))
