"""An actor is made under a name of its own, by its runtime only."""

from __future__ import annotations

import threading

import pytest
from small_actors import MakeRuntime, Number, Player, assert_settled, do, player
from speaker import Speaker

from actors.errors import RuntimeMisuse, UnknownActor
from actors.runtime.base import Runtime


def test_an_actor_answers_to_its_name(runtime: Runtime) -> None:
    reference = runtime.spawn("owner", Player)
    actor = runtime.actor("owner")
    assert actor.name == actor.actor_urn == reference.actor_urn == "owner"
    assert str(reference) == "Player (owner)"
    assert str(actor) == "Player (owner)"


def test_a_name_that_is_taken_is_refused(runtime: Runtime) -> None:
    first = player(runtime, "owner")
    with pytest.raises(RuntimeMisuse, match="'owner' is already there"):
        runtime.spawn("owner", Player)
    assert runtime.actor("owner") is first


def test_an_actor_made_by_hand_is_refused(runtime: Runtime) -> None:
    with pytest.raises(RuntimeMisuse, match=r"Player was made by hand: use runtime\.spawn"):
        Player()
    owner = player(runtime, "owner")
    do(runtime, "owner", lambda _: Player())
    runtime.run()
    assert isinstance(owner.crashed_on[0][1], RuntimeMisuse)


def test_an_actor_made_by_hand_inside_another_is_refused(runtime: Runtime) -> None:
    class Mother(Player):
        def __init__(self) -> None:
            super().__init__()
            self.child = Player()

    with pytest.raises(RuntimeMisuse, match="made by hand"):
        runtime.spawn("mother", Mother)


def test_a_factory_may_spawn_others(runtime: Runtime) -> None:
    class Mother(Player):
        def __init__(self) -> None:
            super().__init__()
            runtime.spawn("child", Player)
            self.tell("child", Number(self.name, 1))

    runtime.spawn("mother", Mother)
    runtime.run()
    child = runtime.actor("child")
    assert isinstance(child, Player)
    assert child.values == [1]
    assert runtime.actor("mother").name == "mother"


@pytest.mark.parametrize("give_back", [lambda: None, object, lambda: "an actor"])
def test_a_factory_that_makes_no_actor_is_refused(runtime: Runtime, give_back: type) -> None:
    with pytest.raises(RuntimeMisuse, match="factory of 'owner' must make a new Actor"):
        runtime.spawn("owner", give_back)
    assert runtime.find("owner") is None


def test_a_factory_that_gives_back_an_older_actor_is_refused(runtime: Runtime) -> None:
    older = player(runtime, "older")
    with pytest.raises(RuntimeMisuse, match="factory of 'owner'"):
        runtime.spawn("owner", lambda: older)
    runtime.tell("older", Number("outside", 1))
    runtime.run()
    assert older.values == [1]


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_a_factory_that_raises_leaves_no_name_behind(
    runtime: Runtime, error: BaseException
) -> None:
    def raising() -> Player:
        raise error

    with pytest.raises(type(error)):
        runtime.spawn("owner", raising)
    with pytest.raises(UnknownActor, match="no actor is named 'owner'"):
        runtime.actor("owner")
    runtime.tell("owner", Number("outside", 1))
    assert runtime.run() == "quiescent"
    assert runtime.dead_letters == 1
    owner = player(runtime, "owner")
    runtime.tell("owner", Number("outside", 2))
    runtime.run()
    assert owner.values == [2]


def test_what_an_actor_sent_before_its_making_failed_is_accounted_for(runtime: Runtime) -> None:
    class Failing(Player):
        def __init__(self) -> None:
            super().__init__()
            self.tell("other", Number(self.name, 1))
            self.tell(self.name, Number(self.name, 2))
            self.after(0.0, Number(self.name, 3))
            self.after(0.001, Number(self.name, 4))
            raise ValueError("too late")

    other = player(runtime, "other")
    with pytest.raises(ValueError, match="too late"):
        runtime.spawn("failing", Failing)
    assert runtime.run() == "quiescent"
    assert other.values == [1]
    assert runtime.dead_letters == 1  # and its timers went with it
    assert_settled(runtime)
    runtime.stop()
    assert_settled(runtime)


def test_spawning_from_many_handlers_while_the_run_watches(make_runtime: MakeRuntime) -> None:
    runtime = make_runtime()
    lock = threading.Lock()
    made: list[str] = []

    def spawn_some(actor: Speaker) -> None:
        for number in range(10):
            child = player(runtime, f"{actor.name}/{number}")
            with lock:
                made.append(child.name)

    for number in range(8):
        player(runtime, f"mother/{number}")
        do(runtime, f"mother/{number}", spawn_some)
    assert runtime.run() == "quiescent"
    assert runtime.crashes == 0
    assert len(set(made)) == 80
    assert_settled(runtime)
