"""Outside code may use Pykka's `ask` and proxies, on every runtime."""

from __future__ import annotations

import pykka
import pytest
from small_actors import Do, Number, Player, Poison, assert_settled, player
from speaker import Speaker

from actors.runtime.base import Runtime


class Counter(Speaker):
    """Keeps a figure, for proxies."""

    def __init__(self) -> None:
        super().__init__()
        self.figure = 7

    def add(self, amount: int, *, times: int = 1) -> int:
        """Add and tell the sum."""
        self.figure += amount * times
        return self.figure

    def fail(self) -> None:
        """Raise."""
        raise LookupError("nothing there")


def test_ask_brings_the_handler_s_answer(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    assert owner.actor_ref.ask(Number("outside", 5)) == 5
    assert owner.actor_ref.ask(Number("outside", 6), timeout=60) == 6
    assert owner.values == [5, 6]
    assert runtime.run() == "quiescent"  # a thread counts a message after it has answered it
    assert_settled(runtime)


def test_ask_comes_after_what_was_told_before(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    for value in range(50):
        runtime.tell("owner", Number("outside", value))
    assert owner.actor_ref.ask(Do(lambda _: list(owner.values))) == list(range(50))


@pytest.mark.parametrize("error", [ValueError("a mistake"), SystemExit(2)])
def test_an_exception_reaches_the_one_who_asked(runtime: Runtime, error: BaseException) -> None:
    owner = player(runtime, "owner")
    with pytest.raises(type(error)) as raised:
        owner.actor_ref.ask(Poison(error))
    assert raised.value is error
    assert owner.crashed_on == []
    assert runtime.crashes == 0
    assert owner.actor_ref.ask(Number("outside", 1)) == 1


def test_a_future_may_be_read_later_and_twice(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    future = owner.actor_ref.ask(Number("outside", 5), block=False)
    runtime.run()
    assert future.get() == future.get() == 5
    futures = [owner.actor_ref.ask(Number("outside", n), block=False) for n in range(10)]
    assert pykka.get_all(futures) == list(range(10))
    assert futures[3].map(lambda value: value * 2).get() == 6


def test_asking_a_stopped_actor_raises(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    assert owner.actor_ref.stop() is True
    assert not owner.actor_ref.is_alive()
    with pytest.raises(pykka.ActorDeadError):
        owner.actor_ref.ask(Number("outside", 1))
    assert owner.actor_ref.stop() is False
    assert runtime.run() == "quiescent"
    assert_settled(runtime)


def test_a_question_queued_when_the_actor_stops_is_answered_with_an_error(
    runtime: Runtime,
) -> None:
    owner = player(runtime, "owner")
    future: list[pykka.Future[object]] = []

    def stop_and_ask(actor: Speaker) -> None:
        actor.stop()
        future.append(actor.actor_ref.ask(Number("owner", 1), block=False))

    runtime.tell("owner", Do(stop_and_ask))
    runtime.run()
    with pytest.raises(pykka.ActorDeadError, match="owner stopped before handling"):
        future[0].get()
    assert runtime.dead_letters == 1
    assert owner.values == []
    assert_settled(runtime)


def test_a_question_still_queued_at_stop_is_answered_with_an_error(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    held = [owner.actor_ref.ask(Number("outside", n), block=False) for n in range(20)]
    runtime.stop()
    answers = []
    for future in held:
        try:
            answers.append(future.get(timeout=60))
        except pykka.ActorDeadError:
            answers.append(None)
    assert answers[: len(owner.values)] == owner.values
    assert set(answers[len(owner.values) :]) <= {None}
    assert_settled(runtime)


def test_a_proxy_reads_and_sets_attributes_and_calls_methods(runtime: Runtime) -> None:
    proxy = runtime.spawn("counter", Counter).proxy()
    assert proxy.figure.get() == 7
    assert proxy.name.get() == "counter"
    assert proxy.add(3).get() == 10
    assert proxy.add(1, times=5).get() == 15
    proxy.figure = 100
    assert proxy.figure.get() == 100
    proxy.add.defer(1)
    assert proxy.figure.get() == 101
    with pytest.raises(LookupError, match="nothing there"):
        proxy.fail().get()
    with pytest.raises(AttributeError):
        proxy.no_such_thing.get()
    assert runtime.crashes == 0


def test_a_deferred_call_that_raises_is_a_crash(runtime: Runtime) -> None:
    proxy = runtime.spawn("counter", Counter).proxy()
    proxy.fail.defer()
    runtime.run()
    assert runtime.crashes == 1
    assert proxy.figure.get() == 7


def test_a_proxy_of_a_stopped_actor_is_refused(runtime: Runtime) -> None:
    reference = runtime.spawn("counter", Counter)
    runtime.stop()
    with pytest.raises(pykka.ActorDeadError):
        reference.proxy()


def test_a_question_from_one_actor_to_another_is_answered_when_it_does_not_wait(
    runtime: Runtime,
) -> None:
    asked: list[pykka.Future[object]] = []
    other = player(runtime, "other")
    player(runtime, "owner")
    question = Number("owner", 3)
    runtime.tell("owner", Do(lambda _: asked.append(other.actor_ref.ask(question, block=False))))
    runtime.run()
    assert asked[0].get() == 3


def test_a_player_is_asked_through_its_override(runtime: Runtime) -> None:
    class Doubling(Player):
        def number(self, number: Number) -> int:
            return 2 * super().number(number)

    reference = runtime.spawn("doubling", Doubling)
    assert reference.ask(Number("outside", 4)) == 8
