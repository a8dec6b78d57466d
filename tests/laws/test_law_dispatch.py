"""How a message finds its handler: by its exact class, through overrides, or all at once."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from small_actors import Number, Player, player
from speaker import Speaker

from actors.runtime.actor import receives
from actors.runtime.base import Runtime


class Apple(NamedTuple):
    """A message."""


class Pear(NamedTuple):
    """Another."""


class Basket(Speaker):
    """Says which handler it was."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    @receives(Apple, Pear)
    def fruit(self, _fruit: Apple | Pear) -> None:
        """Both."""
        self.calls.append("fruit")


def play(runtime: Runtime, factory: type[Basket], *messages: object) -> list[str]:
    """What handlers the messages reach: told the first time, asked the second."""
    reference = runtime.spawn("basket", factory)
    basket = runtime.actor("basket")
    assert isinstance(basket, Basket)
    for message in messages:
        runtime.tell("basket", message)
    runtime.run()
    told = list(basket.calls)
    basket.calls.clear()
    for message in messages:
        reference.ask(message)
    assert basket.calls == told
    assert runtime.crashes == 0
    return told


def test_one_method_may_receive_several_classes(runtime: Runtime) -> None:
    assert play(runtime, Basket, Apple(), Pear()) == ["fruit", "fruit"]


def test_marks_may_be_stacked(runtime: Runtime) -> None:
    class Stacked(Basket):
        @receives(Apple)  # type: ignore[arg-type]  # to a type checker it takes only an int
        @receives(int)
        def apple(self, _apple: object) -> None:
            self.calls.append("apple")

    assert play(runtime, Stacked, Apple(), 3, Pear()) == ["apple", "apple", "fruit"]


def test_an_overridden_method_keeps_its_mark(runtime: Runtime) -> None:
    class Louder(Basket):
        def fruit(self, fruit: Apple | Pear) -> None:
            self.calls.append("louder")
            super().fruit(fruit)

    assert play(runtime, Louder, Apple()) == ["louder", "fruit"]


def test_a_subclass_may_handle_one_class_elsewhere(runtime: Runtime) -> None:
    class Sorting(Basket):
        @receives(Pear)
        def pear(self, _pear: Pear) -> None:
            self.calls.append("pear")

    assert play(runtime, Sorting, Apple(), Pear()) == ["fruit", "pear"]
    assert Basket.handlers[Pear] is Basket.fruit


def test_a_mark_on_a_mixin_counts(runtime: Runtime) -> None:
    class Counting:
        calls: list[str]

        @receives(int)
        def count(self, _number: int) -> None:
            self.calls.append("int")

    class Mixed(Counting, Basket):
        pass

    assert play(runtime, Mixed, 3, Apple()) == ["int", "fruit"]


def test_a_plain_pykka_actor_receives_everything_in_on_receive(runtime: Runtime) -> None:
    class Plain(Basket):
        def on_receive(self, message: object) -> None:
            self.calls.append(type(message).__name__)

    assert play(runtime, Plain, Apple(), 3, "text") == ["Apple", "int", "str"]


def test_an_on_receive_that_calls_its_super_wraps_every_handler(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    class Tracing(Basket):
        def on_receive(self, message: object) -> object:
            self.calls.append("before")
            return super().on_receive(message)

    assert play(runtime, Tracing, Apple(), 3) == ["before", "fruit", "before"]
    assert "Unexpected message received by Tracing (basket): 3" in caplog.text


def test_on_receive_sees_messages_in_envelopes_and_timers_too(runtime: Runtime) -> None:
    class Plain(Basket):
        def on_start(self) -> None:
            self.after(0.001, Apple())

        def on_receive(self, message: object) -> None:
            self.calls.append(type(message).__name__)

    reference = runtime.spawn("plain", Plain)
    reference.tell(Pear())
    runtime.run()
    plain = runtime.actor("plain")
    assert isinstance(plain, Plain)
    assert sorted(plain.calls) == ["Apple", "Pear"]


def test_a_subclass_of_a_message_is_another_message(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    class GoldenApple(Apple):
        pass

    assert play(runtime, Basket, GoldenApple()) == []
    assert "Unexpected message" in caplog.text


def test_a_note_reaches_nobody_when_nobody_watches(runtime: Runtime) -> None:
    class Noting(Player):
        def number(self, number: Number) -> int:
            self.note("placed", "", "")
            return super().number(number)

    runtime.spawn("noting", Noting)
    runtime.tell("noting", Number("outside", 1))
    runtime.run()
    assert runtime.crashes == 0
    assert not player(runtime, "another").watched
