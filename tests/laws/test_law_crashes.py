"""An exception in a handler loses no other message, and the actor goes on with its state."""

from __future__ import annotations

import logging

import pytest
from small_actors import MakeRuntime, Number, Player, Poison, assert_settled, player

from actors.measure.journal import Detail, Event
from actors.runtime.base import Runtime

ERRORS = [
    ValueError("a mistake"),
    SystemExit(3),
    GeneratorExit(),
    RecursionError("deep"),
    MemoryError(),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_exception_loses_no_other_message(runtime: Runtime, error: BaseException) -> None:
    owner = player(runtime, "owner")
    other = player(runtime, "other")
    for value in range(20):
        runtime.tell("owner", Number("outside", value))
        runtime.tell("owner", Poison(error))
        runtime.tell("other", Number("outside", value))
    assert runtime.run() == "quiescent"
    assert owner.values == other.values == list(range(20))
    assert runtime.crashes == 20
    assert runtime.counts().handled == 60
    assert_settled(runtime)


def test_on_crash_gets_the_message_and_the_error(runtime: Runtime) -> None:
    owner = player(runtime, "owner")
    poison = Poison(KeyError("x"))
    runtime.tell("owner", poison)
    owner.actor_ref.tell(poison)
    runtime.run()
    assert owner.crashed_on == [(poison, poison.error)] * 2
    assert owner.crashed_on[0][0] is owner.crashed_on[1][0] is poison


def test_on_crash_gets_the_message_of_a_timer(runtime: Runtime) -> None:
    class Fragile(Player):
        def on_start(self) -> None:
            self.after(0.001, poison)
            self.after(0.0, poison)

    poison = Poison(KeyError("x"))
    runtime.spawn("fragile", Fragile)
    runtime.run()
    fragile = runtime.actor("fragile")
    assert isinstance(fragile, Fragile)
    assert fragile.crashed_on == [(poison, poison.error)] * 2


def test_on_crash_may_send_and_change_state(runtime: Runtime) -> None:
    class Careful(Player):
        def on_crash(self, message: object, error: BaseException) -> None:
            super().on_crash(message, error)
            self.tell("other", Number(self.name, len(self.crashed_on)))

    runtime.spawn("careful", Careful)
    other = player(runtime, "other")
    runtime.tell("careful", Poison(ValueError()))
    runtime.tell("careful", Poison(ValueError()))
    runtime.run()
    assert other.values == [1, 2]


@pytest.mark.parametrize("again", [ValueError("again"), SystemExit(1)])
def test_an_on_crash_that_raises_too_loses_nothing(runtime: Runtime, again: BaseException) -> None:
    class Hopeless(Player):
        def on_crash(self, message: object, error: BaseException) -> None:
            super().on_crash(message, error)
            raise again

    runtime.spawn("hopeless", Hopeless)
    hopeless = runtime.actor("hopeless")
    assert isinstance(hopeless, Hopeless)
    for value in range(5):
        runtime.tell("hopeless", Poison(ValueError("first")))
        runtime.tell("hopeless", Number("outside", value))
    assert runtime.run() == "quiescent"
    assert hopeless.values == list(range(5))
    assert runtime.crashes == 5
    assert len(hopeless.crashed_on) == 5
    assert_settled(runtime)


def test_an_error_whose_text_raises_is_a_crash_like_any_other(make_runtime: MakeRuntime) -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise ValueError("no words")

    events: list[Event] = []
    runtime = make_runtime(journal=events.append, detail=Detail.OUTCOMES)
    owner = player(runtime, "owner")
    runtime.tell("owner", Poison(Mute()))
    runtime.tell("owner", Number("outside", 1))
    assert runtime.run() == "quiescent"
    assert owner.values == [1]
    assert [event.text for event in events] == ["Mute while handling Poison"]


def test_the_journal_hears_of_a_crash(make_runtime: MakeRuntime) -> None:
    events: list[Event] = []
    runtime = make_runtime(journal=events.append, detail=Detail.OUTCOMES)
    player(runtime, "owner")
    runtime.tell("owner", Poison(ValueError("a mistake")))
    runtime.run()
    assert [(e.actor, e.kind, e.text) for e in events] == [
        ("owner", "crash", "ValueError while handling Poison: a mistake")
    ]


def test_a_journal_that_raises_hears_no_more_and_breaks_nothing(
    make_runtime: MakeRuntime, caplog: pytest.LogCaptureFixture
) -> None:
    class Noting(Player):
        def number(self, number: Number) -> int:
            self.note("placed", "", "")
            return super().number(number)

    heard: list[Event] = []

    def broken(event: Event) -> None:
        heard.append(event)
        raise BrokenPipeError

    runtime = make_runtime(journal=broken, detail=Detail.EVERYTHING)
    runtime.spawn("noting", Noting)
    noting = runtime.actor("noting")
    assert isinstance(noting, Noting)
    for value in range(3):
        runtime.tell("noting", Number("outside", value))
        runtime.tell("noting", Poison(ValueError()))
        runtime.tell("nobody", Number("outside", value))
    runtime.run()
    assert noting.values == [0, 1, 2]
    assert runtime.crashes == 3
    assert runtime.dead_letters == 3
    assert "the journal raised" in caplog.text
    assert len(heard) <= 2  # on threads a second may be on its way when the first one raises


def test_only_the_first_crashes_are_logged_in_full(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    player(runtime, "a")
    player(runtime, "b")
    for _ in range(50):
        runtime.tell("a", Poison(ValueError("mistake")))
        runtime.tell("b", Poison(ValueError("mistake")))
    runtime.run()
    assert runtime.crashes == 100
    records = [record for record in caplog.records if record.name == "stocksim"]
    assert [record.exc_info is not None for record in records].count(True) == 3
    assert sum("further crashes are only counted" in r.getMessage() for r in records) == 1
    assert len(records) == 4
    assert all(record.levelno == logging.ERROR for record in records)
    assert "raised while handling Poison" in records[0].getMessage()


def test_a_crash_while_cleaning_up_is_logged_no_longer_than_the_crashes_are(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    class Hopeless(Player):
        def on_crash(self, message: object, error: BaseException) -> None:
            raise ValueError(message) from error

    runtime.spawn("hopeless", Hopeless)
    for _ in range(30):
        runtime.tell("hopeless", Poison(ValueError("mistake")))
    runtime.run()
    assert len(caplog.records) == 3 + 3 + 1


def test_an_actor_whose_on_start_raises_is_a_stopped_one(runtime: Runtime) -> None:
    class Unable(Player):
        def on_start(self) -> None:
            raise self.error

        error: BaseException = ValueError("cannot begin")

        def on_stop(self) -> None:
            raise AssertionError("it never began")

    class Unwilling(Unable):
        error = SystemExit(1)

    for name, factory in (("unable", Unable), ("unwilling", Unwilling)):
        reference = runtime.spawn(name, factory)
        runtime.tell(name, Number("outside", 1))
        assert runtime.run() == "quiescent"
        assert not reference.is_alive()
    assert runtime.crashes == 2
    assert runtime.dead_letters == 2
    assert_settled(runtime)


def test_an_on_stop_that_raises_keeps_nobody_else_from_stopping(runtime: Runtime) -> None:
    stopped: list[str] = []

    class Stubborn(Player):
        def on_stop(self) -> None:
            stopped.append(self.name)
            raise SystemExit(1)

    for name in ("a", "b", "c"):
        runtime.spawn(name, Stubborn)
    runtime.run()
    runtime.stop()
    assert sorted(stopped) == ["a", "b", "c"]
    assert runtime.crashes == 3


def test_a_message_nobody_handles_does_no_harm(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    owner = player(runtime, "owner")
    runtime.tell("owner", "what is this?")
    runtime.tell("owner", Number("outside", 1))
    runtime.run()
    assert owner.values == [1]
    assert runtime.crashes == 0
    assert runtime.counts().handled == 2
    assert "what is this?" in caplog.text
